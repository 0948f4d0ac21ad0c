/**
 * H.264 as containers hold it (ISO/IEC 14496-15): NAL units behind their lengths, SPS and PPS apart from them in the
 * `avcC` record. Pure.
 */

import { NAL_TYPES, nalType } from "./annex_b.ts";
import { WireError } from "./wire_error.ts";

/** What a decoder needs before the first keyframe. */
export interface DecoderConfig {
  /** The SPS, then the PPS. */
  readonly parameterSets: readonly Uint8Array<ArrayBuffer>[];
  /** Bytes of the length before each NAL unit: 1 to 4. */
  readonly lengthBytes: number;
}

/** Reads an `avcC` record; the parameter sets are copies. Throws a `WireError`. */
export function parseAvcc(bytes: Uint8Array<ArrayBuffer>): DecoderConfig {
  if (bytes.length < 7 || bytes[0] !== 1) throw new WireError("the avcC record is not valid");
  const lengthBytes = 1 + ((bytes[4] ?? 0) & 3);
  const parameterSets: Uint8Array<ArrayBuffer>[] = [];
  let at = 5;
  for (const mask of [0x1f, 0xff]) {
    let count = (bytes[at++] ?? 0) & mask;
    for (; count > 0; count--) {
      const length = (bytes[at] ?? 0) << 8 | (bytes[at + 1] ?? 0);
      const set = bytes.slice(at + 2, at + 2 + length);
      if (length === 0 || set.length < length) throw new WireError("the avcC record is cut off");
      parameterSets.push(set);
      at += 2 + length;
    }
  }
  return { parameterSets, lengthBytes };
}

/** The `avcC` record for these SPS and PPS, with lengths of 4 bytes. */
export function formatAvcc(parameterSets: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const [sps, pps] = [NAL_TYPES.sps, NAL_TYPES.pps].map((type) =>
    parameterSets.filter((set) => nalType(set) === type)
  ) as [Uint8Array[], Uint8Array[]];
  const [, profile = 0, compatibility = 0, level = 0] = sps[0] ?? [];
  const sets = (all: Uint8Array[]) => all.flatMap((set) => [...uint(set.length, 2), ...set]);
  return new Uint8Array([
    ...[1, profile, compatibility, level, 0xff],
    ...[0xe0 | sps.length, ...sets(sps)],
    ...[pps.length, ...sets(pps)],
  ]);
}

/** The NAL units of a sample: views, not copies. Throws a `WireError`. */
export function parseSample(
  bytes: Uint8Array<ArrayBuffer>,
  { lengthBytes }: Pick<DecoderConfig, "lengthBytes">,
): Uint8Array<ArrayBuffer>[] {
  const nals: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < bytes.length;) {
    const begin = at + lengthBytes;
    const length = bytes.subarray(at, begin).reduce((sum, byte) => sum * 256 + byte, 0);
    if (begin + length > bytes.length) throw new WireError("a NAL unit is cut off");
    if (length > 0) nals.push(bytes.subarray(begin, begin + length));
    at = begin + length;
  }
  return nals;
}

/** A sample of these NAL units, with lengths of 4 bytes. */
export function formatSample(nals: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(nals.reduce((sum, { length }) => sum + 4 + length, 0));
  let at = 0;
  for (const nal of nals) {
    bytes.set(uint(nal.length, 4), at);
    bytes.set(nal, at + 4);
    at += 4 + nal.length;
  }
  return bytes;
}

/** A whole number, the most significant byte first. */
export function uint(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** (bytes - 1 - i)) % 256);
}
