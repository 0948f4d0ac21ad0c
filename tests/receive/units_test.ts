/** H.264: the wire of narrow links, and what is missing after damage. */

import { MJPEG_PREAMBLE, writeMjpegPart } from "../../lib/wire/mjpeg.ts";
import { settle } from "../async/manual_clock.ts";
import { Failure } from "../../lib/log/failure.ts";
import { assertEquals, assertMatch, assertRejects } from "../assert.ts";
import {
  MemoryConnection,
  MemoryPlatform,
  refused,
  Y4M_BEGIN,
  y4mFrame,
} from "./memory_platform.ts";
import { numbers, receive } from "./receive.ts";

const UNITS_BEGIN = "framewire/1 ok wire=h264 width=4 height=3 fps=10\n";

/** An access unit for the fake decoder, whose picture is `gray`; 0: a damaged one. */
function unit(
  sequence: number,
  { isKey = false, gray = 9 } = {},
): [string, Uint8Array<ArrayBuffer>] {
  const words = `length=6 seq=${sequence} ts=1760000000000${isKey ? " key=1 size=4x4" : ""}`;
  return [`UNIT ${words}\n`, new Uint8Array([0, 0, 0, 1, isKey ? 0x67 : 0x41, gray])];
}

/** Servers without H.264, and their answers. */
const REFUSALS = {
  "a server without an encoder": "framewire/1 error=wire the server's ffmpeg has no libx264\n",
  "an older server": 'framewire/1 error=hello wire is "h264", expected: raw, y4m, mjpeg\n',
};

/** A JPEG of 4x3 as far as its head tells, with a byte for the fake decoder. */
function jpeg(gray: number): Uint8Array {
  return new Uint8Array([255, 0xd8, 255, 0xc0, 0, 8, 8, 0, 3, 0, 4, 1, 255, 0xda, gray, 255, 0xd9]);
}

/** Sends two of 10 frames a second for 4 s, from number `from` on: the link is too narrow. */
async function starve(
  conn: MemoryConnection,
  { clock }: MemoryPlatform,
  { from = 0 } = {},
): Promise<void> {
  for (let n = 0; n < 8; n++) {
    await clock.advance(500);
    conn.send(y4mFrame(from + 5 * n));
  }
  await clock.advance(40); // for which a client that knows the size listens first
}

Deno.test("Receiver moves to h264 if the link carries too few frames", async () => {
  const wide = new MemoryConnection().send(Y4M_BEGIN);
  const narrow = new MemoryConnection();
  const platform = new MemoryPlatform(wide, narrow);
  const { receiver, frames, lines, end } = await receive(platform, { wire: "auto" });
  await starve(wide, platform);
  assertEquals(narrow.written, "framewire/1 wire=h264 ack=1\n");
  narrow.send(UNITS_BEGIN);
  await settle();
  assertEquals([receiver.wire, wide.isClosed], ["h264", true]);
  assertMatch(
    lines.at(-1) ?? "",
    /^info: the link carries .*: switching to h264 \(--wire y4m keeps every pixel\)$/,
  );
  narrow.send(...unit(40, { isKey: true, gray: 77 }), "END\n");
  assertEquals(await end(wide, narrow), undefined);
  assertEquals(frames.at(-1)?.pixels, new Uint8Array(12).fill(77));
  assertEquals([platform.decoders.length, receiver.reconnects], [1, 0]);
});

for (const [server, refusal] of Object.entries(REFUSALS)) {
  Deno.test(`Receiver moves to mjpeg if the link carries too few frames of ${server}`, async () => {
    const wide = new MemoryConnection().send(Y4M_BEGIN);
    const without = new MemoryConnection();
    const narrow = new MemoryConnection();
    const platform = new MemoryPlatform(wide, without, narrow);
    const { receiver, frames, lines, end } = await receive(platform, { wire: "auto" });
    await starve(wide, platform);
    assertEquals([receiver.wire, wide.isClosed], ["y4m", false]);
    without.send(refusal).end();
    await platform.clock.advance(40);
    assertEquals(narrow.written, "framewire/1 wire=mjpeg ack=1\n");
    narrow.send("framewire/1 ok wire=mjpeg width=4 height=3 fps=10\n");
    await settle();
    assertEquals([receiver.wire, wide.isClosed], ["mjpeg", true]);
    assertMatch(
      lines.at(-1) ?? "",
      /^info: the link carries \d\.\d of \d+\.\d frames a second.*mjpeg/,
    );
    const note = { sequence: 40, capturedAt: 0 };
    narrow.send(MJPEG_PREAMBLE, writeMjpegPart(jpeg(77), note), "X-End: 1\r\n\r\n");
    assertEquals(await end(wide, without, narrow), undefined);
    assertEquals(frames.at(-1)?.pixels, new Uint8Array(12).fill(77));
    assertEquals([platform.decoders.length, receiver.reconnects], [1, 0]);
  });
}

Deno.test("Receiver stays on y4m, and asks once, if the server offers nothing else", async () => {
  const conn = new MemoryConnection().send(Y4M_BEGIN);
  const back = new MemoryConnection().send(Y4M_BEGIN);
  const platform = new MemoryPlatform(conn, refused(), back);
  const { receiver, lines, abort, end } = await receive(platform, { wire: "auto" });
  await starve(conn, platform);
  await starve(conn, platform, { from: 40 });
  assertEquals([receiver.wire, conn.isClosed, platform.tries.length], ["y4m", false, 2]);
  assertMatch(
    lines.at(-1) ?? "",
    /^warn: .*the server offers no h264 and no mjpeg: .*no server listens/,
  );
  conn.end();
  await platform.clock.advance(0);
  assertEquals([receiver.reconnects, platform.tries.length], [1, 3]);
  await starve(back, platform, { from: 80 });
  assertEquals([receiver.wire, platform.tries.length], ["y4m", 3]);
  abort();
  assertEquals(await end(conn, back), undefined);
});

Deno.test("Receiver gives the frames of access units, and counts those that cannot be decoded as missed", async () => {
  const conn = new MemoryConnection().send(UNITS_BEGIN, ...unit(3, { isKey: true, gray: 5 }));
  conn.send(...unit(4), ...unit(5, { gray: 0 }), ...unit(7), "END\n");
  const { receiver, frames, end } = await receive(new MemoryPlatform(conn), { wire: "h264" });
  assertEquals(await end(conn), undefined);
  assertEquals(numbers(frames), "3 4 7");
  assertEquals(frames.map(({ encoded }) => encoded?.number), [0, 1, 3]);
  assertEquals(frames[0]?.encoded?.unit, {
    ...{ bytes: unit(3, { isKey: true, gray: 5 })[1], sequence: 3, capturedAt: 1760000000000 },
    ...{ kind: undefined, isKey: true, size: { width: 4, height: 4 } },
  });
  assertEquals(frames[0]?.format, { width: 4, height: 3, pixels: "gray" });
  assertEquals([receiver.stats.total().skipped, conn.written], [2, GREETING + "\n".repeat(5)]);
});

Deno.test("Receiver gives frames without pixels, and needs no decoder, where H.264 is only stored", async () => {
  const conn = new MemoryConnection().send(UNITS_BEGIN, ...unit(3, { isKey: true }));
  conn.send(...unit(4), ...unit(7), "END\n");
  const platform = new MemoryPlatform(conn);
  const { frames, end } = await receive(platform, { wire: "h264", undecoded: true });
  assertEquals(await end(conn), undefined);
  assertEquals(frames.map(({ encoded, pixels }) => [encoded?.number, pixels.length]), [
    ...[[0, 0], [1, 0], [2, 0]],
  ]);
  assertEquals(platform.decoders, []);
});

Deno.test("Receiver decodes what is not H.264, even if H.264 is only stored", async () => {
  const conn = new MemoryConnection().send(Y4M_BEGIN, y4mFrame(0), "END\n");
  const { frames, end } = await receive(new MemoryPlatform(conn), { undecoded: true });
  assertEquals(await end(conn), undefined);
  assertEquals(frames.map(({ pixels }) => pixels.length), [12]);
});

const GREETING = "framewire/1 wire=h264 ack=1\n";

Deno.test("Receiver asks for steady H.264 if it is to be recorded", async () => {
  const conn = new MemoryConnection().send(UNITS_BEGIN, "END\n");
  const options = { wire: "h264", steady: true } as const;
  const { end } = await receive(new MemoryPlatform(conn), options);
  await end(conn);
  assertEquals(conn.written, "framewire/1 wire=h264 ack=1 steady=1\n\n");
});

Deno.test("Receiver fails with a hint if it asks for H.264 and the server has none", async () => {
  const [refusal] = Object.values(REFUSALS);
  const platform = new MemoryPlatform(new MemoryConnection().send(refusal ?? "").end());
  const failure = await assertRejects(() => receive(platform, { wire: "h264" }), Failure);
  assertEquals(failure.message, "The server refuses: the server's ffmpeg has no libx264");
  assertEquals(failure.hint, "choose another format: --wire auto, mjpeg or y4m");
});

Deno.test("Receiver with --wire auto asks for mjpeg if the server comes back without H.264", async () => {
  const wide = new MemoryConnection().send(Y4M_BEGIN);
  const narrow = new MemoryConnection();
  const without = new MemoryConnection().send(REFUSALS["a server without an encoder"]).end();
  const back = new MemoryConnection();
  const platform = new MemoryPlatform(wide, narrow, without, back);
  const { receiver, abort, end } = await receive(platform, { wire: "auto" });
  await starve(wide, platform);
  narrow.send(UNITS_BEGIN, ...unit(40, { isKey: true }));
  await settle();
  narrow.end();
  await platform.clock.advance(40);
  back.send("framewire/1 ok wire=mjpeg width=4 height=3 fps=10\n");
  await platform.clock.advance(1040);
  assertEquals(receiver.wire, "mjpeg");
  abort();
  assertEquals(await end(wide, narrow, without, back), undefined);
});
