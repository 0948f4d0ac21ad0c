import type { AccessUnit } from "../../lib/frame/access_unit.ts";
import { AccessUnits } from "../../lib/frame/access_units.ts";
import { assertEquals } from "../assert.ts";

const { signal } = new AbortController();

function unit(sequence: number, isKey = false): AccessUnit {
  const bytes = new Uint8Array([sequence]);
  return { sequence, isKey, bytes, capturedAt: 0, kind: undefined, size: { width: 4, height: 2 } };
}

/** Puts units of these numbers; keyframes are multiples of 10. */
function put(units: AccessUnits, ...numbers: number[]): void {
  for (const number of numbers) units.put(unit(number, number % 10 === 0));
}

/** The numbers of the next units, each with how many were skipped. */
async function takeAll(reader: ReturnType<AccessUnits["reader"]>): Promise<[number, number][]> {
  const taken: [number, number][] = [];
  while (reader.missed() > 0) {
    const { value, skipped } = (await reader.take())!;
    taken.push([value.sequence, skipped]);
  }
  return taken;
}

Deno.test("AccessUnitReader.take() gives every unit in order", async () => {
  const units = new AccessUnits();
  using reader = units.reader({ signal });
  put(units, 10, 11, 12);
  assertEquals(await takeAll(reader), [[10, 0], [11, 0], [12, 0]]);
  put(units, 13);
  assertEquals(await takeAll(reader), [[13, 0]]);
});

Deno.test("AccessUnitReader.take() gives the newest keyframe when the next unit is no longer there", async () => {
  const units = new AccessUnits();
  using reader = units.reader({ signal });
  put(units, 10, 11);
  await reader.take();
  put(units, 12, 13, 20, 21);
  assertEquals(reader.missed(), 2);
  assertEquals(await takeAll(reader), [[20, 3], [21, 0]]);
});

Deno.test("AccessUnits.reader() begins at the newest keyframe, or at the next one if that is old", async () => {
  const units = new AccessUnits();
  put(units, 10, 11, 12, 13, 14, 15, 16, 17, 18);
  using early = units.reader({ signal });
  put(units, 19);
  using late = units.reader({ signal });
  assertEquals([early.missed(), late.missed()], [10, 0]);
  put(units, 20, 21);
  assertEquals(await takeAll(late), [[20, 0], [21, 0]]);
});

Deno.test("AccessUnitReader.skipToKey() drops what waits, except for a new keyframe", async () => {
  const units = new AccessUnits();
  using reader = units.reader({ signal });
  put(units, 10, 11);
  await reader.take();
  reader.skipToKey();
  put(units, 12);
  assertEquals(reader.missed(), 0);
  put(units, 20, 21);
  reader.skipToKey();
  assertEquals(await takeAll(reader), [[20, 2], [21, 0]]);
});

Deno.test("AccessUnits.put() drops units that no decoder can use", async () => {
  const units = new AccessUnits();
  using reader = units.reader({ signal });
  put(units, 11, 12);
  assertEquals(reader.missed(), 0);
  put(units, 20);
  units.clear();
  put(units, 21);
  assertEquals(reader.missed(), 0);
  put(units, 30, 31);
  assertEquals(await takeAll(reader), [[30, 0], [31, 0]]);
});

Deno.test("AccessUnits keeps a bounded number of units when keyframes stay out", async () => {
  const units = new AccessUnits();
  using slow = units.reader({ signal });
  units.put(unit(0, true));
  for (let i = 1; i < 1000; i++) units.put(unit(i));
  using late = units.reader({ signal });
  assertEquals([slow.missed(), late.missed()], [0, 0]);
  units.put(unit(1000, true));
  assertEquals((await slow.take())?.value.sequence, 1000);
});

Deno.test("AccessUnits.end() lets each reader take what waits, then ends", async () => {
  const units = new AccessUnits();
  using reader = units.reader({ signal });
  put(units, 10, 11);
  units.end("failed");
  put(units, 12);
  assertEquals(await takeAll(reader), [[10, 0], [11, 0]]);
  assertEquals([await reader.take(), units.ending], [undefined, "failed"]);
});

Deno.test("AccessUnitReader.take() ends on abort, and wakes for a unit", async () => {
  const units = new AccessUnits();
  const stop = new AbortController();
  using stopped = units.reader({ signal: stop.signal });
  using reader = units.reader({ signal });
  const [ended, taken] = [stopped.take(), reader.take()];
  stop.abort();
  assertEquals(await ended, undefined);
  put(units, 10);
  assertEquals((await taken)?.value.sequence, 10);
});

Deno.test("AccessUnitReader.next() waits for a unit, and no longer than it is told", async () => {
  const units = new AccessUnits();
  using reader = units.reader({ signal });
  await reader.next(1);
  const waiting = reader.next(60_000);
  put(units, 10);
  await waiting;
  await reader.next(60_000);
  assertEquals(reader.missed(), 1);
});
