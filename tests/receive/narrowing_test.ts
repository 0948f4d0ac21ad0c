/** The time in which a stream is opened that needs less of the link. */

import { settle } from "../async/manual_clock.ts";
import { assertEquals } from "../assert.ts";
import { MemoryConnection, MemoryPlatform, Y4M_BEGIN, y4mFrame } from "./memory_platform.ts";
import { numbers, receive } from "./receive.ts";

/** A receiver whose link is too narrow: the other stream is being opened on `narrow`. */
async function starved(...narrow: (MemoryConnection | Error)[]) {
  const wide = new MemoryConnection().send(Y4M_BEGIN);
  const platform = new MemoryPlatform(wide, ...narrow);
  const { clock } = platform;
  const receiving = await receive(platform, { wire: "auto" });
  for (let n = 0; n < 8; n++) {
    await clock.advance(500);
    wide.send(y4mFrame(5 * n));
  }
  await settle();
  // The greeting and the answer have a line each, too.
  const acks = () => wide.written.match(/\n/g)!.length - 2;
  return { wide, platform, acks, ...receiving };
}

Deno.test("Receiver shows frames that are on their way while it opens another stream, but asks for no more", async () => {
  const narrow = new MemoryConnection();
  const { wide, receiver, frames, acks, end } = await starved(narrow);
  const before = [frames.length, acks()];
  wide.send(y4mFrame(40), y4mFrame(45));
  await settle();
  assertEquals(numbers(frames.slice(-2)), "40 45");
  assertEquals([frames.length, acks()], [before[0]! + 2, before[1]!]);
  narrow.send("framewire/1 ok wire=h264 width=4 height=3 fps=10\n");
  await settle();
  assertEquals([receiver.wire, wide.isClosed], ["h264", true]);
  narrow.send("END\n");
  assertEquals(await end(wide, narrow), undefined);
});

Deno.test("Receiver goes on if there is no other stream, and acknowledges what came meanwhile", async () => {
  const silent = new MemoryConnection();
  const refusal = new Error("unknown");
  const { wide, receiver, frames, acks, abort, end } = await starved(silent, refusal);
  wide.send(y4mFrame(40), y4mFrame(45));
  await settle();
  assertEquals([frames.length, acks() < 10], [10, true]);
  silent.send("framewire/1 error=busy 64 clients are being served; try again later\n").end();
  await settle();
  await settle();
  assertEquals([receiver.wire, acks()], ["y4m", 10]);
  wide.send(y4mFrame(50));
  await settle();
  assertEquals([numbers(frames.slice(-1)), acks()], ["50", 11]);
  abort();
  assertEquals(await end(wide, silent), undefined);
});

Deno.test("Receiver ends with its stream, and closes the other one that is being opened", async () => {
  const narrow = new MemoryConnection();
  const { wide, end } = await starved(narrow);
  wide.send("END\n").end();
  await settle();
  assertEquals(await end(wide, narrow), undefined);
});

Deno.test("Receiver that is stopped closes both streams", async () => {
  const narrow = new MemoryConnection();
  const { wide, abort, end } = await starved(narrow);
  abort();
  await settle();
  assertEquals(await end(wide, narrow), undefined);
});
