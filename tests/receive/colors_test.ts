/** A receiver that asks for colors. */

import { grayFormat } from "../../lib/frame/frame_format.ts";
import type { Frame } from "../../lib/frame/frame.ts";
import { Failure } from "../../lib/log/failure.ts";
import { MJPEG_PREAMBLE, writeMjpegPart } from "../../lib/wire/mjpeg.ts";
import { formatY4mHeader } from "../../lib/wire/y4m.ts";
import { settle } from "../async/manual_clock.ts";
import { assertEquals, assertStringIncludes } from "../assert.ts";
import { placeFrame } from "../frame/place_frame.ts";
import { smallJpeg } from "../wire/small_jpeg.ts";
import {
  MemoryConnection,
  MemoryPlatform,
  refused,
  Y4M_BEGIN,
  y4mFrame,
} from "./memory_platform.ts";
import { receive } from "./receive.ts";

const COLOR = { width: 4, height: 3, pixels: "yuv420p" } as const;
const GRAY = grayFormat(COLOR);
const GREETING = "framewire/1 wire=y4m pixels=yuv420p ack=1\n";
const ANSWER = "framewire/1 ok wire=y4m width=4 height=3 pixels=yuv420p fps=10\n";
const COLOR_BEGIN = ANSWER + formatY4mHeader(COLOR, { fps: 10 });
const pixels = placeFrame(COLOR).pixels;
const colorFrame = ["FRAME\n", pixels] as const;
const asking = { pixels: "yuv420p" } as const;

const formatsOf = (frames: Frame[]) =>
  frames.map(({ format, pixels, kind }) => [format.pixels, pixels.length, kind]);

Deno.test("Receiver with pixels asks for colors, and gives the frames in them", async () => {
  const conn = new MemoryConnection().send(COLOR_BEGIN, ...colorFrame, "END\n");
  const { receiver, frames, end } = await receive(new MemoryPlatform(conn), asking);
  assertEquals(await end(conn), undefined);
  assertEquals(conn.written, `${GREETING}\n\n`);
  assertEquals([receiver.format, frames[0]?.format], [COLOR, COLOR]);
  assertEquals(frames[0]?.pixels, pixels);
});

for (
  const [what, answer] of [
    ["has gray frames only", Y4M_BEGIN.replace(" fps=10\n", " pixels=gray fps=10\n")],
    ["does not know colors", Y4M_BEGIN],
  ] as const
) {
  Deno.test(`Receiver takes the gray frames of a server that ${what}`, async () => {
    const conn = new MemoryConnection().send(answer, y4mFrame(0), "END\n");
    const { receiver, frames, end } = await receive(new MemoryPlatform(conn), asking);
    assertEquals(await end(conn), undefined);
    assertEquals([receiver.format, formatsOf(frames)], [GRAY, [["gray", 12, undefined]]]);
  });
}

Deno.test("Receiver fails if the frames are not in the format of the answer", async () => {
  const header = formatY4mHeader(GRAY, { fps: 10 });
  const conn = new MemoryConnection().send(ANSWER + header, y4mFrame(0));
  const { end } = await receive(new MemoryPlatform(conn), { ...asking, reconnect: false });
  assertStringIncludes(await end(conn) ?? "", "its format is 4x3, announced: 4x3 color");
});

Deno.test("Receiver goes on with a server that has lost its colors, and asks for them again", async () => {
  const first = new MemoryConnection().send(COLOR_BEGIN, ...colorFrame).end();
  const [second, third] = [new MemoryConnection(), new MemoryConnection()];
  const platform = new MemoryPlatform(first, second, third);
  const { frames, lines, clock, end } = await receive(platform, asking);
  await clock.advance(40); // for which a client that knows the size listens first
  assertEquals(second.written, GREETING);
  second.send(Y4M_BEGIN, y4mFrame(1)).end();
  await clock.advance(1040);
  assertEquals(lines.filter((line) => line.includes("no colors any more")).length, 1);
  assertEquals(third.written, GREETING);
  third.send(COLOR_BEGIN, ...colorFrame, "END\n");
  await settle();
  assertEquals(await end(first, second, third), undefined);
  assertEquals(formatsOf(frames.filter(({ kind }) => !kind)), [
    ["yuv420p", 20, undefined],
    ["gray", 12, undefined],
    ["yuv420p", 20, undefined],
  ]);
});

Deno.test("Receiver that has begun in gray asks a server that is back for gray", async () => {
  const answer = Y4M_BEGIN.replace(" fps=10\n", " pixels=gray fps=10\n");
  const first = new MemoryConnection().send(answer, y4mFrame(0)).end();
  const second = new MemoryConnection();
  const { clock, end } = await receive(new MemoryPlatform(first, second), asking);
  await clock.advance(40);
  assertEquals([first.written.split("\n")[0] + "\n", second.written], [
    GREETING,
    GREETING.replace("yuv420p", "gray"),
  ]);
  second.send(answer, y4mFrame(1), "END\n");
  await settle();
  assertEquals(await end(first, second), undefined);
});

Deno.test("Receiver's placeholders have the format of the lost stream", async () => {
  const conn = new MemoryConnection().send(COLOR_BEGIN, ...colorFrame);
  const platform = new MemoryPlatform(conn, refused());
  const { frames, clock, abort, end } = await receive(platform, asking);
  conn.end();
  await clock.advance(1000);
  assertEquals(formatsOf(frames), [["yuv420p", 20, undefined], ["yuv420p", 20, "placeholder"]]);
  abort();
  assertEquals(await end(conn), undefined);
});

Deno.test("Receiver.open() with orLost has placeholders in the pixels that it asks for", async () => {
  const orLost = { width: 5, height: 3 };
  for (const [pixels, bytes] of [["yuv420p", 27], ["gray", 15], [undefined, 15]] as const) {
    const platform = new MemoryPlatform(new Failure("no such host", "look"), refused(), refused());
    const { receiver, frames, clock, abort, end } = await receive(platform, { pixels, orLost });
    await clock.advance(1000);
    assertEquals(receiver.format, { ...orLost, pixels: pixels ?? "gray" });
    assertEquals(formatsOf(frames)[0], [pixels ?? "gray", bytes, "placeholder"]);
    abort();
    assertEquals(await end(), undefined);
  }
});

for (const format of [COLOR, GRAY]) {
  Deno.test(`Receiver decodes JPEGs to frames in the format of the answer: ${format.pixels}`, async () => {
    const answer = `framewire/1 ok wire=mjpeg width=4 height=3 pixels=${format.pixels}\n`;
    const part = writeMjpegPart(smallJpeg(COLOR, 77), { sequence: 0, capturedAt: 0 });
    const conn = new MemoryConnection().send(answer, MJPEG_PREAMBLE, part, "X-End: 1\r\n\r\n");
    const platform = new MemoryPlatform(conn);
    const { frames, end } = await receive(platform, { ...asking, wire: "mjpeg" });
    assertEquals(await end(conn), undefined);
    assertEquals(platform.decoders, [format]);
    assertEquals(frames.map(({ format }) => format), [format]);
  });
}

Deno.test("Receiver reads raw frames in colors, whose rows are not padded even with a stride", async () => {
  const answer = "framewire/1 ok wire=raw width=4 height=3 pixels=yuv420p\n";
  const conn = new MemoryConnection().send(answer, pixels).end();
  const options = { ...asking, wire: "raw", stride: 8, reconnect: false } as const;
  const { frames, end } = await receive(new MemoryPlatform(conn), options);
  await end(conn);
  assertEquals(frames.map(({ pixels }) => pixels), [pixels]);
});

Deno.test("Receiver reads the colors of a y4m server that sends no greeting", async () => {
  const conn = new MemoryConnection().send(formatY4mHeader(COLOR, { fps: 25 }), ...colorFrame);
  const { receiver, frames, abort, end } = await receive(new MemoryPlatform(conn));
  assertEquals([receiver.format, frames[0]?.pixels], [COLOR, pixels]);
  abort();
  await end(conn);
});
