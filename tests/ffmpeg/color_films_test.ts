/** Films with colors, as ffmpeg writes and reads them. */

import { type Codec, codecRow } from "../../lib/ffmpeg/codecs.ts";
import { changedSize, filmFormats } from "../../lib/ffmpeg/formats.ts";
import { fpsModeOption } from "../../lib/ffmpeg/fps_mode.ts";
import { matroskaFrame, matroskaHead } from "../../lib/ffmpeg/matroska.ts";
import { outputArguments, type Written } from "../../lib/ffmpeg/output_arguments.ts";
import { pngEncoderArguments } from "../../lib/ffmpeg/png_arguments.ts";
import { frameBytes, type FrameFormat } from "../../lib/frame/frame_format.ts";
import { planesOf } from "../../lib/frame/plane.ts";
import { assert, assertEquals } from "../assert.ts";

const FORMAT: FrameFormat = { width: 67, height: 45, pixels: "yuv420p" };

/** A picture of one color: red in full range. */
const red = new Uint8Array(frameBytes(FORMAT));
planesOf({ format: FORMAT, pixels: red }).forEach(({ pixels }, i) =>
  pixels.fill([76, 85, 255][i]!)
);

/** A picture whose bytes differ. */
const mixed = new Uint8Array(frameBytes(FORMAT)).map((_, i) => (i * 7) % 256);

async function ffmpeg(args: string[], input: Blob): Promise<Uint8Array<ArrayBuffer>> {
  const pipes = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
  const child = new Deno.Command("ffmpeg", { args, ...pipes }).spawn();
  const writing = input.stream().pipeTo(child.stdin).catch(() => {}); // ffmpeg says why it has ended
  const { success, stdout, stderr } = await child.output();
  await writing;
  assert(success, new TextDecoder().decode(stderr));
  return stdout;
}

/** Writes two frames as the client does, and gives the first one's pixels as ffmpeg reads them. */
async function through(
  pixels: Uint8Array<ArrayBuffer>,
  written: Omit<Written, "format" | "fps">,
  out: string[],
): Promise<Uint8Array> {
  const dir = await Deno.makeTempDir();
  try {
    const name = `${dir}/${written.name}`;
    const film = new Blob([
      matroskaHead(FORMAT, { fps: 30 }),
      ...[0, 33].flatMap((time) => [matroskaFrame(FORMAT, time), pixels]),
    ]);
    const version = { fpsModeOption: await fpsModeOption() };
    await ffmpeg(outputArguments({ ...written, name, format: FORMAT, fps: 30 }, version), film);
    const read = ["-v", "error", "-i", name, "-frames:v", "1", ...out, "-f", "rawvideo", "-"];
    return await ffmpeg(read, new Blob());
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** Asserts that the middle of the RGB picture is red. */
function assertRed(rgb: Uint8Array, { width, height }: { width: number; height: number }): void {
  assertEquals(rgb.length, 3 * width * height);
  const at = 3 * (width * (height >> 1) + (width >> 1));
  const [r = 0, g = 255, b = 255] = rgb.subarray(at, at + 3);
  assert(r >= 248 && g <= 8 && b <= 8, `${r} ${g} ${b}`);
}

const RGB = ["-pix_fmt", "rgb24"];
const FILMS: [ending: string, codec: Codec][] = filmFormats().flatMap(({ endings, codecs }) =>
  codecs.map((codec): [string, Codec] => [endings[0] ?? "", codec])
);
for (const [ending, codec] of FILMS) {
  Deno.test(`outputArguments(): .${ending} with ${codec} keeps a color and its range, in an odd size`, async () => {
    const name = `a.${ending}`;
    const size = changedSize(name, FORMAT, { codec })?.size ?? FORMAT;
    assertRed(await through(red, { name, codec }, RGB), size);
  });
}

for (const [codec, crf] of [["ffv1", undefined], ["h264", 0]] as const) {
  Deno.test(`outputArguments(): ${codec}, which has no loss, keeps every byte of frames with colors`, async () => {
    assertEquals(codecRow(codec).lossless !== undefined, true);
    const crop = ["-vf", "crop=67:45:0:0:exact=1", "-pix_fmt", "yuvj420p"];
    const pixels = await through(mixed, { name: "a.mkv", codec, crf }, crop);
    assertEquals(pixels.length, mixed.length);
    assert(pixels.every((byte, i) => byte === mixed[i]), "a byte differs");
  });
}

for (const ending of ["png", "jpg"]) {
  Deno.test(`outputArguments(): .${ending} stills keep a color and its range`, async () => {
    assertRed(await through(red, { name: `a.${ending}` }, RGB), FORMAT);
  });
}

Deno.test("pngEncoderArguments() make a PNG with the colors of a frame", async () => {
  const png = await ffmpeg(pngEncoderArguments(FORMAT), new Blob([red]));
  const read = ["-v", "error", "-f", "png_pipe", "-i", "pipe:0", ...RGB, "-f", "rawvideo", "-"];
  assertRed(await ffmpeg(read, new Blob([png])), FORMAT);
});
