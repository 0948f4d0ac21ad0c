/**
 * The raw wire: `width*height` bytes a frame, back to back, no header. Bytes in, pixels out; no I/O.
 * This is the stream of the 2009 tutorial "Streaming OpenCV videos over the network".
 */

import { frameBytes, type FrameSize } from "../frame/frame_size.ts";
import type { WireFrame, WireReader } from "./wire_frame.ts";

/**
 * Cuts a raw stream into frames without a copy: bytes are read directly into the frame's buffer, which the
 * caller of `take` owns.
 */
export class RawReader implements WireReader {
  /** A raw stream cannot announce its end. */
  readonly ending = undefined;
  readonly #size: FrameSize;
  /** Bytes from one row's start to the next: more than the width if rows are padded. */
  readonly #stride: number;
  #buffer: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(size: FrameSize, { stride = size.width }: { stride?: number | undefined } = {}) {
    if (stride < size.width) {
      throw new RangeError(`Cannot read rows: stride ${stride} is below the width ${size.width}`);
    }
    this.#size = size;
    this.#stride = stride;
    this.#buffer = this.#allocate();
  }

  get wireBytes(): number {
    return this.#stride * this.#size.height;
  }

  get partial(): number {
    return this.#length;
  }

  get space(): Uint8Array<ArrayBuffer> {
    return this.#length === 0 ? this.#buffer : this.#buffer.subarray(this.#length);
  }

  filled(count: number): void {
    this.#length += count;
  }

  take(): WireFrame | undefined {
    if (this.#length < this.#buffer.length) return undefined;
    const whole = this.#buffer;
    this.#buffer = this.#allocate();
    this.#length = 0;
    const payload = this.#stride === this.#size.width ? whole : this.#tighten(whole);
    return { payload, note: undefined };
  }

  #allocate(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.wireBytes);
  }

  /** Moves the rows together, in place. */
  #tighten(rows: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const { width, height } = this.#size;
    for (let y = 1; y < height; y++) {
      rows.copyWithin(y * width, y * this.#stride, y * this.#stride + width);
    }
    return rows.subarray(0, frameBytes(this.#size));
  }
}
