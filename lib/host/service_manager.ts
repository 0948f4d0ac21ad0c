/**
 * Tells systemd that a service with `Type=notify` is ready, its status, and that it is alive (sd_notify(3)).
 * Does nothing where NOTIFY_SOCKET is not set.
 */

import { abortedOr } from "../async/aborted.ts";
import { messageOf } from "../log/failure.ts";
import type { Log } from "../log/log.ts";

/** How often the status is sent where there is no watchdog. */
const INTERVAL_MS = 10_000;

export class ServiceManager implements Disposable {
  readonly #to: Deno.UnixAddr;
  readonly #socket: Deno.DatagramConn;
  readonly #own: string;
  readonly #log: Log;

  private constructor(to: string, socket: Deno.DatagramConn, own: string, log: Log) {
    this.#to = { transport: "unixpacket", path: to };
    this.#socket = socket;
    this.#own = own;
    this.#log = log;
  }

  /** Undefined where there is no service manager, or it can't be reached. */
  static open({ log }: { log: Log }): ServiceManager | undefined {
    const to = Deno.build.os === "linux" ? Deno.env.get("NOTIFY_SOCKET") : undefined;
    if (!to) return undefined;
    if (to.startsWith("@")) {
      log.warn(
        "cannot notify systemd: NOTIFY_SOCKET is an abstract socket, which Deno cannot reach",
      );
      return undefined;
    }
    // Deno binds a datagram socket to a path of its own.
    const own = `/tmp/framewire-notify-${crypto.randomUUID()}`;
    try {
      const socket = Deno.listenDatagram({ transport: "unixpacket", path: own });
      return new ServiceManager(to, socket, own, log);
    } catch (thrown) {
      log.warn(`cannot notify systemd: ${messageOf(thrown)}`);
      return undefined;
    }
  }

  /** Sends that the service is ready, then its status until `until` or abort, then that it stops. */
  async run(
    status: () => string,
    { until, signal }: { until: Promise<void>; signal: AbortSignal },
  ): Promise<void> {
    await this.#send("READY=1", `STATUS=${status()}`);
    const watchdog = Number(Deno.env.get("WATCHDOG_USEC") ?? 0) / 1000;
    // Twice within the watchdog's timeout.
    const interval = watchdog > 0 ? Math.min(INTERVAL_MS, watchdog / 2) : INTERVAL_MS;
    const timer = setInterval(
      () => void this.#send("WATCHDOG=1", `STATUS=${status()}`),
      interval,
    );
    await abortedOr(until, signal);
    clearInterval(timer);
    await this.#send("STOPPING=1");
  }

  [Symbol.dispose](): void {
    this.#socket.close();
    try {
      Deno.removeSync(this.#own);
    } catch {
      // it was removed before
    }
  }

  async #send(...lines: string[]): Promise<void> {
    try {
      await this.#socket.send(new TextEncoder().encode(lines.join("\n")), this.#to);
    } catch (thrown) {
      this.#log.debug(`cannot notify systemd: ${messageOf(thrown)}`);
    }
  }
}
