/** How ffmpeg and ffplay are told of the colors of raw frames. */

import { type Codec, codecRow } from "../../lib/ffmpeg/codecs.ts";
import { jpegDecoderArguments, jpegEncoderArguments } from "../../lib/ffmpeg/jpeg_arguments.ts";
import { matroskaFrame, matroskaHead } from "../../lib/ffmpeg/matroska.ts";
import { pngEncoderArguments } from "../../lib/ffmpeg/png_arguments.ts";
import { windowArguments } from "../../lib/ffmpeg/window_arguments.ts";
import { grayFormat } from "../../lib/frame/frame_format.ts";
import { assertEquals, assertStringIncludes } from "../assert.ts";

const color = { width: 323, height: 241, pixels: "yuv420p" } as const;
const gray = grayFormat(color);

const inputs = [
  [
    "windowArguments",
    (format: typeof color | typeof gray) => windowArguments(format, { title: "" }),
  ],
  ["pngEncoderArguments", pngEncoderArguments],
  [
    "jpegEncoderArguments",
    (format: typeof color | typeof gray) => jpegEncoderArguments(format, { quality: 90 }),
  ],
] as const;
for (const [name, argumentsOf] of inputs) {
  Deno.test(`${name}() names the pixels of the raw frames: full range with colors`, () => {
    for (const [format, pixels] of [[color, "yuvj420p"], [gray, "gray"]] as const) {
      const words = `-f rawvideo -pixel_format ${pixels} -video_size 323x241 `;
      assertStringIncludes(argumentsOf(format).join(" "), words);
    }
  });
}

Deno.test("jpegDecoderArguments() gives the pixels of the format", () => {
  for (const [format, pixels] of [[color, "yuvj420p"], [gray, "gray"]] as const) {
    assertStringIncludes(
      jpegDecoderArguments(format).join(" "),
      `-i pipe:0 -threads 1 -s 323x241 -pix_fmt ${pixels} -flush_packets 1 -f rawvideo pipe:1`,
    );
  }
});

/** Bytes as text, each one a character. */
const latin1 = (bytes: Uint8Array) => String.fromCharCode(...bytes);

Deno.test("matroskaHead() names I420, BT.601 and the full range with colors, and gray as before", () => {
  const [inColor, inGray] = [color, gray].map((format) =>
    latin1(matroskaHead(format, { fps: 30 }))
  );
  const fourcc = (name: string) => `\x2e\xb5\x24\x01\0\0\0\0\0\0\x04${name}`;
  const one = (id: string, value: string) => `${id}\x01\0\0\0\0\0\0\x01${value}`;
  const inside = one("\x55\xb1", "\x06") + one("\x55\xb9", "\x02"); // the matrix, the range
  const facts = `\x55\xb0\x01\0\0\0\0\0\0\x16${inside}`;
  assertStringIncludes(inColor ?? "", fourcc("I420") + facts);
  assertEquals(inGray?.endsWith(fourcc("Y800")), true); // the last element: no range
  assertEquals(inColor!.length - inGray!.length, facts.length);
});

Deno.test("matroskaFrame() announces the bytes of all planes", () => {
  const lengthOf = (format: typeof color | typeof gray) => {
    const head = latin1(matroskaFrame(format, 0));
    const at = head.indexOf("\xa3\x01") + 2; // the block: its length in 7 bytes
    return [...head.slice(at, at + 7)].reduce((sum, byte) => 256 * sum + byte.charCodeAt(0), 0);
  };
  const bytes = 323 * 241;
  assertEquals([lengthOf(gray), lengthOf(color)], [4 + bytes, 4 + bytes + 2 * 162 * 121]);
});

/** The arguments of a codec. */
function codecArguments(codec: Codec, pixels: "gray" | "yuv420p", crf?: number): string {
  const format = { width: 320, height: 240, pixels };
  return codecRow(codec).arguments({ crf, isStream: false, format, losesRange: false }).join(" ");
}

const RANGE = "scale=in_range=full:out_range=limited,format=yuv420p";
const EVEN = "pad=ceil(iw/2)*2:ceil(ih/2)*2";

Deno.test("codecRow().arguments: codecs with loss get colors in limited range, as players expect", () => {
  assertStringIncludes(codecArguments("h264", "yuv420p"), `-vf ${RANGE} -c:v libx264 `);
  for (const codec of ["vp8", "vp9"] as const) {
    assertStringIncludes(codecArguments(codec, "yuv420p"), `-vf ${RANGE} -c:v libvpx`);
    assertEquals(codecArguments(codec, "gray").includes("-vf"), false, codec);
  }
  assertStringIncludes(codecArguments("h264", "gray"), `-vf ${EVEN} -c:v libx264 `);
});

Deno.test("codecRow().arguments: without loss the pixels keep their range", () => {
  assertStringIncludes(codecArguments("ffv1", "yuv420p"), " -pix_fmt yuv420p -color_range pc");
  assertEquals(codecArguments("ffv1", "gray"), "-c:v ffv1 -level 3 -g 1 -pix_fmt gray");
  const avi = { crf: undefined, isStream: false, format: color, losesRange: true };
  assertEquals(codecRow("ffv1").arguments(avi).slice(-2), ["-pix_fmt", "bgr0"]);
  const h264 = codecArguments("h264", "yuv420p", 0);
  assertEquals(h264.includes("-vf"), false);
  assertStringIncludes(h264, " -pix_fmt yuv420p -color_range pc");
  assertEquals(codecArguments("h264", "gray", 0).includes("-vf"), false);
  assertStringIncludes(codecArguments("h264", "gray", 0), " -pix_fmt gray -color_range pc");
});

Deno.test("codecRow().arguments: H.264 with colors pads the gray plane alone, where a side is odd", () => {
  for (const crf of [undefined, 0]) {
    const args = codecRow("h264").arguments({
      crf,
      isStream: false,
      format: color,
      losesRange: false,
    }).join(" ");
    assertStringIncludes(args, `extractplanes=y+u+v[y][u][v];[y]${EVEN}[e];[e][u][v]mergeplanes=`);
  }
});

Deno.test("codecRow().arguments: MJPEG is 4:2:0 in full range, from gray frames too", () => {
  for (const pixels of ["gray", "yuv420p"] as const) {
    assertEquals(codecArguments("mjpeg", pixels), "-c:v mjpeg -q:v 3 -pix_fmt yuvj420p");
  }
});
