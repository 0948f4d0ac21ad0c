/** FLV with H.264, read and written. */

import { formatAnnexB, NAL_TYPES, nalType, nalUnits } from "../../lib/wire/annex_b.ts";
import { formatAvcc, parseAvcc } from "../../lib/wire/avcc.ts";
import { FlvReader, type FlvUnit, FlvWriter } from "../../lib/wire/flv.ts";
import { WireError } from "../../lib/wire/wire_error.ts";
import { assert, assertEquals, assertThrows } from "../assert.ts";
import { generator, mutate } from "./damage.ts";

const sps = [0x67, 0x64, 0, 0x1e, 0xac];
const pps = [0x68, 0xee, 0x3c];
const idr = [0x65, 1, 2, 3];
const slice = [0x41, 9, 8];
const sei = [0x06, 5, 1, 0x80];
const delimiter = [0x09, 0xf0];

function annexB(...nals: number[][]): Uint8Array<ArrayBuffer> {
  return formatAnnexB(nals.map((nal) => new Uint8Array(nal)));
}

/** A tag: its type, time in ms, and content. */
function tag(type: number, time: number, content: number[]): number[] {
  const size = [content.length >> 16, content.length >> 8 & 255, content.length & 255];
  const at = [time >> 16 & 255, time >> 8 & 255, time & 255, time >>> 24];
  const whole = 11 + content.length;
  return [type, ...size, ...at, 0, 0, 0, ...content, 0, 0, whole >> 8, whole & 255];
}

const HEAD = [0x46, 0x4c, 0x56, 1, 1, 0, 0, 0, 9, 0, 0, 0, 0];
const record = [...formatAvcc([new Uint8Array(sps), new Uint8Array(pps)])];
const CONFIG = tag(9, 0, [0x17, 0, 0, 0, 0, ...record]);
const sample = (...nals: number[][]) => nals.flatMap((nal) => [0, 0, 0, nal.length, ...nal]);

function read(bytes: number[], reader = new FlvReader()): FlvUnit[] {
  return reader.push(new Uint8Array(bytes));
}

Deno.test("FlvReader gives Annex B with SPS and PPS before each keyframe, without delimiters and SEI", () => {
  const units = read([
    ...HEAD,
    ...tag(18, 0, [2, 0, 1, 2]), // a description
    ...CONFIG,
    ...tag(9, 40, [0x17, 1, 0, 0, 0, ...sample(delimiter, sei, idr)]),
    ...tag(8, 41, [0xaf, 1, 2]), // sound
    ...tag(9, 0x1000050, [0x27, 1, 0xff, 0xff, 0xf0, ...sample(delimiter, slice, slice)]),
    ...tag(9, 0x1000060, [0x17, 2, 0, 0, 0]), // the end
  ]);
  assertEquals(units, [
    { bytes: annexB(sps, pps, idr), isKey: true, time: 40 },
    { bytes: annexB(slice, slice), isKey: false, time: 0x1000040 },
  ]);
});

Deno.test("FlvReader takes SPS and PPS from a unit that has them", () => {
  const newer = [0x67, 0x64, 0, 0x28, 1];
  const [unit] = read([
    ...[...HEAD, ...CONFIG],
    ...tag(9, 0, [0x17, 1, 0, 0, 0, ...sample(newer, pps, idr)]),
  ]);
  assertEquals(unit?.bytes, annexB(newer, pps, idr));
});

Deno.test("FlvReader takes the parameter set that a keyframe lacks from the head", () => {
  const newer = { sps: [0x67, 0x64, 0, 0x28, 1], pps: [0x68, 1, 2] };
  const units = read([
    ...[...HEAD, ...CONFIG],
    ...tag(9, 0, [0x17, 1, 0, 0, 0, ...sample(newer.pps, idr)]),
    ...tag(9, 40, [0x17, 1, 0, 0, 0, ...sample(newer.sps, idr)]),
  ]);
  assertEquals(units.map(({ bytes }) => bytes), [
    annexB(sps, newer.pps, idr),
    annexB(newer.sps, pps, idr),
  ]);
});

Deno.test("FlvReader calls only an IDR picture a keyframe", () => {
  const [unit] = read([
    ...[...HEAD, ...CONFIG],
    ...tag(9, 0, [0x17, 1, 0, 0, 0, ...sample(sei, slice)]),
  ]);
  assertEquals(unit, { bytes: annexB(slice), isKey: false, time: 0 });
});

Deno.test("FlvReader reads what FlvWriter writes, cut anywhere", () => {
  const writer = new FlvWriter();
  const larger = [0x67, 0x64, 0, 0x28, 1];
  const units = [
    { bytes: annexB(sps, pps, idr), isKey: true, time: 0 },
    { bytes: annexB(slice), isKey: false, time: 33 },
    { bytes: annexB(sps, pps, idr), isKey: true, time: 800 },
    { bytes: annexB(larger, pps, idr), isKey: true, time: 2 ** 32 - 1 },
  ];
  const bytes = units.flatMap((unit) => [...writer.write(unit, unit.time)]);
  for (const step of [1, 7, bytes.length]) {
    const reader = new FlvReader();
    const read: FlvUnit[] = [];
    for (let at = 0; at < bytes.length; at += step) {
      read.push(...reader.push(new Uint8Array(bytes.slice(at, at + step))));
    }
    assertEquals(read, units);
  }
});

Deno.test("FlvWriter begins with a keyframe", () => {
  const unit = { bytes: annexB(slice), isKey: false };
  assertThrows(() => new FlvWriter().write(unit, 0), RangeError, "not a keyframe");
});

for (
  const [name, bytes, message] of [
    ["what is not FLV", new Array(20).fill(1), "not FLV"],
    ["another codec", [...HEAD, ...tag(9, 0, [0x12, 0, 0, 0, 0])], "not H.264"],
    [
      "units without SPS",
      [...HEAD, ...tag(9, 0, [0x17, 1, 0, 0, 0, ...sample(idr)])],
      "without SPS",
    ],
    [
      "a unit that is cut",
      [...HEAD, ...CONFIG, ...tag(9, 0, [0x17, 1, 0, 0, 0, 0, 0, 0, 9, 1])],
      "cut off",
    ],
    [
      "a record that is cut",
      [...HEAD, ...tag(9, 0, [0x17, 0, 0, 0, 0, ...record.slice(0, -2)])],
      "cut off",
    ],
  ] as const
) {
  Deno.test(`FlvReader refuses ${name}`, () => {
    assertThrows(() => read([...bytes]), WireError, message);
  });
}

Deno.test("FlvReader takes damaged streams for what they are, or refuses them", () => {
  const random = generator(20261128);
  const whole = new Uint8Array([
    ...[...HEAD, ...CONFIG],
    ...tag(9, 40, [0x17, 1, 0, 0, 0, ...sample(delimiter, sei, idr)]),
    ...tag(9, 80, [0x27, 1, 0, 0, 0, ...sample(slice)]),
  ]);
  for (let i = 0; i < 500; i++) {
    try {
      new FlvReader().push(mutate(whole, random));
    } catch (thrown) {
      assert(thrown instanceof WireError, String(thrown));
    }
  }
});

Deno.test("nalUnits() cuts at start codes of 3 and 4 bytes, and leaves the zeros between out", () => {
  const bytes = new Uint8Array([0, 0, 0, 1, 0x67, 1, 0, 0, 0, 0, 1, 0x68, 0, 0, 1, 0x65, 1, 0, 2]);
  assertEquals(nalUnits(bytes).map((nal) => [...nal]), [[0x67, 1], [0x68], [0x65, 1, 0, 2]]);
  assertEquals(nalUnits(bytes).map(nalType), [NAL_TYPES.sps, NAL_TYPES.pps, NAL_TYPES.idr]);
  assertEquals(nalUnits(new Uint8Array([1, 2, 3])), []);
});

Deno.test("parseAvcc() reads the record that formatAvcc() writes", () => {
  const parameterSets = [new Uint8Array(sps), new Uint8Array(pps)];
  assertEquals(parseAvcc(formatAvcc(parameterSets)), { parameterSets, lengthBytes: 4 });
});
