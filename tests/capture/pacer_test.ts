import { Pacer } from "../../lib/capture/pacer.ts";
import { assert, assertAlmostEquals, assertEquals } from "../assert.ts";

/** When frames leave that come at the given times. */
function play(pacer: Pacer, arrivals: number[]): number[] {
  let now = 0;
  return arrivals.map((arrival) => {
    now = Math.max(now, arrival);
    now += pacer.wait(now);
    return now;
  });
}

Deno.test("Pacer gives a burst of frames at their rate, without drift", () => {
  const left = play(new Pacer({ fps: 15 }), Array(444).fill(0));
  left.forEach((at, n) => assertAlmostEquals(at, n * 1000 / 15, 1e-6));
});

Deno.test("Pacer does not delay a live source that keeps its rate or is slower", () => {
  for (const interval of [40, 41, 55]) {
    const arrivals = Array.from({ length: 200 }, (_, n) => n * interval + (n % 3));
    const left = play(new Pacer({ fps: 25 }), arrivals);
    left.forEach((at, n) => assert(at - (arrivals[n] ?? 0) < 3, `frame ${n} waited`));
  }
});

Deno.test("Pacer catches up after a short delay, but not after a pause", () => {
  const short = play(new Pacer({ fps: 10 }), [0, 0, 260, 260, 260]);
  assertEquals(short, [0, 100, 260, 310, 400]);
  const long = play(new Pacer({ fps: 10 }), [0, 0, 5000, 5000, 5000]);
  assertEquals(long, [0, 100, 5000, 5100, 5200]);
});

Deno.test("Pacer plays the backlog before the first frame of a live stream faster", () => {
  // 50 frames of 25 a second have piled up when the first is there; the others come as they are made.
  const arrivals = Array.from({ length: 1500 }, (_, n) => Math.max(0, (n - 50) * 40));
  const left = play(new Pacer({ fps: 25, backlog: 2000 }), arrivals);
  const steps = left.slice(1).map((at, n) => at - (left[n] ?? 0));
  assert(Math.min(...steps) > 31, "a burst");
  assert((left.at(-1) ?? 0) - (arrivals.at(-1) ?? 0) < 1, "it is still behind");
});

Deno.test("Pacer plays the backlog of a pause of a live stream faster, and then delays no frame", () => {
  // It stops for two seconds, then gives what it has captured meanwhile; each frame is up to 8 ms late.
  const arrivals = Array.from({ length: 1500 }, (_, n) => {
    const captured = n * 40 + (n * 5) % 8;
    return captured > 4000 && captured < 6000 ? 6000 : captured;
  });
  const left = play(new Pacer({ fps: 25, backlog: 200 }), arrivals);
  const steps = left.slice(1).map((at, n) => at - (left[n] ?? 0));
  assert(Math.min(...steps.slice(110)) > 20, "a burst");
  for (let n = 1000; n < 1500; n++) assertEquals(left[n], arrivals[n]);
});

Deno.test("Pacer plays a film faster for no longer than its start took", () => {
  const left = play(new Pacer({ fps: 25, backlog: 200 }), Array(1000).fill(0));
  assertAlmostEquals(left.at(-1) ?? 0, 999 * 40 - 200, 4);
});

Deno.test("Pacer delays no frame of a source that is known to be live, and gives no bursts", () => {
  const pacer = new Pacer({ fps: 25, backlog: 0 });
  for (let n = 0; n < 1000; n++) {
    assertEquals(pacer.wait(n * 33, { isLive: true }), 0, `frame ${n}`);
  }
  assertEquals(pacer.wait(999 * 33, { isLive: true }), 20); // one more is there already
});
