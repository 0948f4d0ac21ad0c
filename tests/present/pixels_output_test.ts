import { isPacked, RAW_PIXELS, type RawPixels } from "../../lib/ffmpeg/raw_pixels.ts";
import type { Frame } from "../../lib/frame/frame.ts";
import { frameBytes, type FrameFormat } from "../../lib/frame/frame_format.ts";
import { Failure } from "../../lib/log/failure.ts";
import { PixelConverter } from "../../lib/present/pixel_converter.ts";
import { PixelsOutput } from "../../lib/present/pixels_output.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../assert.ts";

/** Red, green and blue of a color, and its Y, U and V in full range (ITU-R BT.601, as in JPEG). */
const COLORS: readonly [rgb: number[], yuv: number[]][] = [
  [[255, 0, 0], [76, 85, 255]],
  [[0, 255, 0], [150, 44, 21]],
  [[0, 0, 255], [29, 255, 107]],
  [[255, 255, 255], [255, 128, 128]],
  [[0, 0, 0], [0, 128, 128]],
];

/** A frame of one color. */
function colorFrame(format: FrameFormat, [y = 0, u = 0, v = 0]: number[]): Frame {
  const pixels = new Uint8Array(frameBytes(format)).fill(v);
  const plane = format.width * format.height;
  pixels.fill(u, 0, plane + (pixels.length - plane) / 2).fill(y, 0, plane);
  return { format, pixels, sequence: 0, capturedAt: 0 };
}

/** What is written of frames of one format. */
async function written(frames: readonly Frame[], pixels: RawPixels): Promise<Uint8Array> {
  const [{ format }] = frames as [Frame];
  const name = await Deno.makeTempFile();
  try {
    {
      await using output = await PixelsOutput.open(name, { format, pixels });
      for (const frame of frames) assert(await output.write(frame));
      const bytes = (await Deno.stat(name)).size;
      assertEquals(output.progress, { seconds: 0, bytes, frames: frames.length });
    }
    return await Deno.readFile(name);
  } finally {
    await Deno.remove(name);
  }
}

for (const [width, height] of [[64, 48], [33, 17], [4, 3], [5, 3]] as const) {
  Deno.test(`PixelsOutput.write() writes exact colors at ${width}x${height}`, async () => {
    const frames = COLORS.map(([, yuv]) => colorFrame({ width, height, pixels: "yuv420p" }, yuv));
    for (const pixels of ["bgr24", "rgb24"] as const) {
      const bytes = await written(frames, pixels);
      assertEquals(bytes.length, COLORS.length * width * height * 3);
      for (const [i, [rgb, yuv]] of COLORS.entries()) {
        const picture = bytes.subarray(i * width * height * 3, (i + 1) * width * height * 3);
        const expected = pixels === "rgb24" ? rgb : rgb.toReversed();
        const off = picture.map((byte, at) => Math.abs(byte - (expected[at % 3] ?? NaN)));
        assert(off.every((by) => by <= 2), `${yuv} is ${picture.subarray(0, 3)} in ${pixels}`);
      }
    }
  });

  Deno.test(`PixelsOutput.write() keeps gray frames exactly at ${width}x${height}`, async () => {
    const format = { width, height, pixels: "gray" } as const;
    const plane = Uint8Array.from({ length: width * height }, (_, i) => i * 7 % 256);
    const frame = { format, pixels: plane, sequence: 0, capturedAt: 0 };
    assertEquals(await written([frame], "gray"), plane);
    const chroma = 2 * Math.ceil(width / 2) * Math.ceil(height / 2);
    assertEquals(
      await written([frame], "yuv420p"),
      Uint8Array.from([...plane, ...new Array(chroma).fill(128)]),
    );
    for (const pixels of ["bgr24", "rgb24"] as const) {
      const thrice = Uint8Array.from({ length: 3 * plane.length }, (_, i) => plane[i / 3 | 0] ?? 0);
      assertEquals(await written([frame], pixels), thrice);
    }
  });
}

Deno.test("PixelsOutput.write() takes the gray plane of a frame in color, or all of it", async () => {
  const frame = colorFrame({ width: 5, height: 3, pixels: "yuv420p" }, [1, 2, 3]);
  assertEquals(await written([frame, frame], "gray"), new Uint8Array(2 * 15).fill(1));
  assertEquals(await written([frame], "yuv420p"), frame.pixels);
});

Deno.test("PixelsOutput.open() says why a file can't be written, for all pixels", async () => {
  const format = { width: 4, height: 3, pixels: "gray" } as const;
  for (const pixels of RAW_PIXELS) {
    await assertRejects(
      () => PixelsOutput.open("/none/film.raw", { format, pixels }),
      Failure,
      'Cannot write "/none/film.raw": there is no such directory',
    );
  }
});

Deno.test("isPacked() tells what ffmpeg converts", () => {
  assertEquals(RAW_PIXELS.filter(isPacked), ["bgr24", "rgb24"]);
});

Deno.test("PixelConverter.convert() says what ffmpeg says when it fails", async () => {
  const frame = colorFrame({ width: 4, height: 3, pixels: "gray" }, [1]);
  await using converter = new PixelConverter(frame.format, {
    pixels: "cmyk" as "bgr24",
    name: "-",
  });
  const failure = await assertRejects(() => converter.convert(frame), Failure);
  assertMatch(failure.message, /^Cannot write stdout: ffmpeg says: /);
  assert(failure.hint?.includes("--pixels"), failure.hint);
});

Deno.test("PixelConverter ends while a frame is being converted, and without one", async () => {
  const frame = colorFrame({ width: 640, height: 480, pixels: "yuv420p" }, [1, 2, 3]);
  {
    await using _unused = new PixelConverter(frame.format, { pixels: "bgr24", name: "-" });
  }
  const converter = new PixelConverter(frame.format, { pixels: "bgr24", name: "-" });
  const converting = converter.convert(frame).catch((thrown) => thrown);
  await converter[Symbol.asyncDispose]();
  const result = await converting;
  assert(result instanceof Failure || result.length === 640 * 480 * 3);
});
