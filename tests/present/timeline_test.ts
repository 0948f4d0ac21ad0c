import type { Detection } from "../../lib/frame/detection.ts";
import type { MeasuredRate } from "../../lib/present/measure_rate.ts";
import { Timeline, type Timing } from "../../lib/present/timeline.ts";
import { placeFrame } from "../frame/place_frame.ts";
import { assertAlmostEquals, assertEquals } from "../assert.ts";

/** A timeline with a clock of its own; what comes out of it, in order. */
function timeline(timing: Partial<Timing>) {
  const out: (string | number)[][] = [];
  const rates: MeasuredRate[] = [];
  let now = 0;
  const all = { announced: undefined, chosen: undefined, timed: false, losses: () => 0, ...timing };
  const taker = {
    write: ({ sequence, capturedAt }: { sequence: number; capturedAt: number }) =>
      Promise.resolve(void out.push(["frame", sequence, capturedAt])),
    found: ({ sequence, capturedAt }: Detection) => out.push(["find", sequence, capturedAt]),
    measured: (rate: MeasuredRate) => rates.push(rate),
  };
  const line = new Timeline(all, taker, { now: () => now });
  return {
    ...{ out, rates, line },
    write: (sequence: number, capturedAt: number, at = capturedAt) => {
      now = at;
      return line.write(placeFrame({ sequence, capturedAt }));
    },
    find: (sequence: number, capturedAt: number) =>
      line.found({ sequence, capturedAt, filter: "motion" }),
  };
}

Deno.test("Timeline: an announced rate keeps the times of capture", async () => {
  const { out, write, find, line } = timeline({ announced: 30, chosen: 10, timed: true });
  await write(0, 1000);
  await write(1, 1200);
  find(0, 1000);
  assertEquals(out, [["frame", 0, 1000], ["frame", 1, 1200], ["find", 0, 1000]]);
  assertEquals(line.fps, 30);
});

Deno.test("Timeline: a chosen rate times frames, and detections with their frame", async () => {
  const { out, write, find } = timeline({ chosen: 10 });
  for (let n = 0; n < 3; n++) await write(n, 1000 + n);
  find(1, 1001);
  assertEquals(out.map(([, , time]) => time), [1000, 1100, 1200, 1100]);
});

Deno.test("Timeline: an unknown rate is measured, then everything held is passed on in order", async () => {
  const { out, rates, write, find, line } = timeline({});
  for (let n = 0; n < 60; n++) {
    await write(n, 5000 + n * 1000 / 30);
    if (n === 10) find(10, 5000 + n * 1000 / 30);
  }
  assertEquals(out, []);
  await write(60, 7000);
  assertEquals([rates.length, rates[0]?.fps, line.fps, out.length], [1, 30, 30, 62]);
  assertEquals(out[11]?.slice(0, 2), ["find", 10]);
  assertEquals(out[11]?.[2], out[10]?.[2]);
  await write(61, 7000 + 1000 / 30);
  const times = out.filter(([what]) => what === "frame").map(([, , time]) => Number(time));
  times.slice(1).forEach((time, i) => assertAlmostEquals(time - times[i]!, 1000 / 30, 1));
});

Deno.test("Timeline: a burst of ten frames is 0.4 s at 25 fps", async () => {
  const { out, rates, write, line } = timeline({});
  for (let n = 0; n < 10; n++) await write(n, 5000 + 16 * n);
  await line.flush();
  await line.flush();
  assertEquals(rates.map(({ fps, isSteady }) => [fps, isSteady]), [[25, false]]);
  assertEquals(out.map(([, , time]) => time), out.map((_, n) => 5000 + 40 * n));
});

Deno.test("Timeline: detections have the times of a record that continues after a jump back", async () => {
  const { out, write, find } = timeline({ announced: 10, timed: true });
  await write(0, 900_000, 0);
  await write(0, 1000, 100); // the server has started again
  find(0, 1000);
  find(1, 1100); // not written yet
  assertEquals(out.map(([, , time]) => time), [900_000, 900_100, 900_100, 900_100]);
});
