import { assertEquals, assertRejects } from "../../assert.ts";
import { Stills } from "../../../lib/serve/web/stills.ts";

/** Stills of the frame that the test sets, with an encoder that the test lets finish. */
function setUp() {
  const source = { frame: { sequence: 0, pixel: 0 } };
  const encodes: { pixel: number; done: (thrown?: Error) => void }[] = [];
  const stills = new Stills(
    () => Promise.resolve(source.frame),
    ({ pixel }) => {
      const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
      const done = (thrown?: Error) => thrown ? reject(thrown) : resolve(Uint8Array.of(pixel));
      encodes.push({ pixel, done });
      return promise;
    },
  );
  return { source, encodes, stills };
}

/** Lets everything run that can. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("Stills.take() encodes a frame once for all who ask, and one at a time (issue 11)", async () => {
  const { source, encodes, stills } = setUp();
  const first = stills.take();
  await settle();
  const later = Array.from({ length: 40 }, () => stills.take());
  await settle();
  assertEquals(encodes.length, 1);
  source.frame = { sequence: 7, pixel: 7 };
  encodes[0]!.done();
  await settle();
  assertEquals(encodes.map(({ pixel }) => pixel), [0, 7]);
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

Deno.test("Stills.take() encodes a new placeholder although it has the number of the one before", async () => {
  const { source, encodes, stills } = setUp();
  const first = stills.take();
  await settle();
  const second = stills.take();
  source.frame = { sequence: 0, pixel: 9 };
  encodes[0]!.done();
  assertEquals(await first, Uint8Array.of(0));
  await settle();
  encodes[1]!.done();
  assertEquals(await second, Uint8Array.of(9));
});

Deno.test("Stills.take() refuses the 65th that waits, and has room again afterwards", async () => {
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

Deno.test("Stills.take() rejects if the encoder does, and tries again for the next who ask", async () => {
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
