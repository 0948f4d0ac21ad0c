/** Looks at the first frames of a raw stream that nobody announced: is the size right? */

import { findShear, type RawGeometry, USEFUL_BYTES } from "../wire/raw_geometry.ts";
import type { FrameSize } from "../frame/frame_size.ts";

/** How many frames in a row are looked at. */
const FRAMES = 4;

/** How long to the next look where nothing could be said, in frames; and how many looks. */
const [PAUSE, LOOKS] = [60, 10];

export class ShearWatch {
  readonly #size: FrameSize;
  readonly #frames: number;
  #collected: Uint8Array[] = [];
  #pause = 0;
  #looks = 0;

  constructor(size: FrameSize) {
    this.#size = size;
    // Enough for three frames where the true frame is larger than the one that is read.
    const few = Math.ceil(2 ** 19 / (size.width * size.height));
    const most = Math.floor(USEFUL_BYTES / (size.width * size.height));
    this.#frames = Math.max(3, Math.min(most, Math.max(FRAMES, few)));
  }

  /** Takes a frame, tight rows. Returns, once, the geometry that fits better. */
  add(pixels: Uint8Array): RawGeometry | undefined {
    if (this.#looks === LOOKS || this.#pause-- > 0) return undefined;
    this.#collected.push(pixels.slice());
    if (this.#collected.length < this.#frames) return undefined;
    const bytes = new Uint8Array(pixels.length * this.#frames);
    this.#collected.forEach((frame, i) => bytes.set(frame, i * frame.length));
    this.#collected = [];
    this.#pause = PAUSE;
    this.#looks++;
    const { width, height } = this.#size;
    const found = findShear(bytes, { width, height, stride: width });
    if (found) this.#looks = LOOKS;
    return found;
  }
}
