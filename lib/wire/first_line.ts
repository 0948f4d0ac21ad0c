/**
 * Detects from the first bytes of a peer whether it sends a greeting. Bytes in, a line or the bytes of
 * a stream out; no I/O.
 */

import { GREETING } from "./hello.ts";
import { WireError } from "./wire_error.ts";

/** The maximum length of the line, including `\n`. */
const MAX_LINE_BYTES = 512;

/** The first bytes of a peer. */
export interface Beginning {
  /** Its line, without the end of line; undefined if it sent no greeting. */
  readonly line: string | undefined;
  /** The bytes after the line, or all bytes. */
  readonly rest: Uint8Array<ArrayBuffer>;
}

const prefix = new TextEncoder().encode(GREETING);

/** Collects the first bytes until it is clear what they are. */
export class FirstLineReader {
  readonly #bytes = new Uint8Array(MAX_LINE_BYTES);
  #length = 0;

  /** Whether anything has come. */
  get begun(): boolean {
    return this.#length > 0;
  }

  /** Where the next bytes go; never empty before the beginning is known. */
  get space(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(this.#length);
  }

  /**
   * Takes note of `count` bytes written to `space`. Undefined while more are needed. Throws a
   * `WireError` if a line with our prefix is too long or not plain text.
   */
  filled(count: number): Beginning | undefined {
    this.#length += count;
    const all = this.#bytes.subarray(0, this.#length);
    for (let i = 0; i < Math.min(all.length, prefix.length); i++) {
      if (all[i] !== prefix[i]) return { line: undefined, rest: all };
    }
    const end = all.indexOf(0x0a);
    const text = all.subarray(0, end < 0 ? all.length : end);
    // telnet sends "\r" before "\n".
    const line = text.at(-1) === 0x0d ? text.subarray(0, -1) : text;
    if (line.some((byte) => byte < 0x20 || byte > 0x7e)) {
      throw new WireError("the first line is not plain text");
    }
    if (end < 0) {
      if (this.#length === MAX_LINE_BYTES) {
        throw new WireError(`the first line is longer than ${MAX_LINE_BYTES} bytes`);
      }
      return undefined;
    }
    return { line: new TextDecoder().decode(line), rest: all.subarray(end + 1) };
  }
}
