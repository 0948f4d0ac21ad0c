/** The JPEG encoder and decoder, which are ffmpeg. */

import type { Frame } from "../../lib/frame/frame.ts";
import { frameBytes, type FrameFormat, grayFormat } from "../../lib/frame/frame_format.ts";
import { Latest } from "../../lib/frame/latest.ts";
import { planesOf } from "../../lib/frame/plane.ts";
import { JpegDecoder } from "../../lib/receive/jpeg_decoder.ts";
import { JpegEncoder } from "../../lib/serve/jpeg_encoder.ts";
import { assert, assertEquals, assertExists } from "../assert.ts";
import { keptLog } from "../log/kept_log.ts";

const COLOR: FrameFormat = { width: 323, height: 241, pixels: "yuv420p" };

/** A frame of one color. */
function plainFrame([y, u, v]: readonly [number, number, number]): Frame {
  const pixels = new Uint8Array(frameBytes(COLOR));
  planesOf({ format: COLOR, pixels }).forEach((plane, i) => plane.pixels.fill([y, u, v][i] ?? 0));
  return { format: COLOR, pixels, sequence: 3, capturedAt: 4 };
}

/** Encodes the frame as JPEGs of `encoded`, and decodes it to `decoded`: the middle value of each plane. */
async function through(frame: Frame, encoded: FrameFormat, decoded: FrameFormat) {
  const frames = new Latest<Frame>();
  const { log } = keptLog();
  await using encoder = new JpegEncoder(frames, { format: encoded, quality: 95, log });
  using _watch = encoder.watch();
  using reader = encoder.jpegs.reader({ signal: new AbortController().signal });
  frames.put(frame);
  const taken = await reader.take();
  assertExists(taken);
  await using decoder = new JpegDecoder(decoded);
  const pixels = await decoder.decode({ payload: taken.value.bytes });
  assertEquals([pixels.length, taken.value.sequence], [frameBytes(decoded), 3]);
  return planesOf({ format: decoded, pixels }).map((plane) =>
    plane.pixels[plane.pixels.length >> 1]
  );
}

/** Whether the values are the expected ones, to 2 of 255. */
function assertNear(values: (number | undefined)[], expected: number[]): void {
  assertEquals(values.length, expected.length);
  const near = values.every((value, i) => Math.abs((value ?? NaN) - (expected[i] ?? NaN)) <= 2);
  assert(near, `${values}, expected: ${expected}`);
}

Deno.test("JpegEncoder and JpegDecoder keep colors of full range, in an odd size", async () => {
  for (const color of [[76, 85, 255], [250, 128, 128], [3, 120, 140]] as const) {
    assertNear(await through(plainFrame(color), COLOR, COLOR), [...color]);
  }
});

Deno.test("JpegEncoder with a gray format leaves out the colors of its frames", async () => {
  const frame = plainFrame([76, 85, 255]);
  assertNear(await through(frame, grayFormat(COLOR), COLOR), [76, 128, 128]);
});

Deno.test("JpegDecoder with a gray format gives the gray plane of a JPEG with colors", async () => {
  assertNear(await through(plainFrame([76, 85, 255]), COLOR, grayFormat(COLOR)), [76]);
});

Deno.test("JpegEncoder: disposing of it ends its JPEGs for their readers", async () => {
  const { signal } = new AbortController();
  for (const ending of [undefined, "failed"] as const) {
    const frames = new Latest<Frame>();
    const encoder = new JpegEncoder(frames, {
      format: grayFormat({ width: 4, height: 3 }),
      quality: 90,
      log: keptLog().log,
    });
    using reader = encoder.jpegs.reader({ signal });
    const taking = reader.take();
    if (ending) frames.end(ending);
    await encoder[Symbol.asyncDispose]();
    assertEquals([await taking, encoder.jpegs.ending], [undefined, ending ?? "removed"]);
  }
});
