/** A server of a few frames, for tests of the times that the client records. */

import { grayFormat } from "../../lib/frame/frame_format.ts";
import { formatAnswer } from "../../lib/wire/hello.ts";
import { formatY4mFrame, formatY4mHeader } from "../../lib/wire/y4m.ts";

const SIZE = { width: 16, height: 16 };

const encoder = new TextEncoder();

/** The pixels of a frame, different for each frame. */
function gray(sequence: number, { width, height } = SIZE): Uint8Array<ArrayBuffer> {
  return new Uint8Array(width * height).map((_, i) => (i * 7 + sequence * 13) % 256);
}

/** Serves one client on a free port and closes. */
export class WireServer implements AsyncDisposable {
  readonly port: number;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #served: Promise<void>;

  constructor(serve: (conn: Deno.Conn) => Promise<void>) {
    this.port = this.#listener.addr.port;
    this.#served = this.#run(serve);
  }

  /** Raw frames, in a burst, or one each `period` milliseconds. */
  static raw(count: number, period = 0): WireServer {
    return new WireServer(async (conn) => {
      for (let n = 0; n < count; n++) {
        await writeAll(conn, gray(n));
        if (period > 0) await new Promise((resolve) => setTimeout(resolve, period));
      }
    });
  }

  /** y4m at 10 fps with these times of capture, in a burst, to a client that sends a greeting. */
  static y4m(times: number[], size = SIZE): WireServer {
    return new WireServer(async (conn) => {
      await conn.read(new Uint8Array(512));
      const [format, fps] = [grayFormat(size), 10];
      const text = formatAnswer({ wire: "y4m", format, fps }) + formatY4mHeader(format, { fps });
      await writeAll(conn, encoder.encode(text));
      for (const [sequence, capturedAt] of times.entries()) {
        await writeAll(conn, encoder.encode(formatY4mFrame({ sequence, capturedAt })));
        await writeAll(conn, gray(sequence, size));
      }
      await writeAll(conn, encoder.encode("END\n"));
      while (await conn.read(new Uint8Array(512)) !== null); // its acknowledgements
    });
  }

  async #run(serve: (conn: Deno.Conn) => Promise<void>): Promise<void> {
    try {
      using conn = await this.#listener.accept();
      await serve(conn);
    } catch {
      // closed before a client connected, or the client has disconnected
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#served;
  }
}

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}
