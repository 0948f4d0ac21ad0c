import type { Frame } from "../../lib/frame/frame.ts";
import type { Clip } from "../../lib/present/clip.ts";
import { ConstantRate } from "../../lib/present/constant_rate.ts";
import { placeFrame } from "../frame/place_frame.ts";
import { assertAlmostEquals, assertEquals } from "../assert.ts";

/** Writes frames at 10 fps; the numbers and times that come out, and the gaps that were cut. */
async function written(
  frames: { sequence: number; capturedAt: number; pixels?: Frame["pixels"] }[],
  { onFrame = () => {} }: { onFrame?: (clip: ConstantRate) => void } = {},
) {
  const out: Frame[] = [];
  const inner: Clip = {
    progress: { seconds: 0, bytes: 0, frames: 0 },
    write: (frame) => {
      out.push(frame);
      onFrame(clip);
      return Promise.resolve(true);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const cuts: number[][] = [];
  const onCut = (...cut: number[]) => cuts.push(cut);
  const clip = new ConstantRate(inner, { fps: 10, onCut });
  for (const frame of frames) await clip.write({ ...placeFrame(), ...frame });
  return { out, cuts, numbers: out.map(({ sequence }) => sequence) };
}

Deno.test("ConstantRate fills a gap with the frame before it, and places each frame", async () => {
  const times = [500, 600, 1000, 1100];
  const { out, numbers } = await written(
    times.map((capturedAt, sequence) => ({ sequence, capturedAt })),
  );
  assertEquals(numbers, [0, 1, 1, 1, 1, 2, 3]);
  out.forEach(({ capturedAt }, i) => assertAlmostEquals(capturedAt, 500 + 100 * i, 1e-6));
});

Deno.test("ConstantRate keeps frames with jitter, and leaves frames out only where there are too many", async () => {
  const jitter = [0, 60, 240, 300, 380, 540].map((capturedAt, sequence) => ({
    sequence,
    capturedAt,
  }));
  assertEquals((await written(jitter)).numbers, [0, 1, 2, 3, 4, 5]);
  const fast = Array.from({ length: 200 }, (_, n) => ({ sequence: n, capturedAt: n * 50 }));
  const { numbers } = await written(fast);
  // 9.95 s, and half a second ahead.
  assertEquals(numbers.length, 105);
});

Deno.test("ConstantRate fills at most 10 minutes and 1 GB of a gap, and reports the rest", async () => {
  const hour = [0, 100, 3_600_100, 3_600_200].map((capturedAt, sequence) => ({
    sequence,
    capturedAt,
  }));
  const { numbers, cuts } = await written(hour);
  assertEquals(numbers.length, 4 + 6000);
  assertEquals(cuts, [[3599.9, 600]]);
  const pixels = new Uint8Array(1e8);
  const large = await written([0, 10_000].map((capturedAt, sequence) => ({
    ...{ sequence, capturedAt, pixels },
  })));
  assertEquals(large.numbers.length, 12);
});

Deno.test("ConstantRate stops filling a gap when the program is asked to stop", async () => {
  const frames = [0, 100_000].map((capturedAt, sequence) => ({ sequence, capturedAt }));
  let count = 0;
  const onFrame = (clip: ConstantRate) => ++count === 10 && clip.hurry();
  assertEquals((await written(frames, { onFrame })).numbers.length, 11);
});
