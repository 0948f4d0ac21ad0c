/** A receiver for a camera of a server: `asCamera`. */

import { grayFormat } from "../../lib/frame/frame_format.ts";
import { Failure } from "../../lib/log/failure.ts";
import { Receiver } from "../../lib/receive/receiver.ts";
import { settle } from "../async/manual_clock.ts";
import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "../assert.ts";
import {
  MemoryConnection,
  memoryLog,
  MemoryPlatform,
  Y4M_BEGIN,
  y4mFrame,
} from "./memory_platform.ts";
import { numbers, receive } from "./receive.ts";

const AS_CAMERA = { asCamera: true, serverId: "0c5e21d7a9f4" };
const LOST = { ...AS_CAMERA, orLost: { width: 8, height: 2 } };
const LOOP =
  "framewire/1 error=loop the stream leads back to the server that requests it (a loop)\n";

Deno.test("Receiver.open() with orLost takes a server that is not there for a lost one, and waits for it", async () => {
  const back = new MemoryConnection().send(Y4M_BEGIN, y4mFrame(5));
  const platform = new MemoryPlatform(
    new Failure("no such host", "look"),
    new Failure("no", "x"),
    back,
  );
  const { receiver, frames, lines, clock, abort, end } = await receive(platform, LOST);
  await clock.advance(1000);
  assertEquals(lines, [
    "warn: no such host; retrying",
    "debug: cam port 8888: no",
    "info: cam port 8888 is back after 1 s",
  ]);
  assertEquals([receiver.outage, receiver.format], [
    undefined,
    grayFormat({ width: 4, height: 3 }),
  ]);
  assertEquals(frames.map(({ format, kind }) => [format.width, kind]).at(-1), [4, undefined]);
  assertStringIncludes(back.written, " via=0c5e21d7a9f4\n");
  abort();
  assertEquals(await end(back), undefined);
});

Deno.test("Receiver.open() with orLost waits 3 s for a host that does not answer", async () => {
  const platform = new MemoryPlatform("silence");
  const { log } = memoryLog();
  const { signal } = new AbortController();
  const options = {
    ...{ hostname: "cam", port: 8888, wire: "y4m", size: undefined, stall: 10, log } as const,
    ...{ reconnect: true, placeholders: false, asCamera: true },
  };
  const opening = Receiver.open(options, { signal, platform, orLost: LOST.orLost });
  await platform.clock.advance(3000);
  await using receiver = await opening;
  assertMatch(receiver.outage?.why ?? "", /the server does not answer$/);
  assertEquals(platform.clock.timers, 0);
});

Deno.test("Receiver.open() with orLost, but without reconnect, waits as long as without orLost", async () => {
  const platform = new MemoryPlatform("silence");
  const { log } = memoryLog();
  const stop = new AbortController();
  const options = {
    ...{ hostname: "cam", port: 8888, wire: "y4m", size: undefined, stall: 10, log } as const,
    ...{ reconnect: false, placeholders: false, asCamera: true },
  };
  const { signal } = stop;
  const opening = Receiver.open(options, { signal, platform, orLost: LOST.orLost });
  let isOver = false;
  opening.catch(() => isOver = true);
  await platform.clock.advance(4000);
  assertEquals(isOver, false);
  stop.abort(new Error("asked to stop"));
  await assertRejects(() => opening, Error, "asked to stop");
});

Deno.test("Receiver: a camera that comes back with another size goes on", async () => {
  const lost = new MemoryConnection().send(Y4M_BEGIN, y4mFrame(0)).end();
  const back = new MemoryConnection().send(
    "framewire/1 ok wire=y4m width=6 height=2 fps=10\nYUV4MPEG2 W6 H2 F10:1 Cmono\n",
    y4mFrame(1),
  );
  const { frames, clock, abort, end } = await receive(new MemoryPlatform(lost, back), AS_CAMERA);
  await clock.advance(0);
  assertEquals(frames.map(({ format }) => format.width), [4, 6]);
  abort();
  assertEquals(await end(lost, back), undefined);
});

Deno.test("Receiver: a camera whose picture is too large counts as lost, at the start and later", async () => {
  const maxSize = { width: 4, height: 4 };
  const large = (width: number, height: number) =>
    new MemoryConnection().send(`framewire/1 ok wire=y4m width=${width} height=${height} fps=10\n`);
  const [first, fits, later] = [large(5, 4), new MemoryConnection(), large(16384, 1)];
  fits.send("framewire/1 ok wire=y4m width=2 height=8 fps=10\nYUV4MPEG2 W2 H8 F10:1 Cmono\n").end();
  const platform = new MemoryPlatform(first, fits, later);
  const { frames, lines, clock, abort, end } = await receive(platform, { ...LOST, maxSize });
  const tooLarge = (size: string) =>
    `The server's picture is too large: ${size}, more pixels than 4x4`;
  assertEquals(lines[0], `warn: ${tooLarge("5x4")}; retrying`);
  await clock.advance(5000);
  assertEquals(lines.filter((line) => line.endsWith(tooLarge("16384x1"))).length, 1);
  assertEquals(frames.filter(({ format }) => format.width === 16384), []);
  abort();
  assertEquals(await end(first, later), undefined);
});

Deno.test("Receiver: a camera that was removed is waited for", async () => {
  const lost = new MemoryConnection().send(Y4M_BEGIN, y4mFrame(0), "END Xreason=removed\n").end();
  const back = new MemoryConnection().send(Y4M_BEGIN, y4mFrame(1));
  const { frames, clock, abort, end } = await receive(new MemoryPlatform(lost, back), AS_CAMERA);
  await clock.advance(0);
  assertEquals(numbers(frames), "0 1");
  abort();
  assertEquals(await end(lost, back), undefined);
});

Deno.test("Receiver: a loop is logged once, and tried again after a minute", async () => {
  const lost = new MemoryConnection().send(Y4M_BEGIN, y4mFrame(0)).end();
  const loops = [0, 1].map(() => new MemoryConnection().send(LOOP));
  const platform = new MemoryPlatform(lost, ...loops);
  const { receiver, lines, clock, abort, end } = await receive(platform, AS_CAMERA);
  await clock.advance(59_999);
  assertEquals(platform.tries, [0, 0]);
  await clock.advance(10_001);
  assertEquals(platform.tries.slice(0, 3), [0, 0, 61_000]);
  assertMatch(receiver.outage?.why ?? "", /leads back/);
  assertEquals(lines.filter((line) => line.includes("trying again each minute")).length, 1);
  abort();
  await settle();
  assertEquals(await end(lost, ...loops), undefined);
});

Deno.test("Receiver.open() fails if the answer's path has the server itself", async () => {
  const answer = "framewire/1 ok wire=y4m width=4 height=3 via=77a0b1c2d3e4,0c5e21d7a9f4\n";
  const conn = new MemoryConnection().send(answer);
  await assertRejects(() => receive(new MemoryPlatform(conn), AS_CAMERA), Failure, "leads back");
  assertEquals(conn.isClosed, true);
});
