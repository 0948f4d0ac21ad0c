import { runFfmpeg } from "../../lib/ffmpeg/run.ts";
import { completeJpeg } from "../../lib/wire/camera_jpeg.ts";
import { WireError } from "../../lib/wire/wire_error.ts";
import { assertEquals, assertThrows } from "../assert.ts";
import { smallJpeg } from "./small_jpeg.ts";

const size = { width: 4, height: 3 };

/** A JPEG with a Huffman table. */
function withTables(): Uint8Array {
  const jpeg = smallJpeg(size, 7);
  return Uint8Array.from([0xff, 0xd8, 0xff, 0xc4, 0, 3, 9, ...jpeg.subarray(2)]);
}

Deno.test("completeJpeg() leaves a complete JPEG as it is, without a copy", () => {
  const jpeg = withTables();
  const { bytes, size: has } = completeJpeg(jpeg);
  assertEquals([bytes, has], [jpeg, size]);
  assertEquals(bytes.buffer, jpeg.buffer);
});

Deno.test("completeJpeg() removes what a driver has left behind the end", () => {
  const jpeg = withTables();
  assertEquals(completeJpeg(Uint8Array.from([...jpeg, 0, 0, 0])).bytes, jpeg);
  assertEquals(completeJpeg(Uint8Array.from([...jpeg, 5, 0xd9, 8])).bytes, jpeg);
});

Deno.test("completeJpeg() adds the Huffman tables that Motion JPEG leaves out: ffmpeg's own, to the byte", async () => {
  const control = { signal: AbortSignal.timeout(20_000) };
  const args = ["-v", "error", "-f", "lavfi", "-i", "testsrc2=size=32x32", "-frames:v", "1"];
  const encoder = ["-huffman", "default", "-c:v", "mjpeg", "-f", "image2pipe", "pipe:1"];
  const jpeg = await runFfmpeg([...args, ...encoder], new Uint8Array(), control);
  const at = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc4);
  const tables = jpeg.subarray(at, at + 420);
  const without = Uint8Array.from([...jpeg.subarray(0, at), ...jpeg.subarray(at + 420)]);
  const { bytes } = completeJpeg(without);
  assertEquals(bytes.length, jpeg.length);
  const scan = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xda);
  assertEquals(bytes.subarray(scan - 420, scan), tables);
});

Deno.test("completeJpeg() throws a WireError for damaged bytes", () => {
  const jpeg = withTables();
  for (
    const bytes of [jpeg.subarray(0, -2), jpeg.subarray(2), new Uint8Array(), new Uint8Array(9)]
  ) {
    assertThrows(() => completeJpeg(bytes), WireError);
  }
});
