/** A live source for tests. */

import { freePort } from "./programs.ts";

/** A source that sends gray Y4M to each client, and does not listen while it is stopped. */
export class Y4mSource implements AsyncDisposable {
  readonly port = freePort();
  #stop = () => {};
  readonly #running: Promise<unknown>[] = [];

  play(width: number, height: number): void {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: this.port });
    const conns = new Set<Deno.Conn>();
    this.#stop = () => {
      listener.close();
      for (const conn of conns) conn.close();
    };
    const serve = async (conn: Deno.Conn) => {
      conns.add(conn);
      try {
        await conn.write(new TextEncoder().encode(`YUV4MPEG2 W${width} H${height} F15:1 Cmono\n`));
        const frame = new Uint8Array(6 + width * height).fill(200);
        frame.set(new TextEncoder().encode("FRAME\n"));
        for (;;) {
          for (let at = 0; at < frame.length;) at += await conn.write(frame.subarray(at));
          await new Promise((resolve) => setTimeout(resolve, 66));
        }
      } catch {
        // the client has disconnected, or `stop` was called
      }
    };
    this.#running.push((async () => {
      for await (const conn of listener) this.#running.push(serve(conn));
    })());
  }

  stop(): void {
    this.#stop();
    this.#stop = () => {};
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await Promise.allSettled(this.#running);
  }
}
