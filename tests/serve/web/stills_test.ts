import { assertEquals, assertRejects } from "../../assert.ts";
import { Stills } from "../../../lib/serve/web/stills.ts";

/** Stills of frames that the test puts, by an encoder that the test ends. */
function setUp() {
  const frame = { sequence: 0 };
  const encodes: { sequence: number; done: (thrown?: Error) => void }[] = [];
  const stills = new Stills(
    () => Promise.resolve({ ...frame }),
    ({ sequence }) => {
      const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
      const done = (thrown?: Error) => thrown ? reject(thrown) : resolve(Uint8Array.of(sequence));
      encodes.push({ sequence, done });
      return promise;
    },
  );
  return { frame, encodes, stills };
}

/** Lets all go on that can. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("Stills.take() encodes a frame once for all who ask, and one at a time (issue 11)", async () => {
  const { frame, encodes, stills } = setUp();
  const first = stills.take();
  await settle();
  const later = Array.from({ length: 40 }, () => stills.take());
  await settle();
  assertEquals(encodes.length, 1);
  frame.sequence = 7;
  encodes[0]!.done();
  await settle();
  assertEquals(encodes.map(({ sequence }) => sequence), [0, 7]);
  encodes[1]!.done();
  assertEquals(await first, Uint8Array.of(0));
  assertEquals(new Set(await Promise.all(later)).size, 1);
});

Deno.test("Stills.take() does not encode a frame again that is still the newest", async () => {
  const { encodes, stills } = setUp();
  const first = stills.take();
  await settle();
  const second = stills.take();
  encodes[0]!.done();
  assertEquals(await second, await first);
  assertEquals(encodes.length, 1);
});

Deno.test("Stills.take() refuses beyond 64 that wait, and has room again afterwards", async () => {
  const { encodes, stills } = setUp();
  const asked = Array.from({ length: 400 }, () => stills.take());
  await settle();
  encodes[0]!.done();
  const answers = await Promise.all(asked);
  assertEquals(answers.filter((answer) => answer === "busy").length, 400 - 64);
  const again = stills.take();
  await settle();
  encodes[1]!.done();
  assertEquals(await again, Uint8Array.of(0));
});

Deno.test("Stills.take() fails as the encoder does, and tries again for the next who ask", async () => {
  const { encodes, stills } = setUp();
  const failing = stills.take();
  await settle();
  const next = stills.take();
  encodes[0]!.done(new Error("ffmpeg says: no"));
  await assertRejects(() => failing, Error, "ffmpeg says: no");
  await settle();
  encodes[1]!.done();
  assertEquals(await next, Uint8Array.of(0));
});
