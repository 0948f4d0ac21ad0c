/** Tests Presence, Path and the zones with a clock of the test. */

import { assert, assertEquals, assertThrows } from "../../assert.ts";
import { MAX_PLACES, Path } from "../../../lib/vision/tracking/path.ts";
import { type ObjectEvent, Presence } from "../../../lib/vision/tracking/presence.ts";
import { checkZones, readZones } from "../../../lib/vision/tracking/zones.ts";

const person = (x: number, id = 1) => ({
  ...{ id, label: "person", firstAt: 0 },
  box: [x - 5, 15, 10, 10] as [number, number, number, number],
});

Deno.test("readZones() reads names with x, y, width and height, in both spellings", () => {
  const gate = { name: "gate", box: [0, 120, 200, 240] };
  assertEquals(readZones("gate/0/120/200/240"), [gate]);
  assertEquals(readZones("gate:0,120,200,240"), [gate]);
  assertEquals(readZones("gate/0/120/200/240 + tür_2/1/2/3/4"), [
    gate,
    { name: "tür_2", box: [1, 2, 3, 4] },
  ]);
});

for (
  const [text, why] of [
    ["", "expected NAME/X/Y"],
    ["gate", "expected NAME/X/Y"],
    ["gate/1/2/3", "expected NAME/X/Y"],
    ["gate/1/2/3/4/5", "expected NAME/X/Y"],
    ["gate/1/2/3/", "expected NAME/X/Y"],
    ["gate/-1/2/3/4", "expected NAME/X/Y"],
    ["gate/1.5/2/3/4", "expected NAME/X/Y"],
    ["a b/1/2/3/4", "expected NAME/X/Y"],
    ["gate/1/2/0/4", "above 0"],
    ["gate/1/2/3/4+gate/1/2/3/4", "another name"],
    [Array.from({ length: 33 }, (_, i) => `z${i}/0/0/1/1`).join("+"), "at most 32"],
  ] as const
) {
  Deno.test(`readZones() refuses "${text.slice(0, 40)}"`, () => {
    assertThrows(() => readZones(text), RangeError, why);
  });
}

Deno.test("checkZones() refuses a zone beyond the frame, and says what its numbers mean", () => {
  const zones = readZones("gate/0/120/200/240");
  checkZones(zones, { width: 200, height: 360 });
  assertThrows(
    () => checkZones(zones, { width: 320, height: 240 }),
    RangeError,
    "zone gate (x 0, y 120, width 200, height 240) reaches beyond the frame of 320x240",
  );
});

Deno.test("Presence without zones reports when an object enters and leaves the picture, with its path", () => {
  const presence = new Presence([], { keepMs: 1000 });
  const events: ObjectEvent[] = [];
  for (let i = 2; i <= 10; i++) events.push(...presence.seen(person(10 * i), i * 100));
  events.push(...presence.gone(1), ...presence.gone(1), ...presence.gone(7));
  assertEquals(events, [
    { event: "entered", id: 1, label: "person", seconds: 0.2, path: [[20, 20]] },
    {
      ...{ event: "left", id: 1, label: "person", seconds: 1 },
      path: [2, 3, 4, 5, 6, 7, 8, 9, 10].map((i) => [10 * i, 20] as const),
    },
  ]);
});

Deno.test("Presence with zones reports entered and left of each zone, and nothing outside of them", () => {
  const zones = readZones("left/0/0/50/40+wide/30/0/50/40");
  const presence = new Presence(zones, { keepMs: 200 });
  const events: ObjectEvent[] = [];
  for (let x = 0; x <= 150; x += 10) events.push(...presence.seen(person(x), 10 * x));
  assertEquals(
    events.map(({ event, zone, seconds, path }) => [event, zone, seconds, path.length]),
    [
      ["entered", "left", 0, 1],
      ["entered", "wide", 0, 1],
      ["left", "left", 0.4, 5],
      ["left", "wide", 0.4, 5],
    ],
  );
  assertEquals(presence.gone(1), []);
});

Deno.test("Presence: an object at the border of a zone, for less than `keepMs` outside, does not leave it", () => {
  const presence = new Presence(readZones("gate/0/0/50/40"), { keepMs: 300 });
  const places = [49, 51, 49, 52, 48, 51, 49];
  const events = places.flatMap((x, i) => presence.seen(person(x), i * 100));
  assertEquals(events.map(({ event }) => event), ["entered"]);
  assertEquals(presence.gone(1).map(({ event, seconds }) => [event, seconds]), [["left", 0.6]]);
});

Deno.test("Presence: an object that comes back to a zone enters it again", () => {
  const presence = new Presence(readZones("gate/0/0/50/40"), { keepMs: 100 });
  const events = [10, 90, 90, 90, 10].flatMap((x, i) => presence.seen(person(x), i * 100));
  assertEquals(events.map(({ event }) => event), ["entered", "left", "entered"]);
});

Deno.test("Path keeps the first and the last place, and at most MAX_PLACES between, however long it is", () => {
  const path = new Path();
  for (let i = 0; i < 10_000; i++) {
    path.add([i / 3, 100 * Math.sin(i / 50)]);
    assert(path.places.length <= MAX_PLACES + 1);
  }
  assertEquals([path.places[0], path.places.at(-1)], [[0, 0], [
    3333,
    Math.round(100 * Math.sin(9999 / 50)),
  ]]);
  assert(path.places.length > MAX_PLACES / 4);
});

Deno.test("Path of an object that stands still has one place, or its last one beside the first", () => {
  const path = new Path();
  for (let i = 0; i < 100; i++) path.add([50 + i % 2, 50]);
  assertEquals(path.places, [[50, 50], [51, 50]]);
});
