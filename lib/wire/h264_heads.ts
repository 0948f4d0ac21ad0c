/** Reads what the heads of H.264 say: a sequence parameter set (ITU-T H.264, 7.3.2.1) and a slice (7.3.3). Pure. */

import type { FrameSize } from "../frame/frame_size.ts";
import { WireError } from "./wire_error.ts";

/** What a stream is, from its SPS. */
export interface Sps {
  /** Of the picture, without what is cropped. */
  readonly size: FrameSize;
  /** 66 baseline, 77 main, 100 high, above: more than browsers play. */
  readonly profile: number;
  /** 1: 4:2:0. */
  readonly chroma: number;
  /** Bits a sample, the larger one of gray and color. */
  readonly depth: number;
}

/** The profiles whose SPS says how color is stored (7.3.2.1.1). */
const WITH_CHROMA = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];

/** The place of a slice and its type: two codes of at most 65 bits, and what is added between. */
const SLICE_HEAD_BYTES = 24;

/** Reads a NAL unit of type 7, without its start code. Throws a `WireError` if it is none. */
export function readSps(nal: Uint8Array): Sps {
  if (((nal[0] ?? 0) & 31) !== 7) throw new WireError("a NAL unit is not an SPS");
  const bits = new Bits(withoutEmulation(nal.subarray(1)));
  const profile = bits.read(8);
  bits.read(16); // constraints, level
  bits.golomb();
  let [chroma, depth, isSeparate] = [1, 8, false];
  if (WITH_CHROMA.includes(profile)) {
    chroma = bits.golomb();
    if (chroma === 3) isSeparate = bits.read(1) === 1;
    depth = 8 + Math.max(bits.golomb(), bits.golomb());
    bits.read(1);
    if (bits.read(1)) skipScalingLists(bits, chroma === 3 ? 12 : 8);
  }
  bits.golomb(); // log2_max_frame_num
  skipOrder(bits);
  bits.golomb(); // reference frames
  bits.read(1);
  const width = 16 * (bits.golomb() + 1);
  const rows = bits.golomb() + 1;
  const isProgressive = bits.read(1) === 1;
  const fields = isProgressive ? 1 : 2;
  if (!isProgressive) bits.read(1);
  bits.read(1);
  const height = 16 * rows * fields;
  const crop = bits.read(1) ? [0, 0, 0, 0].map(() => bits.golomb()) : [0, 0, 0, 0];
  const [left = 0, right = 0, top = 0, bottom = 0] = crop;
  const x = !isSeparate && (chroma === 1 || chroma === 2) ? 2 : 1;
  const y = (!isSeparate && chroma === 1 ? 2 : 1) * fields;
  const size = { width: width - x * (left + right), height: height - y * (top + bottom) };
  if (size.width < 1 || size.height < 1) throw new WireError("its H.264 crops the whole picture");
  return { size, profile, chroma, depth };
}

/** The type of a slice (table 7-6). Throws a `WireError` if it is cut. */
export function readSliceType(nal: Uint8Array): number {
  const bits = new Bits(withoutEmulation(nal.subarray(1, 1 + SLICE_HEAD_BYTES)));
  bits.golomb(); // the first macroblock
  return bits.golomb();
}

/** The order of the pictures (pic_order_cnt_type). */
function skipOrder(bits: Bits): void {
  const type = bits.golomb();
  if (type === 0) bits.golomb();
  if (type !== 1) return;
  bits.read(1);
  bits.golomb();
  bits.golomb();
  const cycle = bits.golomb();
  if (cycle > 255) throw new WireError("its H.264 is damaged");
  for (let i = 0; i < cycle; i++) bits.golomb();
}

/** The scaling lists (7.3.2.1.1.1). */
function skipScalingLists(bits: Bits, count: number): void {
  for (let list = 0; list < count; list++) {
    if (!bits.read(1)) continue;
    let [last, next] = [8, 8];
    for (let i = 0; i < (list < 6 ? 16 : 64); i++) {
      if (next !== 0) next = (last + bits.signedGolomb() + 256) % 256;
      if (next !== 0) last = next;
    }
  }
}

/** Without the bytes 3 that keep a start code from appearing inside (7.3.1). */
function withoutEmulation(bytes: Uint8Array): Uint8Array {
  return bytes.filter((byte, i) => !(byte === 3 && i > 1 && !bytes[i - 1] && !bytes[i - 2]));
}

/** Reads bits from the most significant one. Throws a `WireError` beyond the end. */
class Bits {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  read(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.#at++) {
      const byte = this.#bytes[this.#at >> 3];
      if (byte === undefined) throw new WireError("its H.264 is cut");
      value = value * 2 + (byte >> (7 - this.#at % 8) & 1);
    }
    return value;
  }

  /** An Exp-Golomb code (9.1). */
  golomb(): number {
    let zeros = 0;
    while (!this.read(1)) zeros++;
    if (zeros > 32) throw new WireError("its H.264 is damaged");
    return 2 ** zeros - 1 + this.read(zeros);
  }

  signedGolomb(): number {
    const code = this.golomb();
    return code % 2 ? (code + 1) / 2 : -code / 2;
  }
}
