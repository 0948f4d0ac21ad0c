/**
 * Turns frames into a model's input: colors, size, order and range of values. It owns the buffers that it fills; each
 * frame overwrites them.
 */

import { type FrameFormat, hasColor, planeBytes } from "../../frame/frame_format.ts";
import { planesOf } from "../../frame/plane.ts";
import { writeBgr } from "../bgr.ts";
import type { Placement } from "./placement.ts";

/** The value of borders, as YOLO is trained with. */
const BORDER = 114;

/** A model's input. */
export interface InputLayout {
  readonly width: number;
  readonly height: number;
  /** The shape of the tensor: [1, 3, height, width], or [1, height, width, 3] with `channelsLast`. */
  readonly channelsLast: boolean;
  readonly type: "float32" | "uint8";
}

/** How a byte of a channel becomes a value: `(byte - mean) / deviation`. */
export interface ValueRange {
  readonly order: "rgb" | "bgr";
  readonly mean: readonly [number, number, number];
  readonly deviation: readonly [number, number, number];
}

/** A sample between two pixels: their positions, and the share of the second one. */
interface Samples {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly share: Float32Array;
}

export class PictureInput {
  readonly #format: FrameFormat;
  readonly #layout: InputLayout;
  readonly #placement: Placement;
  /** The value of each byte, for each of the tensor's channels. */
  readonly #values: readonly Float32Array[];
  /** The channel of the picture, in BGR, for each of the tensor's channels. */
  readonly #channels: readonly number[];
  readonly #bgr: Uint8Array;
  readonly #columns: Samples;
  readonly #rows: Samples;
  readonly #tensor: Float32Array | Uint8Array;

  constructor(
    format: FrameFormat,
    { layout, range, placement }: { layout: InputLayout; range: ValueRange; placement: Placement },
  ) {
    this.#format = format;
    this.#layout = layout;
    this.#placement = placement;
    this.#values = [0, 1, 2].map((channel) =>
      Float32Array.from({ length: 256 }, (_, byte) => {
        return (byte - (range.mean[channel] ?? 0)) / (range.deviation[channel] ?? 1);
      })
    );
    this.#channels = range.order === "rgb" ? [2, 1, 0] : [0, 1, 2];
    this.#bgr = new Uint8Array(hasColor(format) ? 3 * planeBytes(format) : 0);
    this.#columns = samples(format.width, placement.width);
    this.#rows = samples(format.height, placement.height);
    const length = 3 * layout.width * layout.height;
    this.#tensor = layout.type === "uint8" ? new Uint8Array(length) : new Float32Array(length);
  }

  /** The values for a frame's bytes; gray is repeated for each channel. The next call overwrites them. */
  fill(pixels: Uint8Array<ArrayBuffer>): Float32Array | Uint8Array {
    const isColor = hasColor(this.#format);
    const [gray, u, v] = planesOf({ format: this.#format, pixels });
    if (gray && u && v) {
      writeBgr({ gray: gray.pixels, u: u.pixels, v: v.pixels }, this.#format, this.#bgr);
    }
    for (let channel = 0; channel < 3; channel++) {
      const step = isColor ? 3 : 1;
      const from = isColor ? this.#bgr.subarray(this.#channels[channel]) : pixels;
      this.#fillChannel(channel, from, step);
    }
    return this.#tensor;
  }

  /** Scales one channel as OpenCV's INTER_LINEAR does, to whole values. `step` is the distance of two pixels. */
  #fillChannel(channel: number, from: Uint8Array, step: number): void {
    const { width, height, channelsLast, type } = this.#layout;
    const { left, top } = this.#placement;
    const isBytes = type === "uint8";
    const values = this.#values[channel] ?? new Float32Array(256);
    const tensor = this.#tensor;
    const across = channelsLast ? 3 : 1;
    const start = channelsLast ? channel : channel * width * height;
    const border = isBytes ? BORDER : values[BORDER] ?? 0;
    const [firstX, endX] = [Math.max(0, left), Math.min(width, left + this.#placement.width)];
    const stride = this.#format.width * step;
    const { first: lefts, second: rights, share: shares } = this.#columns;
    for (let y = 0; y < height; y++) {
      let to = start + y * width * across;
      const row = y - top;
      if (row < 0 || row >= this.#placement.height) {
        for (let x = 0; x < width; x++, to += across) tensor[to] = border;
        continue;
      }
      const upper = (this.#rows.first[row] ?? 0) * stride;
      const lower = (this.#rows.second[row] ?? 0) * stride;
      const down = this.#rows.share[row] ?? 0;
      for (let x = 0; x < firstX; x++, to += across) tensor[to] = border;
      for (let x = firstX; x < endX; x++, to += across) {
        const column = x - left;
        const l = (lefts[column] ?? 0) * step;
        const r = (rights[column] ?? 0) * step;
        const share = shares[column] ?? 0;
        const a = from[upper + l] ?? 0;
        const b = from[lower + l] ?? 0;
        const above = a + ((from[upper + r] ?? 0) - a) * share;
        const below = b + ((from[lower + r] ?? 0) - b) * share;
        const byte = (above + (below - above) * down + 0.5) | 0;
        tensor[to] = isBytes ? byte : values[byte] ?? 0;
      }
      for (let x = endX; x < width; x++, to += across) tensor[to] = border;
    }
  }
}

/** Where each of `to` pixels comes from, in a row of `from` pixels: a pixel is a square. */
function samples(from: number, to: number): Samples {
  const first = new Int32Array(to);
  const second = new Int32Array(to);
  const share = new Float32Array(to);
  for (let i = 0; i < to; i++) {
    const at = Math.min(Math.max((i + 0.5) * from / to - 0.5, 0), from - 1);
    first[i] = Math.floor(at);
    second[i] = Math.min(Math.floor(at) + 1, from - 1);
    share[i] = at - Math.floor(at);
  }
  return { first, second, share };
}
