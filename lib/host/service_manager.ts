/**
 * What systemd wants to hear of a service with `Type=notify`: that it is ready, how it is, and that it
 * lives (sd_notify(3)). Nothing is said where NOTIFY_SOCKET is not set.
 */

import { abortedOr } from "../async/aborted.ts";
import { messageOf } from "../log/failure.ts";
import type { Log } from "../log/log.ts";

/** How often the state is told where there is no watchdog, in milliseconds. */
const INTERVAL = 10_000;

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

  /** Undefined where no service manager listens, or it can't be reached. */
  static open({ log }: { log: Log }): ServiceManager | undefined {
    const to = Deno.build.os === "linux" ? Deno.env.get("NOTIFY_SOCKET") : undefined;
    if (!to) return undefined;
    if (to.startsWith("@")) {
      log.warn("systemd can't be told anything: Deno can't reach abstract sockets (NOTIFY_SOCKET)");
      return undefined;
    }
    // Deno binds a datagram socket to a path of its own.
    const own = `/tmp/framewire-notify-${crypto.randomUUID()}`;
    try {
      const socket = Deno.listenDatagram({ transport: "unixpacket", path: own });
      return new ServiceManager(to, socket, own, log);
    } catch (thrown) {
      log.warn(`systemd can't be told anything: ${messageOf(thrown)}`);
      return undefined;
    }
  }

  /** Says that the service is ready, then how it is until `until` or abort, then that it stops. */
  async run(
    status: () => string,
    { until, signal }: { until: Promise<void>; signal: AbortSignal },
  ): Promise<void> {
    await this.#say("READY=1", `STATUS=${status()}`);
    const watchdog = Number(Deno.env.get("WATCHDOG_USEC") ?? 0) / 1000;
    // Twice in the time after which it would be taken for dead.
    const interval = watchdog > 0 ? Math.min(INTERVAL, watchdog / 2) : INTERVAL;
    const timer = setInterval(
      () => void this.#say("WATCHDOG=1", `STATUS=${status()}`),
      interval,
    );
    await abortedOr(until, signal);
    clearInterval(timer);
    await this.#say("STOPPING=1");
  }

  [Symbol.dispose](): void {
    this.#socket.close();
    try {
      Deno.removeSync(this.#own);
    } catch {
      // somebody has tidied up before
    }
  }

  async #say(...lines: string[]): Promise<void> {
    try {
      await this.#socket.send(new TextEncoder().encode(lines.join("\n")), this.#to);
    } catch (thrown) {
      this.#log.debug(`systemd can't be told anything: ${messageOf(thrown)}`);
    }
  }
}
