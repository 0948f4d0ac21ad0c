/**
 * The raw wire: the pixels of each frame, back to back, no header. Bytes in, pixels out; no I/O. Gray, it is the stream
 * of the 2009 tutorial "Streaming OpenCV videos over the network": `width*height` bytes a frame.
 */

import { frameBytes, type FrameFormat, hasColor } from "../frame/frame_format.ts";
import type { WireFrame, WireReader } from "./wire_frame.ts";

/**
 * Cuts a raw stream into frames without a copy: bytes are read directly into the frame's buffer, which the
 * caller of `take` owns.
 */
export class RawReader implements WireReader {
  /** A raw stream cannot announce its end. */
  readonly ending = undefined;
  readonly #format: FrameFormat;
  /** Bytes from one row's start to the next of a gray frame: more than the width if rows are padded. */
  readonly #stride: number;
  #buffer: Uint8Array<ArrayBuffer>;
  #length = 0;

  /** Only the rows of gray frames can be padded. */
  constructor(
    format: FrameFormat,
    { stride = format.width }: { stride?: number | undefined } = {},
  ) {
    const { width } = format;
    if (stride < width) {
      throw new RangeError(`Cannot read rows: stride ${stride} is below the width ${width}`);
    }
    if (stride > width && hasColor(format)) throw new RangeError("Cannot read padded color rows");
    this.#format = format;
    this.#stride = stride;
    this.#buffer = this.#allocate();
  }

  get wireBytes(): number {
    const { width, height } = this.#format;
    return this.#stride === width ? frameBytes(this.#format) : this.#stride * height;
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
    const payload = this.#stride === this.#format.width ? whole : this.#tighten(whole);
    return { payload, note: undefined };
  }

  #allocate(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.wireBytes);
  }

  /** Moves the rows together, in place. */
  #tighten(rows: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const { width, height } = this.#format;
    for (let y = 1; y < height; y++) {
      rows.copyWithin(y * width, y * this.#stride, y * this.#stride + width);
    }
    return rows.subarray(0, frameBytes(this.#format));
  }
}
