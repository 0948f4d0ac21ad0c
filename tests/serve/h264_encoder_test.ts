/** The H.264 encoder, which is ffmpeg: what it gives is decoded by another one. */

import type { AccessUnit } from "../../lib/frame/access_unit.ts";
import type { Frame } from "../../lib/frame/frame.ts";
import { frameBytes, type FrameFormat, grayFormat } from "../../lib/frame/frame_format.ts";
import type { FrameSize } from "../../lib/frame/frame_size.ts";
import { Latest } from "../../lib/frame/latest.ts";
import { planesOf } from "../../lib/frame/plane.ts";
import { installedH264Encoders } from "../../lib/ffmpeg/h264_encoders.ts";
import { runFfmpeg } from "../../lib/ffmpeg/run.ts";
import { H264Encoder } from "../../lib/serve/h264_encoder.ts";
import { assert, assertEquals, assertLess, assertLessOrEqual } from "../assert.ts";
import { keptLog } from "../log/kept_log.ts";

const FPS = 30;
const { signal } = new AbortController();
const ignore = !(await installedH264Encoders()).includes("libx264");

/** A picture with a gradient that moves, and with colors: what no two frames have in common. */
function film(format: FrameFormat, sequence: number): Frame {
  const pixels = new Uint8Array(frameBytes(format));
  for (const [i, plane] of planesOf({ format, pixels }).entries()) {
    plane.pixels.forEach((_, at) => {
      const [x, y] = [at % plane.width, Math.floor(at / plane.width)];
      plane.pixels[at] = i === 0
        ? 128 + 100 * Math.sin((x + 3 * sequence) / 20) * Math.sin(y / 17)
        : 90 + 50 * i;
    });
  }
  return { format, pixels, sequence, capturedAt: 1000 + sequence };
}

/** Encodes `count` frames at their rate. `onUnit` is called with each unit, and the encoder's ffmpeg. */
async function encode(
  format: FrameFormat,
  { size, rate, count, onUnit = () => {} }: {
    size: FrameSize;
    rate: number;
    count: number;
    onUnit?: (unit: AccessUnit) => void;
  },
): Promise<{ units: AccessUnit[]; warn: string[] }> {
  const frames = new Latest<Frame>();
  const { log, warn } = keptLog();
  const options = { format, size, rate, encoder: "libx264", fps: FPS, log } as const;
  await using encoder = new H264Encoder(frames, options);
  using _watch = encoder.watch();
  using reader = encoder.units.reader({ signal });
  const units: AccessUnit[] = [];
  const reading = (async () => {
    for (let taken; (taken = await reader.take());) {
      units.push(taken.value);
      onUnit(taken.value);
    }
  })();
  for (let sequence = 0; sequence < count; sequence++) {
    frames.put(film(format, sequence));
    await new Promise((resolve) => setTimeout(resolve, 1000 / FPS));
  }
  frames.end();
  await reading;
  return { units, warn };
}

/** Decodes a stream: the pixels of its frames. */
async function decode(units: readonly AccessUnit[], format: FrameFormat): Promise<Uint8Array[]> {
  const stream = await new Blob(units.map(({ bytes }) => bytes)).bytes();
  const pixFmt = format.pixels === "gray" ? "gray" : "yuvj420p";
  const args = ["-v", "error", "-xerror", "-f", "h264", "-i", "-", "-vsync", "passthrough"];
  const output = [
    "-s",
    `${format.width}x${format.height}`,
    "-pix_fmt",
    pixFmt,
    "-f",
    "rawvideo",
    "-",
  ];
  const pixels = await runFfmpeg([...args, ...output], stream, { signal });
  const bytes = frameBytes(format);
  return Array.from(
    { length: pixels.length / bytes },
    (_, i) => pixels.subarray(i * bytes, (i + 1) * bytes),
  );
}

/** The mean difference of two pictures. */
function difference(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / a.length;
}

for (
  const { format, size } of [
    { format: { width: 323, height: 241, pixels: "yuv420p" }, size: { width: 324, height: 242 } },
    { format: grayFormat({ width: 320, height: 240 }), size: { width: 160, height: 120 } },
  ] as const
) {
  const { width, height, pixels } = format;
  Deno.test({
    name:
      `H264Encoder gives the pictures of its frames, ${width}x${height} ${pixels} as ${size.width}x${size.height}`,
    ignore,
    fn: async () => {
      const { units, warn } = await encode(format, { size, rate: 1_000_000, count: 12 });
      assertEquals(warn, []);
      const decoded = await decode(units, format);
      assertEquals(decoded.length, units.length);
      for (const [i, unit] of units.entries()) {
        const { pixels } = film(format, unit.sequence);
        assertLess(difference(decoded[i]!, pixels), 3);
        assertEquals([unit.capturedAt, unit.size], [1000 + unit.sequence, size]);
      }
    },
  });
}

Deno.test({
  name:
    "H264Encoder gives a keyframe each second, and no frame takes more than a tenth of a second's rate",
  ignore,
  fn: async () => {
    const rate = 300_000;
    const format = grayFormat({ width: 160, height: 120 });
    // Enlarged: pictures that fill the rate.
    const size = { width: 640, height: 480 };
    const { units } = await encode(format, { size, rate, count: 75 });
    const keys = units.filter(({ isKey }) => isKey);
    assert(units[0]?.isKey && keys.length >= 3, `${keys.length} keyframes`);
    for (const { bytes } of units) assertLessOrEqual(bytes.length, rate / 10 / 8);
    const total = units.reduce((sum, { bytes }) => sum + bytes.length, 0);
    assertLess(total, rate * 75 / FPS / 8 * 1.5);
  },
});

Deno.test({
  name: "H264Encoder starts again with a keyframe when its ffmpeg is killed",
  ignore,
  fn: async () => {
    const size = { width: 64, height: 48 };
    const rate = 312_345;
    let last: number | undefined;
    const onUnit = ({ sequence }: AccessUnit) => {
      if (sequence < 5 || last !== undefined) return;
      last = sequence;
      // Found by its rate: other tests have theirs.
      const args = ["-KILL", "-P", String(Deno.pid), "-f", `maxrate ${rate}`];
      new Deno.Command("pkill", { args }).outputSync();
    };
    const format = grayFormat(size);
    const { units, warn } = await encode(format, { size, rate, count: 120, onUnit });
    assertEquals(warn, [
      "the H.264 encoder failed and starts again in 1 s: ffmpeg was killed (SIGKILL)",
    ]);
    // Frames are left out while ffmpeg starts, and for a second after the end of the first one.
    const before = last ?? 0;
    const again = units.find(({ sequence }, i) =>
      sequence > before && sequence > (units[i - 1]?.sequence ?? 0) + 15
    );
    assert(again?.isKey, "the first unit after the gap is a keyframe");
  },
});

Deno.test({
  name: "H264Encoder runs no ffmpeg without a viewer, and one for all",
  ignore,
  fn: async () => {
    const { log, debug } = keptLog();
    const frames = new Latest<Frame>();
    const format = grayFormat({ width: 64, height: 48 });
    const options = {
      format,
      size: format,
      rate: 300_000,
      encoder: "libx264",
      fps: FPS,
      log,
    } as const;
    await using encoder = new H264Encoder(frames, options);
    frames.put(film(format, 0));
    assertEquals(debug, []);
    const watches = [encoder.watch(), encoder.watch()];
    using reader = encoder.units.reader({ signal });
    assertEquals((await reader.take())?.value.isKey, true);
    assertEquals(debug, ["the H.264 encoder starts: there is a viewer"]);
    for (const watch of watches) watch[Symbol.dispose]();
  },
});
