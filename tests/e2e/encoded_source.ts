/** A live source for tests that sends what is encoded already: each client gets the film from its beginning. */

import { freePort, run } from "./programs.ts";

/** ffmpeg's arguments for a moving picture of some seconds. */
const PICTURE = ["-v", "error", "-f", "lavfi", "-i"];

export interface EncodedSourceOptions {
  /** ffmpeg's encoder and its options. */
  readonly encoder: readonly string[];
  /** The container on the wire. */
  readonly container: string;
  readonly seconds?: number;
  /** Whether the film begins again at its end. */
  readonly loop?: boolean;
  readonly size?: string;
}

export class EncodedSource implements AsyncDisposable {
  readonly port = freePort();
  readonly url = `tcp://127.0.0.1:${this.port}`;
  /** The film on the disk. */
  readonly film: string;
  /** ffmpeg's arguments before its output. */
  readonly #arguments: readonly string[];
  readonly #dir: string;
  #stop = () => {};
  readonly #running: Promise<unknown>[] = [];

  private constructor(
    dir: string,
    { container, loop = false }: Pick<EncodedSourceOptions, "container" | "loop">,
  ) {
    this.#dir = dir;
    this.film = `${dir}/film.nut`;
    const read = ["-re", ...(loop ? ["-stream_loop", "-1"] : []), "-i", this.film];
    this.#arguments = ["-v", "error", ...read, "-c", "copy", "-f", container];
  }

  static async open(
    { encoder, seconds = 20, size = "320x240", ...options }: EncodedSourceOptions,
  ): Promise<EncodedSource> {
    const source = new EncodedSource(await Deno.makeTempDir(), options);
    const picture = `testsrc2=size=${size}:rate=30:duration=${seconds}`;
    await run("ffmpeg", [...PICTURE, picture, ...encoder, "-f", "nut", source.film]);
    return source;
  }

  /** Listens, and sends the film at its own rate to each client. */
  play(): void {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: this.port });
    const children = new Set<Deno.ChildProcess>();
    this.#stop = () => {
      listener.close();
      for (const child of children) child.kill("SIGKILL");
    };
    const serve = async (conn: Deno.Conn) => {
      const child = new Deno.Command("ffmpeg", {
        args: [...this.#arguments, "-flush_packets", "1", "pipe:1"],
        ...{ stdin: "null", stdout: "piped", stderr: "null" },
      }).spawn();
      children.add(child);
      await child.stdout.pipeTo(conn.writable).catch(() => child.kill()); // the client has disconnected
      await child.status;
      children.delete(child);
    };
    this.#running.push((async () => {
      for await (const conn of listener) this.#running.push(serve(conn));
    })());
  }

  /** Ends all connections and does not listen any more. */
  stop(): void {
    this.#stop();
    this.#stop = () => {};
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await Promise.allSettled(this.#running);
    await Deno.remove(this.#dir, { recursive: true });
  }
}
