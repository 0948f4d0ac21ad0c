import { readStamp, STAMP_BYTES, writeStamp } from "../../lib/wire/stamp.ts";
import { placeFrame } from "../frame/place_frame.ts";
import { assertAlmostEquals, assertEquals, assertExists } from "../assert.ts";

Deno.test("writeStamp() writes u64 nanoseconds, then u32 sequence, little endian", () => {
  const frame = placeFrame({ height: 4, capturedAt: 1.5, sequence: 0x01020304 });
  const rest = frame.pixels.slice(STAMP_BYTES);
  writeStamp(frame);
  assertEquals(
    [...frame.pixels.subarray(0, STAMP_BYTES)],
    [0x60, 0xe3, 0x16, 0, 0, 0, 0, 0, 4, 3, 2, 1], // 1.5 ms are 0x16e360 ns
  );
  assertEquals(frame.pixels.subarray(STAMP_BYTES), rest, "the other pixels stay");
});

Deno.test("readStamp() reads what writeStamp() wrote, to the microsecond", () => {
  const frame = placeFrame({ capturedAt: 1_760_000_000_123.457, sequence: 7 });
  writeStamp(frame);
  const stamp = readStamp(frame.pixels);
  assertExists(stamp);
  assertEquals(stamp.sequence, 7);
  assertAlmostEquals(stamp.capturedAt, frame.capturedAt, 0.001);
});

Deno.test("writeStamp() and readStamp() respect the pixels' offset in their buffer", () => {
  const buffer = new Uint8Array(5 + 12).fill(200);
  const pixels = buffer.subarray(5);
  writeStamp({ ...placeFrame({ capturedAt: 2, sequence: 9 }), pixels });
  assertEquals([...buffer.subarray(0, 5)], [200, 200, 200, 200, 200]);
  assertEquals(readStamp(pixels), { capturedAt: 2, sequence: 9 });
});

Deno.test("writeStamp() wraps the sequence after 2^32 frames", () => {
  const frame = placeFrame({ sequence: 2 ** 32 + 5 });
  writeStamp(frame);
  assertEquals(readStamp(frame.pixels)?.sequence, 5);
});

Deno.test("writeStamp() and readStamp() ignore a picture of fewer than 12 pixels", () => {
  const frame = placeFrame({ width: 11, height: 1, capturedAt: 1 });
  const before = frame.pixels.slice();
  writeStamp(frame);
  assertEquals(frame.pixels, before);
  assertEquals(readStamp(frame.pixels), undefined);
});
