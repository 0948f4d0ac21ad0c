import { CaptureClock, CountedClock, SmoothClock } from "../../lib/present/frame_clock.ts";
import { placeFrame } from "../frame/place_frame.ts";
import { assert, assertAlmostEquals, assertEquals } from "../assert.ts";

const PERIOD = 1000 / 30;

Deno.test("CaptureClock gives the times of capture, gaps included", () => {
  const clock = new CaptureClock();
  const captured = [5000, 5033, 5067, 95_067, 95_100];
  const times = captured.map((capturedAt, i) => clock.timeOf(placeFrame({ capturedAt }), i * 33));
  assertEquals(times.slice(0, 3), captured.slice(0, 3));
  // 90 s in 33 ms: the server's clock was set.
  assertEquals(times.slice(3), [5100, 5133]);
});

Deno.test("CaptureClock continues where the server's time jumps back", () => {
  const clock = new CaptureClock();
  const hour = 3_600_000;
  const table: [captured: number, now: number, time: number][] = [
    [2 * hour, 0, 2 * hour],
    [2 * hour + 40, 40, 2 * hour + 40],
    [hour, 80, 2 * hour + 80], // set back by an hour
    [hour + 40, 120, 2 * hour + 120],
    [0, 5120, 2 * hour + 5120], // another server, after 5 s
    [2 * hour, 2 * hour + 5120, 4 * hour + 5120], // two hours without a frame
    [2 * hour + 8000, 2 * hour + 5130, 4 * hour + 13_120], // some that were held up on the way
  ];
  for (const [capturedAt, now, time] of table) {
    assertEquals(clock.timeOf(placeFrame({ capturedAt }), now), time);
  }
});

Deno.test("CountedClock shows frame n at n/fps, whenever it arrives", () => {
  let losses = 0;
  const clock = new CountedClock(30, { losses: () => losses });
  const at = (sequence: number, now: number) =>
    clock.timeOf(placeFrame({ sequence, capturedAt: 1000 + now }), now) - 1000;
  for (let n = 0; n < 10; n++) assertAlmostEquals(at(n, n), n * PERIOD, 1e-6);
  assertAlmostEquals(at(12, 20), 12 * PERIOD, 1e-6); // two were skipped
  assertAlmostEquals(at(13, 3020), 13 * PERIOD, 1e-6); // late
  losses++;
  assertAlmostEquals(at(14, 10_020), 13 * PERIOD + 7000, 1e-6);
  assertAlmostEquals(at(15, 10_030), 14 * PERIOD + 7000, 1e-6);
});

Deno.test("SmoothClock removes jitter, follows the real rate, and keeps gaps", () => {
  const clock = new SmoothClock(30, { free: 1, delay: 0 });
  // 29 fps in truth, in pairs, for 100 s; then 5 s of nothing.
  const arrivals = Array.from({ length: 2900 }, (_, n) => Math.floor(n / 2) * 2000 / 29);
  const times = [...arrivals, 105_000, 105_034].map((capturedAt, sequence) =>
    clock.timeOf(placeFrame({ sequence, capturedAt }), capturedAt)
  );
  const steps = times.slice(1).map((time, i) => time - times[i]!);
  const steady = steps.slice(0, 2899);
  assert(steady.every((step) => step > 30 && step < 38), `${Math.min(...steady)}`);
  assertAlmostEquals(times[2899]!, 100_000, 250);
  assertAlmostEquals(steps[2899]!, 5000, 250);
});

Deno.test("SmoothClock ignores delayed frames", () => {
  const clock = new SmoothClock(30, { free: 1, delay: 0 });
  // Each 5 s nothing comes for 0.9 s, and then all at once.
  const arrivals = Array.from({ length: 900 }, (_, n) => {
    const due = n * PERIOD;
    return due % 5000 > 4000 && due % 5000 < 4900 ? due - due % 5000 + 4900 : due;
  });
  for (const [sequence, capturedAt] of arrivals.entries()) {
    const time = clock.timeOf(placeFrame({ sequence, capturedAt }), capturedAt);
    assertAlmostEquals(time, sequence * PERIOD, 1e-6);
  }
});

Deno.test("SmoothClock spreads the frames that a server had ready", () => {
  const ready = 20;
  const arrivals = Array.from({ length: 80 }, (_, n) => Math.max(0, n + 1 - ready) * PERIOD);
  const delay = (1 - ready) * PERIOD;
  const clock = new SmoothClock(30, { free: 80, delay });
  const times = arrivals.map((capturedAt, sequence) =>
    clock.timeOf(placeFrame({ sequence, capturedAt }), capturedAt)
  );
  for (const [n, time] of times.entries()) assertAlmostEquals(time, delay + n * PERIOD, 1e-6);
});
