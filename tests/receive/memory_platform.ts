/** A platform without ports and waiting: connections in memory, a clock that tests set, a fake decoder. */

import { LinkedAbortController } from "../../lib/async/linked_abort_controller.ts";
import { frameBytes, type FrameFormat } from "../../lib/frame/frame_format.ts";
import type { Log } from "../../lib/log/log.ts";
import { NoListener, type ServerAddress } from "../../lib/receive/connect.ts";
import type { Connection } from "../../lib/receive/connection.ts";
import type { Decoder, Platform } from "../../lib/receive/platform.ts";
import { ManualClock } from "../async/manual_clock.ts";

const encoder = new TextEncoder();

/** Our end of a connection; the test plays the server. */
export class MemoryConnection implements Connection {
  /** What the client has written. */
  written = "";
  isClosed = false;
  #bytes: number[] = [];
  #end: "open" | "ended" | Error = "open";
  #wake = () => {};

  /** The server sends these. */
  send(...parts: (string | Uint8Array)[]): this {
    for (const part of parts) {
      this.#bytes.push(...(typeof part === "string" ? encoder.encode(part) : part));
    }
    this.#wake();
    return this;
  }

  /** The server closes the connection, or it is reset. */
  end(how: "ended" | Error = "ended"): this {
    this.#end = how;
    this.#wake();
    return this;
  }

  async read(space: Uint8Array<ArrayBuffer>): Promise<number | null> {
    while (this.#bytes.length === 0 && this.#end === "open" && !this.isClosed) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    if (this.isClosed) throw new Deno.errors.BadResource("closed");
    const piece = this.#bytes.splice(0, space.length);
    if (piece.length === 0) {
      if (this.#end instanceof Error) throw this.#end;
      return null;
    }
    space.set(piece);
    return piece.length;
  }

  write(bytes: Uint8Array): Promise<number> {
    if (this.isClosed) return Promise.reject(new Deno.errors.BadResource("closed"));
    this.written += new TextDecoder().decode(bytes);
    return Promise.resolve(bytes.length);
  }

  close(): void {
    this.isClosed = true;
    this.#wake();
  }
}

/** What a try to connect gives; "silence": a host that never answers. */
type Outcome = MemoryConnection | Error | "silence";

export class MemoryPlatform implements Platform {
  readonly clock = new ManualClock();
  /** The time of day when the clock was at 0. */
  epoch = 1_760_000_000_000;
  /** When each try to connect came, by the clock. */
  readonly tries: number[] = [];
  /** Formats of the decoders that were created. */
  readonly decoders: FrameFormat[] = [];
  #outcomes: Outcome[];

  /** The tries to connect give these, in turn; then nobody listens. */
  constructor(...outcomes: Outcome[]) {
    this.#outcomes = outcomes;
  }

  wallClock(): number {
    return this.epoch + this.clock.now();
  }

  async connect(
    _address: ServerAddress,
    { signal }: { signal: AbortSignal },
  ): Promise<Connection> {
    this.tries.push(this.clock.now());
    const outcome = this.#outcomes.shift() ?? refused();
    if (outcome instanceof Error) throw outcome;
    if (outcome !== "silence") return outcome;
    using waiting = new LinkedAbortController(signal);
    return await new Promise((_, reject) =>
      waiting.signal.addEventListener("abort", () => reject(signal.reason))
    );
  }

  /** The "pixels" of a JPEG are its last byte, those of an access unit, too; one that ends with 0 is damaged. */
  createDecoder(wire: "mjpeg" | "h264", format: FrameFormat): Decoder {
    this.decoders.push(format);
    const last = (bytes: Uint8Array) => bytes.at(wire === "mjpeg" ? -3 : -1) ?? 0;
    return {
      decode: ({ payload }) =>
        Promise.resolve(
          last(payload) === 0 ? undefined : new Uint8Array(frameBytes(format)).fill(last(payload)),
        ),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
}

/** The failure of a try where no server listens. */
export function refused(): NoListener {
  return new NoListener("Cannot connect to cam port 8888: no server listens there", "check it");
}

/** A log that keeps its lines, as `warn: lost ...`. */
export function memoryLog(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const level = (name: string) => (line: string) => void lines.push(`${name}: ${line}`);
  const log = {
    error: level("error"),
    warn: level("warn"),
    info: level("info"),
    debug: level("debug"),
  };
  return { log, lines };
}

/** Our server's answer and head for y4m frames of 4x3, at 10 fps. */
export const Y4M_BEGIN = "framewire/1 ok wire=y4m width=4 height=3 fps=10\n" +
  "YUV4MPEG2 W4 H3 F10:1 Cmono\n";

/** A y4m frame of 4x3; `ack`: the number of the last acknowledgement and when it came. */
export function y4mFrame(
  sequence: number,
  { at = 1_760_000_000_000, ack, kind }: {
    at?: number;
    ack?: [count: number, at: number];
    kind?: "placeholder";
  } = {},
): string {
  const words = [`Xseq=${sequence}`, `Xts=${at}`];
  if (kind) words.push(`Xkind=${kind}`);
  if (ack) words.push(`Xack=${ack.join(":")}`);
  return `FRAME ${words.join(" ")}\n${"abcdefghijkl"}`;
}
