/**
 * Private sockets on which ffmpeg hands over copies of what it reads, beside the raw frames on its stdout. Each start of
 * ffmpeg connects anew. It owns the sockets and the connections.
 */

import type { CopyPaths } from "../ffmpeg/capture_arguments.ts";
import { messageOf } from "../log/failure.ts";
import type { Log } from "../log/log.ts";
import type { CopiedPackets } from "./copied_packets.ts";

/** Both programs can write there, and only this user can enter the directory that is made in it. */
const PARENT = "/tmp";

export class CopySockets implements AsyncDisposable {
  readonly paths: CopyPaths;
  readonly #dir: string;
  readonly #log: Log;
  readonly #listeners: Deno.Listener[] = [];
  readonly #connections = new Set<Deno.Conn>();
  #serving: Promise<unknown> = Promise.resolve();

  private constructor(dir: string, { paths, log }: { paths: CopyPaths; log: Log }) {
    this.#dir = dir;
    this.#log = log;
    this.paths = paths;
  }

  /**
   * Listens; undefined where that is not possible. It takes the rights to read and to write, which a program has only
   * at its start.
   */
  static async open(
    packets: { readonly [kind in keyof CopyPaths]: Pick<CopiedPackets, "read" | "clear"> },
    { log }: { log: Log },
  ): Promise<CopySockets | undefined> {
    if (Deno.build.os === "windows") return undefined;
    await using scope = new AsyncDisposableStack();
    try {
      const dir = await Deno.makeTempDir({ dir: PARENT, prefix: "framewire-" });
      const paths = { h264: `${dir}/h264`, jpegs: `${dir}/jpegs` };
      const sockets = scope.use(new CopySockets(dir, { paths, log }));
      sockets.#serving = Promise.all([
        sockets.#serve(paths.h264, packets.h264),
        sockets.#serve(paths.jpegs, packets.jpegs),
      ]);
      scope.move();
      return sockets;
    } catch (thrown) {
      log.debug(`cannot pass on what the source sends as it is: ${messageOf(thrown)}`);
      return undefined;
    }
  }

  /** Ends all connections, removes the sockets and waits for the readers. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const listener of this.#listeners) listener.close();
    for (const connection of this.#connections) connection.close();
    await this.#serving;
    await Deno.remove(this.#dir, { recursive: true }).catch(() => {}); // somebody has removed it already
  }

  /** Listens at once, then reads one connection after the other: an ffmpeg ends before the next one starts. */
  #serve(path: string, packets: Pick<CopiedPackets, "read" | "clear">): Promise<void> {
    const listener = Deno.listen({ transport: "unix", path });
    this.#listeners.push(listener);
    return this.#accept(listener, packets);
  }

  async #accept(
    listener: Deno.Listener,
    packets: Pick<CopiedPackets, "read" | "clear">,
  ): Promise<void> {
    try {
      for await (const connection of listener) await this.#read(connection, packets);
    } catch (thrown) {
      this.#log.debug(`what the source sends is no longer passed on: ${messageOf(thrown)}`);
    }
  }

  async #read(
    connection: Deno.Conn,
    packets: Pick<CopiedPackets, "read" | "clear">,
  ): Promise<void> {
    this.#connections.add(connection);
    try {
      await packets.read(connection);
    } catch (thrown) {
      this.#log.debug(`what the source sends is not passed on as it is: ${messageOf(thrown)}`);
    }
    packets.clear();
    this.#connections.delete(connection);
    closeQuietly(connection);
  }
}

/** The end of this program may have closed it. */
function closeQuietly(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.BadResource)) throw thrown;
  }
}
