import { Latest } from "../../lib/frame/latest.ts";
import { Renumbering } from "../../lib/stream/renumbering.ts";
import type { Frame } from "../../lib/frame/frame.ts";
import { assertEquals } from "../assert.ts";
import { placeFrame } from "../frame/place_frame.ts";

Deno.test("Renumbering.run() gives frames new numbers, counts missed frames, and converts times to our clock", async () => {
  const [from, to] = [new Latest<Frame>(), new Latest<Frame>()];
  const { signal } = new AbortController();
  const got: number[][] = [];
  const running = new Renumbering(() => 1000).run(from, to, { signal });
  const reading = (async () => {
    using reader = to.reader({ signal });
    for (let taken; (taken = await reader.take());) {
      got.push([taken.value.sequence, taken.value.capturedAt]);
    }
  })();
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  for (const times of [[5000], [5033, 5066], [5100]]) {
    for (const capturedAt of times) from.put(placeFrame({ sequence: 77, capturedAt }));
    await settle();
  }
  from.end();
  await running;
  to.end();
  await reading;
  assertEquals(got, [[0, 4000], [2, 4066], [3, 4100]]);
});

Deno.test("Renumbering.run() passes on a placeholder without using up a number", async () => {
  const [from, to] = [new Latest<Frame>(), new Latest<Frame>()];
  const { signal } = new AbortController();
  const running = new Renumbering(() => 0).run(from, to, { signal });
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  using reader = to.reader({ signal });
  const got: unknown[] = [];
  for (const kind of [undefined, "placeholder", "placeholder", undefined] as const) {
    from.put({ ...placeFrame({ sequence: 5 }), kind });
    await settle();
    const { value } = (await reader.take())!;
    got.push([value.sequence, value.kind]);
  }
  from.end("failed");
  await running;
  assertEquals(got, [[0, undefined], [1, "placeholder"], [1, "placeholder"], [1, undefined]]);
});

Deno.test("Renumbering.next() passes each frame to `finish` with its new number and time", () => {
  const finished: [number, number][] = [];
  const renumbering = new Renumbering(
    () => 50,
    ({ sequence, capturedAt }) => finished.push([sequence, capturedAt]),
  );
  renumbering.next(placeFrame({ sequence: 7, capturedAt: 1000 }));
  renumbering.next(placeFrame({ sequence: 9, capturedAt: 1040 }), 2);
  assertEquals(finished, [[0, 950], [3, 990]]);
});
