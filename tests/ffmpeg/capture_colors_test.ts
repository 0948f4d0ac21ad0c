/** How ffmpeg captures colors: the arguments, and what it makes of them. */

import { captureArguments, type CaptureRequest } from "../../lib/ffmpeg/capture_arguments.ts";
import { grayPixels } from "../../lib/frame/frame.ts";
import { frameBytes, type FrameFormat } from "../../lib/frame/frame_format.ts";
import { planesOf } from "../../lib/frame/plane.ts";
import { readY4mHeader } from "../../lib/wire/y4m.ts";
import { assert, assertEquals } from "../assert.ts";

type Wish = Omit<CaptureRequest, "inputOptions" | "os">;

/** ffmpeg's arguments, those behind `-i` alone. */
function behind(wish: Wish): string[] {
  const args = captureArguments({ inputOptions: [], os: "linux", ...wish });
  return args.slice(args.indexOf("-i") + 2);
}

const file = { kind: "file", input: "file:a.mp4", loop: false, pace: true } as const;
const test = { kind: "test" } as const;

Deno.test("captureArguments() asks for 4:2:0 in full range, or gray without a request for pixels", () => {
  for (const source of [{ kind: "device", device: "/dev/video0" } as const, file, test]) {
    const end = (pixels: string) => ["-pix_fmt", pixels, "-f", "yuv4mpegpipe", "pipe:1"];
    assertEquals(behind({ source, pixels: "yuv420p" }).slice(-5), end("yuvj420p"));
    assertEquals(behind({ source, pixels: "gray" }), behind({ source }));
    assertEquals(behind({ source }).slice(-5), end("gray"));
  }
});

/** The first frame that ffmpeg captures. */
async function capture(
  wish: Wish,
): Promise<{ format: FrameFormat; pixels: Uint8Array<ArrayBuffer> }> {
  const args = captureArguments({ inputOptions: [], os: "linux", ...wish });
  args.splice(-1, 0, "-frames:v", "1");
  const { stdout, stderr, success } = await new Deno.Command("ffmpeg", { args }).output();
  assert(success, new TextDecoder().decode(stderr));
  const end = stdout.indexOf(0x0a);
  const [, ...words] = new TextDecoder().decode(stdout.subarray(0, end)).split(" ");
  const { format } = readY4mHeader(words);
  const pixels = stdout.slice(end + 1 + "FRAME\n".length);
  assertEquals(pixels.length, frameBytes(format));
  return { format, pixels };
}

/** The test picture as a file, as another program writes it. */
async function withFilm(encoding: string[], look: (input: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    const name = `${dir}/film.mkv`;
    const picture = ["-f", "lavfi", "-i", "testsrc2=size=160x120:rate=10", "-frames:v", "1"];
    const args = ["-v", "error", ...picture, ...encoding, name];
    assert((await new Deno.Command("ffmpeg", { args }).output()).success);
    await look(`file:${name}`);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** Asserts that the gray plane of a capture with colors is the capture without, and that it has colors. */
async function assertSameGray(wish: Wish): Promise<void> {
  const color = await capture({ ...wish, pixels: "yuv420p" });
  const gray = await capture(wish);
  assertEquals([color.format.pixels, gray.format.pixels], ["yuv420p", "gray"]);
  assert(grayPixels(color).every((byte, i) => byte === gray.pixels[i]), "a gray pixel differs");
  const [, u, v] = planesOf(color);
  for (const plane of [u, v]) assert(new Set(plane?.pixels).size > 3, "there are no colors");
}

for (const size of [undefined, { width: 323, height: 241 }, { width: 5, height: 3 }]) {
  const what = size ? `${size.width}x${size.height}` : "its own size";
  Deno.test(`captureArguments(): the test picture's gray plane is the same with colors and without: ${what}`, async () => {
    await assertSameGray({ source: test, ...(size && { size }) });
  });
}

const films: [what: string, encoding: string[]][] = [
  ["4:2:0 in limited range", ["-c:v", "ffv1", "-pix_fmt", "yuv420p"]],
  ["4:2:2 in full range", ["-c:v", "mjpeg", "-pix_fmt", "yuvj422p"]],
  ["RGB", ["-c:v", "ffv1", "-pix_fmt", "bgr0"]],
];
for (const [what, encoding] of films) {
  Deno.test(`captureArguments(): a film's gray plane is the same with colors and without, in any size: ${what}`, () =>
    withFilm(encoding, async (input) => {
      const source = { ...file, input };
      await assertSameGray({ source });
      for (
        const size of [{ width: 323, height: 241 }, { width: 320, height: 100 }, {
          width: 81,
          height: 61,
        }]
      ) {
        await assertSameGray({ source, size });
      }
    }));
}

Deno.test("captureArguments(): the bars beside a picture with colors are black, without color", () =>
  withFilm(["-c:v", "ffv1", "-pix_fmt", "yuv420p"], async (input) => {
    const size = { width: 320, height: 120 };
    const [gray, u, v] = planesOf(
      await capture({ source: { ...file, input }, size, pixels: "yuv420p" }),
    );
    for (const y of [0, 59, 119]) assertEquals(gray?.pixels[y * 320 + 10], 0);
    for (const y of [0, 30, 59]) {
      assertEquals([u?.pixels[y * 160 + 5], v?.pixels[y * 160 + 154]], [128, 128]);
    }
  }));
