/**
 * FLV with H.264 video, as ffmpeg writes and reads it (Adobe Flash Video File Format Specification 10.1, annex E):
 * a container that says how long each access unit is, so that nothing waits for the next one. Pure.
 */

import { formatAnnexB, NAL_TYPES, nalType, nalUnits } from "./annex_b.ts";
import {
  type DecoderConfig,
  formatAvcc,
  formatSample,
  parseAvcc,
  parseSample,
  uint,
} from "./avcc.ts";
import { WireError } from "./wire_error.ts";

/** The file's head (9 bytes), and the size of the tag before the first one. */
const HEAD_BYTES = 13;
/** Before a tag's content. */
const TAG_HEAD_BYTES = 11;
/** Behind it: the size of the tag. */
const TAG_TAIL_BYTES = 4;

const VIDEO_TAG = 9;
const AVC = 7;
/** The parameter sets, in their order. */
const SET_TYPES = [NAL_TYPES.sps, NAL_TYPES.pps];
const PACKET = { config: 0, unit: 1 } as const;

/** An access unit as it comes from ffmpeg. */
export interface FlvUnit {
  /** Annex B, with SPS and PPS at the beginning of each keyframe; without delimiters and SEI. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly isKey: boolean;
  /** When it is shown, in milliseconds. */
  readonly time: number;
}

/** Cuts what ffmpeg writes with `-f flv` into access units. */
export class FlvReader {
  /** What is not read yet: its first `#length` bytes are filled. */
  #buffer = new Uint8Array(65536);
  #length = 0;
  #begun = false;
  #config: DecoderConfig | undefined;

  /** Takes the next bytes, which stay the caller's, and gives the units that are complete. Throws a `WireError`. */
  push(bytes: Uint8Array): FlvUnit[] {
    this.#append(bytes);
    const units: FlvUnit[] = [];
    let at = 0;
    if (!this.#begun) {
      if (this.#length < HEAD_BYTES) return units;
      if (!isHead(this.#buffer)) throw new WireError("the stream is not FLV");
      this.#begun = true;
      at = HEAD_BYTES;
    }
    for (let tag; (tag = this.#tag(at)); at += tag.length) {
      const unit = this.#read(tag);
      if (unit) units.push(unit);
    }
    this.#buffer.copyWithin(0, at, this.#length);
    this.#length -= at;
    return units;
  }

  #append(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#buffer.length));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length = needed;
  }

  /** The whole tag at this place; undefined if it is not complete. */
  #tag(at: number): Uint8Array<ArrayBuffer> | undefined {
    const [, a = 0, b = 0, c = 0] = this.#buffer.subarray(at, this.#length);
    const end = at + TAG_HEAD_BYTES + (a << 16 | b << 8 | c) + TAG_TAIL_BYTES;
    if (this.#length - at < TAG_HEAD_BYTES || end > this.#length) return undefined;
    return this.#buffer.subarray(at, end);
  }

  #read(tag: Uint8Array<ArrayBuffer>): FlvUnit | undefined {
    const [type] = tag;
    const body = tag.subarray(TAG_HEAD_BYTES, -TAG_TAIL_BYTES);
    if (type !== VIDEO_TAG || body.length < 5) return undefined; // sound, or a description
    const [kind = 0, packet] = body;
    if ((kind & 0x8f) !== AVC) throw new WireError("the video in FLV is not H.264");
    const content = body.subarray(5);
    if (packet === PACKET.config) this.#config = parseAvcc(content);
    if (packet !== PACKET.unit) return undefined;
    if (!this.#config) throw new WireError("the video in FLV begins without SPS and PPS");
    // 24 bits and the 8 above them; then the signed distance from decoding to showing.
    const [, , , , low0 = 0, low1 = 0, low2 = 0, high = 0] = tag;
    const decoded = (high << 24 | low0 << 16 | low1 << 8 | low2) >>> 0;
    const offset = ((body[2] ?? 0) << 24 | (body[3] ?? 0) << 16 | (body[4] ?? 0) << 8) >> 8;
    return this.#unit(parseSample(content, this.#config), decoded + offset);
  }

  /** A unit of these NAL units; undefined if none of them is a slice. */
  #unit(nals: Uint8Array<ArrayBuffer>[], time: number): FlvUnit | undefined {
    // Slices and their partitions.
    const slices = nals.filter((nal) =>
      nalType(nal) >= NAL_TYPES.slice && nalType(nal) <= NAL_TYPES.idr
    );
    if (slices.length === 0) return undefined;
    const isKey = slices.some((nal) => nalType(nal) === NAL_TYPES.idr);
    // Encoders may change one or both, and then put them before the slices.
    const sets = SET_TYPES.flatMap((type) => {
      const inside = nals.filter((nal) => nalType(nal) === type);
      if (inside.length > 0 || !isKey) return inside;
      return this.#config?.parameterSets.filter((nal) => nalType(nal) === type) ?? [];
    });
    return { bytes: formatAnnexB([...sets, ...slices]), isKey, time };
  }
}

/** Writes access units for an ffmpeg that reads `-f flv`. */
export class FlvWriter {
  #config: Uint8Array<ArrayBuffer> | undefined;

  /**
   * The bytes of a unit, and before the first one those of the file's head. `time`: when it is shown, in milliseconds,
   * below 2^32. The first unit must be a keyframe. There must be no B-frames.
   */
  write(
    { bytes, isKey }: Pick<FlvUnit, "bytes" | "isKey">,
    time: number,
  ): Uint8Array<ArrayBuffer> {
    const nals = nalUnits(bytes);
    const isSet = (nal: Uint8Array) => SET_TYPES.some((type) => nalType(nal) === type);
    const parts: Uint8Array[] = this.#config ? [] : [FLV_HEAD];
    const sets = nals.filter(isSet);
    const config = sets.length > 0 ? formatAvcc(sets) : this.#config;
    if (!config) throw new RangeError("the first access unit is not a keyframe");
    if (!this.#config || !isEqual(config, this.#config)) {
      parts.push(videoTag({ isKey: true, packet: PACKET.config, time }, config));
    }
    this.#config = config;
    const slices = formatSample(nals.filter((nal) => !isSet(nal)));
    parts.push(videoTag({ isKey, packet: PACKET.unit, time }, slices));
    return join(parts);
  }
}

/** With video, without sound; the first tag has none before it. */
const FLV_HEAD = new Uint8Array([0x46, 0x4c, 0x56, 1, 1, 0, 0, 0, 9, 0, 0, 0, 0]);

function isHead(bytes: Uint8Array): boolean {
  return FLV_HEAD.subarray(0, 3).every((byte, i) => byte === bytes[i]);
}

function videoTag(
  { isKey, packet, time }: { isKey: boolean; packet: number; time: number },
  content: Uint8Array,
): Uint8Array {
  const whole = Math.round(time);
  const size = 5 + content.length;
  return join([
    new Uint8Array([VIDEO_TAG, ...uint(size, 3), ...uint(whole, 3), ...uint(whole / 2 ** 24, 1)]),
    new Uint8Array([0, 0, 0, (isKey ? 0x10 : 0x20) | AVC, packet, 0, 0, 0]),
    content,
    new Uint8Array(uint(TAG_HEAD_BYTES + size, TAG_TAIL_BYTES)),
  ]);
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
  return bytes;
}
