/** What ffmpeg copies, as the test writes it to the sockets. */

import { CopiedOutput } from "../../lib/capture/copied_output.ts";
import { runFfmpeg } from "../../lib/ffmpeg/run.ts";
import type { Frame } from "../../lib/frame/frame.ts";
import { FlvReader } from "../../lib/wire/flv.ts";
import { writeMjpegPart } from "../../lib/wire/mjpeg.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { keptLog } from "../log/kept_log.ts";
import { smallJpeg } from "../wire/small_jpeg.ts";

const ignore = Deno.build.os === "windows"; // no sockets with a path
const utf8 = new TextEncoder();

/** An output of a camera "cam", connected as ffmpeg does. */
async function open() {
  const { log, info, debug } = keptLog();
  const output = await CopiedOutput.open({ name: "cam", log });
  assert(output);
  const connect = (kind: "h264" | "jpegs") =>
    Deno.connect({ transport: "unix", path: output.paths[kind] });
  return { output, info, debug, connect };
}

function frame(sequence: number, { width = 4, height = 3 } = {}): Frame {
  const format = { width, height, pixels: "gray" } as const;
  return { format, pixels: new Uint8Array(width * height), sequence, capturedAt: 1000 + sequence };
}

async function write(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

/** Waits until something holds that the other end of a socket brings about. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

const note = { sequence: 0, capturedAt: 0 };

Deno.test({
  name: "CopiedOutput gives JPEGs of the frames' size, with their numbers and times",
  ignore,
  fn: async () => {
    const { output, info, connect } = await open();
    await using _output = output;
    const reader = new AbortController();
    using conn = await connect("jpegs");
    await write(conn, utf8.encode("--ffmpeg\r\n"));
    assertEquals(output.encoded, {});
    for (const sequence of [5, 6]) {
      const jpeg = smallJpeg({ width: 4, height: 3 }, sequence);
      await write(conn, writeMjpegPart(jpeg, note));
      output.captured(frame(sequence));
      await until(() => output.encoded.jpegs !== undefined);
      const jpegs = output.encoded.jpegs!.reader(reader);
      await until(() => jpegs.missed() > 0);
      const { value } = (await jpegs.take())!;
      assertEquals([value.sequence, value.capturedAt], [sequence, 1000 + sequence]);
      assertEquals(value.bytes.slice(-4, -2), Uint8Array.of(sequence, sequence));
      output.encoded.jpegs!.clear();
    }
    assertEquals(info, ["cam sends JPEG, which viewers get as it is"]);
    output.clear();
    assertEquals(output.encoded, {}, "the source is lost");
  },
});

Deno.test({
  name: "CopiedOutput gives nothing of another size, and reads no codec that it does not know",
  ignore,
  fn: async () => {
    const { output, connect } = await open();
    await using _output = output;
    using conn = await connect("jpegs");
    await write(conn, utf8.encode("--ffmpeg\r\n"));
    output.captured(frame(0));
    await write(conn, writeMjpegPart(smallJpeg({ width: 8, height: 6 }, 1), note));
    await write(conn, writeMjpegPart(utf8.encode("another codec"), note));
    assertEquals(await conn.read(new Uint8Array(1)), null, "the connection is not closed");
    assertEquals(output.encoded, {});
    // One of the right size, before another that is not.
    using again = await connect("jpegs");
    await write(again, utf8.encode("--ffmpeg\r\n"));
    output.captured(frame(1));
    await write(again, writeMjpegPart(smallJpeg({ width: 4, height: 3 }, 1), note));
    await until(() => output.encoded.jpegs !== undefined);
    const stop = new AbortController();
    const { jpegs } = output.encoded;
    output.captured(frame(2));
    await write(again, writeMjpegPart(smallJpeg({ width: 8, height: 6 }, 2), note));
    await until(() => output.encoded.jpegs === undefined);
    using reader = jpegs!.reader(stop);
    assertEquals(reader.missed(), 0, "the last one is still there");
    stop.abort();
  },
});

Deno.test({
  name:
    "CopiedOutput gives H.264, its rate and the time between its keyframes, again after a restart",
  ignore,
  fn: async () => {
    const { output, info, connect } = await open();
    await using _output = output;
    const size = { width: 64, height: 48 };
    const picture = ["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10", "-t", "3"];
    const encoder = ["-c:v", "libx264", "-tune", "zerolatency", "-g", "10", "-f", "flv", "pipe:1"];
    const stop = { signal: AbortSignal.timeout(20_000) };
    const flv = await runFfmpeg(["-v", "error", ...picture, ...encoder], new Uint8Array(), stop);
    const expected = new FlvReader().push(flv).map(({ bytes }) => bytes);
    for (const start of [0, 100]) {
      using conn = await connect("h264");
      await write(conn, flv);
      for (let i = 0; i < 30; i++) output.captured(frame(start + i, size));
      await until(() => output.encoded.h264?.keyframeMs !== undefined);
      const { units, rate, keyframeMs } = output.encoded.h264!;
      assertEquals(keyframeMs, 1000);
      const bits = 8 * expected.reduce((sum, { length }) => sum + length, 0);
      assert(Math.abs(rate! / (bits / 3) - 1) < 0.3, `${rate} of ${bits / 3}`);
      // The units since the newest keyframe are there.
      using reader = units.reader(stop);
      output.captured(frame(start + 30, size));
      conn.close();
      await until(() => output.encoded.h264 === undefined);
      assertEquals(reader.missed(), 0);
    }
    assertEquals(info, ["cam sends H.264, which viewers get as it is"]);
  },
});

Deno.test({
  name: "CopiedOutput says why H.264 is not passed on, and removes its sockets at the end",
  ignore,
  fn: async () => {
    const { output, debug, connect } = await open();
    {
      await using _output = output;
      using conn = await connect("h264");
      await write(conn, utf8.encode("this is not FLV at all"));
      await conn.read(new Uint8Array(1));
      assertMatch(debug.join("\n"), /not passed on as it is: the stream is not FLV/);
      using _idle = await connect("jpegs");
    }
    assertEquals(await Deno.stat(output.paths.h264).catch(() => "gone"), "gone");
  },
});

Deno.test({
  name: "CopiedOutput: nobody else can enter the directory of the sockets",
  ignore,
  fn: async () => {
    const { output } = await open();
    await using _output = output;
    const { mode } = await Deno.stat(output.paths.h264.replace(/\/h264$/, ""));
    assertEquals((mode ?? 0) & 0o777, 0o700);
  },
});
