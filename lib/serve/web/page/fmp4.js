/**
 * H.264 as fragmented MP4, for MediaSource: an initialization segment, and a fragment (`moof` and `mdat`) for each
 * access unit. ISO/IEC 14496-12 (the boxes) and 14496-15 (`avc1`, `avcC`).
 */

import { NAL_TYPES, nalType, nalUnits } from "./nal.js";

/** Ticks a second of all times. */
export const TIMESCALE = 90_000;

/** ISO/IEC 14496-12, 8.8.3.1: it depends on no other sample; it depends on others, and is no sync sample. */
const [KEY_FLAGS, DELTA_FLAGS] = [0x02000000, 0x01010000];

/** The unity matrix of `mvhd` and `tkhd`. */
const MATRIX = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];

/** The SPS and the PPS of a keyframe; undefined if one is missing. */
export function parameterSets(bytes) {
  const units = nalUnits(bytes);
  const [sps, pps] = [NAL_TYPES.sps, NAL_TYPES.pps].map((type) =>
    units.find((unit) => nalType(unit) === type)
  );
  return sps && pps ? { sps, pps } : undefined;
}

/** `ftyp` and `moov`: no duration, so that browsers take it for a live stream and hold back no frame. */
export function initSegment({ sps, pps, width, height }) {
  const config = [1, ...sps.subarray(1, 4), 0xff, 0xe1, ...u16(sps.length), ...sps];
  const avcC = box("avcC", [...config, 1, ...u16(pps.length), ...pps]);
  const avc1 = box(
    "avc1",
    [...zeros(6), ...u16(1), ...zeros(16), ...u16(width), ...u16(height)],
    [...u32(0x480000, 0x480000, 0), ...u16(1), ...zeros(32), ...u16(24), 0xff, 0xff],
    avcC,
  );
  const table = box(
    "stbl",
    box("stsd", u32(0, 1), avc1),
    ...["stts", "stsc", "stco"].map((type) => box(type, u32(0, 0))),
    box("stsz", u32(0, 0, 0)),
  );
  const data = box("dinf", box("dref", u32(0, 1), box("url ", u32(1))));
  const handler = box("hdlr", u32(0, 0), ascii("vide"), zeros(12), ascii("video\0"));
  const media = box(
    "mdia",
    box("mdhd", u32(0, 0, 0, TIMESCALE, 0), [0x55, 0xc4, 0, 0]),
    handler,
    box("minf", box("vmhd", u32(1, 0, 0)), data, table),
  );
  const track = u32(3, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...MATRIX, width * 0x10000, height * 0x10000);
  const movie = u32(0, 0, 0, TIMESCALE, 0, 0x10000, 0x1000000, 0, 0, ...MATRIX);
  return concat([
    box("ftyp", ascii("isom"), u32(0x200), ascii("isomiso5avc1")),
    box(
      "moov",
      box("mvhd", movie, zeros(24), u32(2)),
      box("trak", box("tkhd", track), media),
      box("mvex", box("trex", u32(0, 1, 1, 0, 0, 0))),
    ),
  ]);
}

/** The fragment of one access unit in Annex B. `number` counts them from 1; `time` and `duration` are in ticks. */
export function fragment(bytes, { number, time, duration, isKey }) {
  const sample = concat(
    nalUnits(bytes).filter((unit) => !Object.values(NAL_TYPES).includes(nalType(unit)))
      .flatMap((unit) => [Uint8Array.from(u32(unit.length)), unit]),
  );
  const run = (offset) =>
    box(
      "moof",
      box("mfhd", u32(0, number)),
      box(
        "traf",
        box("tfhd", u32(0x020000, 1)), // default-base-is-moof
        box("tfdt", u32(0x01000000, Math.floor(time / 2 ** 32), time % 2 ** 32)),
        // data offset; duration, size and flags of the sample
        box(
          "trun",
          u32(0x000701, 1, offset, duration, sample.length, isKey ? KEY_FLAGS : DELTA_FLAGS),
        ),
      ),
    );
  return concat([run(run(0).length + 8), box("mdat", sample)]);
}

function box(type, ...parts) {
  const size = parts.reduce((sum, { length }) => sum + length, 8);
  return concat([u32(size), ascii(type), ...parts]);
}

/** Arrays of bytes as one. */
export function concat(parts) {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function u16(value) {
  return [value >> 8 & 255, value & 255];
}

function u32(...values) {
  return values.flatMap((
    value,
  ) => [value >>> 24, value >>> 16 & 255, value >>> 8 & 255, value & 255]);
}

function zeros(count) {
  return new Array(count).fill(0);
}

function ascii(text) {
  return [...text].map((letter) => letter.charCodeAt(0));
}
