import { runFfmpeg } from "../../lib/ffmpeg/run.ts";
import { readSps, type Sps } from "../../lib/wire/h264_heads.ts";
import { WireError } from "../../lib/wire/wire_error.ts";
import { assertEquals, assertThrows } from "../assert.ts";

/** The SPS that libx264 writes, without its start code. */
async function spsOf(size: string, options: string[]): Promise<Uint8Array> {
  const input = ["-v", "error", "-f", "lavfi", "-i", `testsrc2=size=${size}`, "-frames:v", "1"];
  const args = [...input, "-c:v", "libx264", ...options, "-f", "h264", "pipe:1"];
  const bytes = await runFfmpeg(args, new Uint8Array(), { signal: AbortSignal.timeout(20_000) });
  const begin =
    bytes.findIndex((byte, i) =>
      byte === 1 && bytes[i - 1] === 0 && bytes[i - 2] === 0 && ((bytes[i + 1] ?? 0) & 31) === 7
    ) + 1;
  const rest = bytes.subarray(begin);
  return rest.subarray(0, rest.findIndex((_, i) => !rest[i] && !rest[i + 1] && rest[i + 2] === 1));
}

const CASES: readonly [size: string, options: string[], sps: Sps][] = [
  ["640x480", ["-profile:v", "baseline", "-pix_fmt", "yuv420p"], sps(640, 480, 66)],
  ["322x242", ["-profile:v", "main", "-pix_fmt", "yuv420p"], sps(322, 242, 77)],
  [
    "1920x1080",
    ["-profile:v", "high", "-preset", "superfast", "-pix_fmt", "yuvj420p"],
    sps(1920, 1080, 100),
  ],
  ["640x480", ["-pix_fmt", "yuv422p"], { ...sps(640, 480, 122), chroma: 2 }],
  ["640x480", ["-pix_fmt", "yuv420p10le"], { ...sps(640, 480, 110), depth: 10 }],
  ["640x480", ["-pix_fmt", "yuv444p"], { ...sps(640, 480, 244), chroma: 3 }],
  ["640x484", ["-flags", "+ildct+ilme", "-pix_fmt", "yuv420p"], sps(640, 484, 100)],
  ["640x480", ["-pix_fmt", "yuv420p", "-x264-params", "cqm=jvt"], sps(640, 480, 100)],
];

function sps(width: number, height: number, profile: number): Sps {
  return { size: { width, height }, profile, chroma: 1, depth: 8 };
}

Deno.test("readSps() gives the size and the profile of what libx264 writes", async () => {
  for (const [size, options, expected] of CASES) {
    assertEquals(readSps(await spsOf(size, options)), expected, `${size} ${options}`);
  }
});

Deno.test("readSps() throws a WireError for bytes that are no whole SPS", async () => {
  const whole = await spsOf("640x480", ["-pix_fmt", "yuv420p"]);
  for (let length = 0; length < 8; length++) {
    assertThrows(() => readSps(whole.subarray(0, length)), WireError);
  }
  assertThrows(() => readSps(Uint8Array.from([0x68, ...whole.subarray(1)])), WireError);
  assertThrows(() => readSps(Uint8Array.from([0x67, 66, 0, 30, ...new Uint8Array(40)])), WireError);
});
