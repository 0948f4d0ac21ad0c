import type { Frame } from "../../lib/frame/frame.ts";
import { Latest } from "../../lib/frame/latest.ts";
import { Taps } from "../../lib/stream/taps.ts";
import { assertEquals } from "../assert.ts";
import { placeFrame } from "../frame/place_frame.ts";

/** Numbers of the frames that were written. */
function recorder() {
  const written: number[] = [];
  const write = (frame: Frame) => Promise.resolve(void written.push(frame.sequence));
  return { written, write };
}

Deno.test("Taps.write() passes each frame to all taps, in order, without placeholders", async () => {
  const taps = new Taps();
  const [one, two] = [recorder(), recorder()];
  using _one = taps.add(one.write);
  const second = taps.add(two.write);
  await taps.write(placeFrame({ sequence: 0 }));
  await taps.write({ ...placeFrame({ sequence: 1 }), kind: "placeholder" });
  second[Symbol.dispose]();
  await taps.write(placeFrame({ sequence: 1 }));
  assertEquals([one.written, two.written, taps.delivered], [[0, 1], [0], 2]);
});

Deno.test("Taps.write() waits for a slow write before the next one", async () => {
  const taps = new Taps();
  const slow = Promise.withResolvers<void>();
  const after = recorder();
  using _slow = taps.add(() => slow.promise);
  using _after = taps.add(after.write);
  const writing = taps.write(placeFrame({ sequence: 7 }));
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(after.written, []);
  slow.resolve();
  await writing;
  assertEquals(after.written, [7]);
});

Deno.test("Taps.follow() counts missed frames, and ends after `max` frames", async () => {
  const taps = new Taps();
  const frames = new Latest<Frame>();
  const { written, write } = recorder();
  using _tap = taps.add(async (frame) => {
    await write(frame);
    if (frame.sequence === 0) {
      for (const sequence of [1, 2, 3]) frames.put(placeFrame({ sequence }));
    }
  });
  frames.put(placeFrame({ sequence: 0 }));
  await taps.follow(frames, { max: 2, signal: new AbortController().signal });
  assertEquals([written, taps.missed, taps.delivered], [[0, 3], 2, 2]);
});

Deno.test("Taps.follow() ends on abort", async () => {
  const stop = new AbortController();
  const following = new Taps().follow(new Latest<Frame>(), stop);
  stop.abort();
  await following;
});
