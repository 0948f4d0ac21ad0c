import { grayFormat } from "../../lib/frame/frame_format.ts";
import { rawFormatOf, RawStdin } from "../../lib/capture/raw_stdin.ts";
import type { CaptureRequest, Source } from "../../lib/ffmpeg/capture_arguments.ts";
import { Failure } from "../../lib/log/failure.ts";
import { assertEquals, assertRejects } from "../assert.ts";

const stdin: Source = { kind: "stream", input: "pipe:0", loop: false, pace: true };
const raw = "-f rawvideo -pixel_format gray -video_size 4x3".split(" ");

function read(inputOptions: string[], wish: Partial<CaptureRequest> = {}) {
  return rawFormatOf({ source: stdin, inputOptions, os: "linux", ...wish });
}

Deno.test("rawFormatOf() accepts gray frames on stdin, with and without a rate", () => {
  const size = { width: 4, height: 3 };
  const format = grayFormat(size);
  assertEquals(read(raw), { format, fps: undefined });
  assertEquals(read([...raw, "-framerate", "30000/1001"]), { format, fps: 30000 / 1001 });
  assertEquals(read("-s 4x3 -pix_fmt gray8 -r 25 -f rawvideo".split(" ")), { format, fps: 25 });
  assertEquals(read(raw, { size }), { format, fps: undefined });
});

Deno.test("rawFormatOf() accepts frames with colors in full range, where they are requested", () => {
  const color = raw.map((word) => word === "gray" ? "yuvj420p" : word);
  const format = { width: 4, height: 3, pixels: "yuv420p" } as const;
  assertEquals(read(color, { pixels: "yuv420p" }), { format, fps: undefined });
  assertEquals(read(color), undefined); // ffmpeg drops the colors
  assertEquals(read(raw, { pixels: "yuv420p" }), undefined); // ffmpeg adds neutral ones
  assertEquals(read(raw, { pixels: "gray" })?.format, { ...format, pixels: "gray" });
});

Deno.test("rawFormatOf() refuses frames that are not gray or need a conversion", () => {
  const others = [
    [],
    raw.slice(0, 4),
    raw.map((word) => word === "gray" ? "yuv420p" : word),
    [...raw, "-framerate", "0"],
    [...raw, "-ss", "5"],
    [...raw, "-re"],
  ];
  for (const options of others) assertEquals(read(options), undefined, options.join(" "));
  assertEquals(read(raw, { fps: 10 }), undefined);
  assertEquals(read(raw, { size: { width: 8, height: 6 } }), undefined);
  assertEquals(read(raw, { source: { ...stdin, input: "tcp://h:1" } }), undefined);
});

/** Gives bytes in the pieces of a pipe. */
function pieces(...sizes: number[]) {
  let value = 0;
  return {
    read(into: Uint8Array): Promise<number | null> {
      const size = sizes.shift();
      if (size === undefined) return Promise.resolve(null);
      const count = Math.min(size, into.length);
      for (let i = 0; i < count; i++) into[i] = value++;
      return Promise.resolve(count);
    },
  };
}

const small = { format: grayFormat({ width: 2, height: 2 }), fps: undefined };

Deno.test("RawStdin.next() cuts the bytes into frames, whatever the sizes of the reads", async () => {
  await using source = new RawStdin(small, pieces(3, 1, 4));
  const frames = [await source.next(), await source.next(), await source.next()];
  assertEquals(frames.map((frame) => frame && [...frame]), [[0, 1, 2, 3], [4, 5, 6, 7], undefined]);
});

Deno.test("RawStdin.next() reports that stdin ends inside a frame", async () => {
  await using source = new RawStdin(small, pieces(4, 3));
  await source.next();
  await assertRejects(() => source.next(), Failure, "ended inside a frame, after 3 of 4 bytes");
});

Deno.test("RawStdin.cancel() ends a read of an idle pipe", async () => {
  await using source = new RawStdin(small, { read: () => new Promise(() => {}) });
  const reading = source.next();
  source.cancel();
  assertEquals(await reading, undefined);
});

Deno.test("RawStdin.next() gives frames with colors of an odd size", async () => {
  const format = { width: 5, height: 3, pixels: "yuv420p" } as const;
  await using source = new RawStdin({ format, fps: undefined }, pieces(20, 7, 27));
  const frames = [await source.next(), await source.next(), await source.next()];
  assertEquals(frames.map((frame) => frame && [frame.length, frame[0]]), [
    [27, 0],
    [27, 27],
    undefined,
  ]);
});
