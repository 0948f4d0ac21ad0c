import { frameBytes, grayFormat } from "../../lib/frame/frame_format.ts";
import { RawReader } from "../../lib/wire/raw.ts";
import { placeFrame } from "../frame/place_frame.ts";
import { assert, assertEquals, assertThrows } from "../assert.ts";

const size = { width: 4, height: 3 };
const format = grayFormat(size);
const frames = [0, 1, 2].map((sequence) => placeFrame({ ...size, sequence }).pixels);

/** The frames as a server sends them, each row padded with 255 up to `stride` bytes. */
function wireOf(frames: Uint8Array[], stride = size.width): Uint8Array {
  const wire = new Uint8Array(frames.length * stride * size.height).fill(255);
  for (const [i, pixels] of frames.entries()) {
    for (let y = 0; y < size.height; y++) {
      const row = pixels.subarray(y * size.width, (y + 1) * size.width);
      wire.set(row, (i * size.height + y) * stride);
    }
  }
  return wire;
}

/** Feeds `wire` to the reader in reads of at most `most` bytes, as a socket gives them. */
function readAll(reader: RawReader, wire: Uint8Array, most: number): Uint8Array[] {
  const read: Uint8Array[] = [];
  for (let at = 0; at < wire.length;) {
    const { space } = reader;
    assert(space.length > 0, "there is always space");
    const bytes = wire.subarray(at, at + Math.min(most, space.length));
    space.set(bytes);
    at += bytes.length;
    reader.filled(bytes.length);
    for (let frame; (frame = reader.take());) read.push(frame.payload);
  }
  return read;
}

for (const stride of [undefined, 4, 5, 8]) {
  const rows = stride ? `rows of ${stride} bytes` : "rows that are not padded";
  Deno.test(`RawReader.take() returns the same frames for any chunks, ${rows}`, () => {
    for (const most of [1, 5, 11, 12, 13, 1000]) {
      const reader = new RawReader(format, { stride });
      assertEquals(readAll(reader, wireOf(frames, stride), most), frames, `${most} bytes a read`);
      assertEquals(reader.partial, 0);
    }
  });
}

Deno.test("RawReader.take() returns a separate buffer for each frame", () => {
  const [first, second] = readAll(new RawReader(format), wireOf(frames), 12);
  second?.fill(99);
  assertEquals(first, frames[0]);
});

Deno.test("RawReader.partial is the received part of a frame", () => {
  const reader = new RawReader(format);
  assertEquals(readAll(reader, wireOf(frames).subarray(0, 12 + 5), 3), frames.slice(0, 1));
  assertEquals([reader.partial, reader.space.length], [5, 7]);
});

Deno.test("RawReader.wireBytes counts the padding", () => {
  assertEquals(new RawReader(format).wireBytes, 12);
  assertEquals(new RawReader(format, { stride: 8 }).wireBytes, 24);
});

Deno.test("new RawReader() rejects a stride below the width", () => {
  assertThrows(() => new RawReader(format, { stride: 3 }), RangeError, "stride 3");
});

Deno.test("RawReader.take() returns the same frames with colors for any chunks, of odd sizes too", () => {
  for (const [width, height] of [[5, 3], [4, 3], [1, 1]] as const) {
    const format = { width, height, pixels: "yuv420p" } as const;
    const frames = [0, 1, 2].map((sequence) => placeFrame({ ...format, sequence }).pixels);
    const wire = Uint8Array.from(frames.flatMap((pixels) => [...pixels]));
    for (const most of [1, 5, 26, 27, 28, 1000]) {
      const reader = new RawReader(format);
      assertEquals(readAll(reader, wire, most), frames, `${width}x${height}, ${most} bytes a read`);
      assertEquals([reader.partial, reader.wireBytes], [0, frameBytes(format)]);
    }
  }
});

Deno.test("new RawReader() rejects padded rows of frames with colors", () => {
  const color = { ...format, pixels: "yuv420p" } as const;
  assertThrows(() => new RawReader(color, { stride: 8 }), RangeError, "padded color rows");
  assertEquals(new RawReader(color, { stride: 4 }).wireBytes, 20);
});
