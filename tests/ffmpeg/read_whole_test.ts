import { readWhole } from "../../lib/ffmpeg/read_whole.ts";
import { assertEquals } from "../assert.ts";

/** A byte stream of `length` bytes that counts 0 to 250, in chunks as a pipe gives them. */
function counting(length: number): ReadableStreamBYOBReader {
  let at = 0;
  const stream = new ReadableStream({
    type: "bytes",
    pull(controller) {
      const count = Math.min(65536, length - at);
      if (count > 0) controller.enqueue(Uint8Array.from({ length: count }, () => at++ % 251));
      else controller.close();
      if (count === 0) controller.byobRequest?.respond(0);
    },
  });
  return stream.getReader({ mode: "byob" });
}

Deno.test("readWhole() reads consecutive frames, short and long", async () => {
  const [short, long] = [1000, 2 ** 25 + 70_000];
  const reader = counting(short + long);
  for (const [length, first] of [[short, 0], [long, short]] as const) {
    const bytes = await readWhole(reader, length);
    assertEquals(bytes.length, length);
    for (const i of [0, 999, length - 1]) assertEquals(bytes[i], (first + i) % 251);
  }
});

Deno.test("readWhole() gives the remaining bytes where the stream ends early", async () => {
  const reader = counting(100);
  assertEquals((await readWhole(reader, 60)).length, 60);
  assertEquals((await readWhole(reader, 60)).length, 40);
  assertEquals((await readWhole(counting(5), 2 ** 25 + 1)).length, 5);
});
