import { AgeGauge } from "../../lib/receive/age_gauge.ts";
import { LinkWatch } from "../../lib/receive/link_watch.ts";
import { assert, assertEquals, assertLess } from "../assert.ts";

/** Streams frames between two clocks that differ by `offset`; gives the errors of the ages. */
function simulate(offset: number, { up, down }: { up: number; down: number }): number[] {
  const gauge = new AgeGauge();
  const errors: number[] = [];
  gauge.begin(1000);
  let ack = { count: 0, at: 1000 + up + offset };
  for (let i = 0; i < 50; i++) {
    const capturedAt = 2000 + i * 33;
    const readAt = capturedAt + down + (i % 5);
    const note = {
      ...{ sequence: i, capturedAt: capturedAt + offset, ack },
      ...{ placeholder: false, readAt },
    };
    const age = gauge.ageOf(note, readAt);
    if (age !== undefined) {
      const { uncertainty } = gauge.offset ?? { uncertainty: 0 };
      const error = Math.abs(age - (readAt - capturedAt));
      assert(error <= uncertainty + 1e-6, `off by ${error} ms, said: ${uncertainty}`);
      errors.push(error);
    }
    gauge.acknowledged(readAt);
    ack = { count: i + 1, at: readAt + up + offset };
  }
  return errors;
}

Deno.test("AgeGauge gives ages between two clocks, and their uncertainty", () => {
  for (const offset of [0, -5000, 1e9]) {
    const errors = simulate(offset, { up: 2, down: 2 });
    assertEquals(errors.length, 50);
    assertLess(errors.at(-1) ?? Infinity, 1e-6); // the same way up and down: exact
    assertLess(simulate(offset, { up: 1, down: 5 }).at(-1) ?? Infinity, 2.001);
  }
});

/** Feeds a watch for `seconds`; `every` n-th of 30 frames a second comes. */
function watch({ every, waiting }: { every: number; waiting: number }, seconds = 4) {
  const link = new LinkWatch({ fps: 30, now: 0 });
  for (let frame = 0; frame < seconds * 30; frame++) {
    const now = frame * 1000 / 30;
    if (frame % every === 0) link.frame(frame);
    link.waited(waiting * 1000 / 30);
    const shortage = link.shortage(now, { midFrame: false });
    if (shortage) return shortage;
  }
}

Deno.test("LinkWatch detects a link that carries fewer than half of the frames", () => {
  const { carried, captured } = watch({ every: 3, waiting: 0.9 }) ?? { carried: 0, captured: 0 };
  assert(Math.abs(carried - 10) < 1 && Math.abs(captured - 30) < 1.5, `${carried} of ${captured}`);
});

Deno.test("LinkWatch is silent if more than half of the frames come, or if the client is slow", () => {
  assertEquals(watch({ every: 1, waiting: 0.9 }), undefined);
  assertEquals(watch({ every: 3, waiting: 0.1 }), undefined);
  assertEquals(watch({ every: 3, waiting: 0.9 }, 2), undefined); // too early to tell
});
