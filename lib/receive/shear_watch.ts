/** Checks with the first bytes of a raw stream whether the size that the user gave is right. */

import { findShear, type RawGeometry, USEFUL_BYTES } from "../wire/raw_geometry.ts";
import { formatFrameSize, type FrameSize } from "../frame/frame_size.ts";
import type { ServerAddress } from "./connect.ts";

/** After so many bytes of the stream it checks, until it finds something. */
const LOOKS = [2 ** 19, 2 ** 21, USEFUL_BYTES];

export class ShearWatch {
  readonly #size: FrameSize;
  #bytes: Uint8Array | undefined;
  #length = 0;
  #looks = 0;

  constructor(size: FrameSize) {
    this.#size = size;
    this.#bytes = new Uint8Array(USEFUL_BYTES);
  }

  /** Takes the next frame, tight rows. Returns, once, the geometry that fits better. */
  add(pixels: Uint8Array): RawGeometry | undefined {
    if (!this.#bytes) return undefined;
    const piece = pixels.subarray(0, USEFUL_BYTES - this.#length);
    this.#bytes.set(piece, this.#length);
    this.#length += piece.length;
    if (this.#length < (LOOKS[this.#looks] ?? 0)) return undefined;
    while (this.#length >= (LOOKS[this.#looks] ?? Infinity)) this.#looks++;
    const { width, height } = this.#size;
    const bytes = this.#bytes.subarray(0, this.#length);
    const found = findShear(bytes, { width, height, stride: width });
    if (found || this.#looks === LOOKS.length) this.#bytes = undefined;
    return found;
  }
}

/** The warning for the user. */
export function formatShear(found: RawGeometry, { hostname, port }: ServerAddress): string {
  const padded = found.stride === found.width ? "" : ` --stride ${found.stride}`;
  return `the picture looks sheared: this stream fits ${formatFrameSize(found)} ` +
    `(try: ./client ${hostname} ${port} ${found.width} ${found.height}${padded})`;
}
