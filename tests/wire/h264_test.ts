import { UnitReader } from "../../lib/wire/h264.ts";
import { WireError } from "../../lib/wire/wire_error.ts";
import { assertEquals, assertMatch, assertThrows } from "../assert.ts";

const announced = { width: 5, height: 4 };
const unit = new Uint8Array([0, 0, 0, 1, 0x67, 1, 2]);

/** Reads lines, each with the unit behind it. */
function read(...lines: string[]) {
  const reader = new UnitReader(announced);
  const notes = [];
  for (const line of lines) {
    for (const byte of [...new TextEncoder().encode(`${line}\n`), ...unit]) {
      reader.space[0] = byte;
      reader.filled(1, 9);
      notes.push(...[reader.take()?.note].flatMap((note) => note ?? []));
    }
  }
  return notes;
}

const KEY = "UNIT length=7 seq=3 ts=20.5 key=1 size=4x2";

Deno.test("UnitReader gives each unit its number, its times and the size of the last keyframe", () => {
  const [key, delta, other] = read(
    `${KEY} of=later`,
    "UNIT length=7 seq=5 ts=21 ack=2:19.5",
    "UNIT length=7 seq=6 ts=22 key=1 size=6x4",
  );
  assertEquals(key, {
    ...{ sequence: 3, capturedAt: 20.5, ack: undefined, placeholder: false, readAt: 9 },
    unit: { isKey: true, size: { width: 4, height: 2 } },
  });
  assertEquals(delta?.ack, { count: 2, at: 19.5 });
  assertEquals(delta?.unit, { isKey: false, size: { width: 4, height: 2 } });
  assertEquals(other?.unit?.size, { width: 6, height: 4 });
});

const rejected: [what: string, line: string, words: string][] = [
  ["a length of -1", KEY.replace("7", "-1"), 'the length of a unit is "-1"'],
  ["a length of 10^9", KEY.replace("7", "1000000000"), "the length of a unit is"],
  ["an empty unit", KEY.replace("7", "0"), 'the length of a unit is "0"'],
  ["a keyframe without a size", "UNIT length=7 seq=3 ts=20 key=1", 'the size of a unit is ""'],
  ["a picture that is too large", KEY.replace("4x2", "8x4"), 'a unit is "8x4", announced: 5x4'],
  ["a stream that does not begin with a keyframe", "UNIT length=7 seq=3 ts=2", "not a keyframe"],
  ["a unit without a number", "UNIT length=7 ts=20 key=1 size=4x2", "has no number or no time"],
  ["another line", "FRAME length=7", 'expected "UNIT"'],
];
for (const [what, line, words] of rejected) {
  Deno.test(`UnitReader rejects ${what}`, () => {
    const { message } = assertThrows(() => read(line), WireError, words);
    assertMatch(message, /^[\x20-\x7e]{1,300}$/);
  });
}

Deno.test("UnitReader rejects a unit that is not Annex B", () => {
  const reader = new UnitReader(announced);
  const bytes = new TextEncoder().encode(`${KEY}\n1234567`);
  reader.space.set(bytes);
  reader.filled(bytes.length, 0);
  assertThrows(() => reader.take(), WireError, "a unit does not begin with a start code");
});
