import { StallWatch } from "../../lib/receive/stall_watch.ts";
import { assertEquals } from "../assert.ts";

/** Feeds a frame of `all` bytes at so many bytes a second for `seconds`; gives why it was given up. */
function feed({ all, rate, seconds }: { all: number; rate: number; seconds: number }) {
  let now = 0;
  using watch = new StallWatch({ patience: 10_000, onStall: () => {}, clock: () => now });
  for (let second = 0; second < seconds && watch.why === undefined; second++) {
    now = second * 1000;
    watch.progress({ come: 1 + second * rate, all });
  }
  return watch.why;
}

Deno.test("StallWatch gives up a frame that comes byte by byte", () => {
  assertEquals(feed({ all: 307_200, rate: 1, seconds: 100 }), "only 11 bytes came in 10 s");
});

Deno.test("StallWatch lets a narrow link take its time with a large frame", () => {
  assertEquals(feed({ all: 307_200, rate: 8000, seconds: 39 }), undefined);
});

Deno.test("StallWatch gives up a frame that begins well and then drips", () => {
  let now = 0;
  using watch = new StallWatch({ patience: 10_000, onStall: () => {}, clock: () => now });
  for (let come = 100_000; now < 60_000 && !watch.why; now += 1000) {
    watch.progress({ come: come++, all: 307_200 });
  }
  assertEquals(watch.why, "only 10 bytes came in 10 s");
});

Deno.test("StallWatch gives up a head that is not whole in time", () => {
  assertEquals(feed({ all: 0, rate: 50, seconds: 30 }), "only 501 bytes came in 10 s");
});

Deno.test("StallWatch begins anew with each frame", () => {
  let now = 0;
  using watch = new StallWatch({ patience: 10_000, onStall: () => {}, clock: () => now });
  for (; now < 60_000; now += 33) {
    watch.progress({ come: 100, all: 307_200 });
    watch.whole();
  }
  assertEquals(watch.why, undefined);
});
