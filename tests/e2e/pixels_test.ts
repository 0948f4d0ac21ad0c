/** The pixels of `--pixels`, and the programs in Python of docs/interop.md, on a film of known colors. */

import {
  commandLine,
  hasBytes,
  installed,
  portOf,
  Program,
  run,
  shell,
  startClient,
  startServer,
} from "./programs.ts";
import { childrenOf } from "./process_figures.ts";
import { TempDir } from "./pictures.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";

/** Odd on purpose: planes of colors are rounded up. */
const [WIDTH, HEIGHT] = [323, 241];
const PLANE = WIDTH * HEIGHT;
const CHROMA = Math.ceil(WIDTH / 2) * Math.ceil(HEIGHT / 2);

/** The colors of the bars, from the left: red, green, blue. */
const BARS = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255], [0, 0, 0], [200, 120, 40]];

/** Bytes of a frame. */
const SIZES = { gray: PLANE, yuv420p: PLANE + 2 * CHROMA, bgr24: 3 * PLANE, rgb24: 3 * PLANE };
type Pixels = keyof typeof SIZES;
const PIXELS = Object.keys(SIZES) as Pixels[];

/** A film of standing bars, lossless. */
async function barsFilm(dir: TempDir): Promise<string> {
  const film = dir.file("bars.mkv");
  const inputs = BARS.flatMap((rgb) => {
    const color = rgb.map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return ["-f", "lavfi", "-i", `color=0x${color}:size=64x242:rate=30:duration=1,format=rgb24`];
  });
  const graph = `hstack=inputs=${BARS.length},crop=${WIDTH}:${HEIGHT}:0:0`;
  await run("ffmpeg", [
    ...["-v", "error", ...inputs, "-filter_complex", graph],
    ...["-c:v", "ffv1", "-pix_fmt", "bgr0", film],
  ]);
  return film;
}

/** What ffmpeg makes of the film's first frame: the pixels of the camera, and from those the ones of an output. */
async function byFfmpeg(film: string, pixels: Pixels): Promise<Uint8Array> {
  const one = ["-frames:v", "1", "-f", "rawvideo"];
  await using dir = new TempDir();
  const camera = dir.file("camera.yuv");
  await run("ffmpeg", ["-v", "error", "-i", film, "-pix_fmt", "yuvj420p", ...one, camera]);
  const size = `${WIDTH}x${HEIGHT}`;
  const input = ["-f", "rawvideo", "-pixel_format", "yuvj420p", "-video_size", size, "-i", camera];
  const output = ["-pix_fmt", pixels === "yuv420p" ? "yuvj420p" : pixels];
  return await run("ffmpeg", ["-v", "error", ...input, ...output, ...one, "-"]);
}

/** A server of the film, over and over. */
function filmServer(film: string, ...more: string[]): Program {
  return startServer(["-i", film, "--loop", ...more]);
}

/** The largest difference of two bytes at the same place. */
function largestDifference(a: Uint8Array, b: Uint8Array): number {
  assertEquals(a.length, b.length);
  return a.reduce((most, byte, i) => Math.max(most, Math.abs(byte - (b[i] ?? NaN))), 0);
}

Deno.test("client -o - --pixels bgr24: a reader that pauses gets the newest frames, no queue of old ones", async () => {
  await using dir = new TempDir();
  await using server = filmServer(await barsFilm(dir), "--color");
  const output = ["-o", "-", "--pixels", "bgr24", "--duration", "4"];
  const [client, args] = commandLine("client", [
    ...["127.0.0.1", String(await portOf(server)), "--display", "none", ...output],
  ]);
  await using reader = new Program(...shell('"$@" | (sleep 3; wc -c)', client, args));
  const { stdout, stderr } = await reader.end();
  // At 30 fps the pause is 90 frames long, and the second after it 30.
  const frames = Number(new TextDecoder().decode(stdout)) / SIZES.bgr24;
  assert(frames > 0 && frames < 60, `${frames} frames: ${stderr}`);
});

Deno.test("client --pixels: stdout and .raw files have ffmpeg's colors, .gray files are gray", async () => {
  await using dir = new TempDir();
  const film = await barsFilm(dir);
  await using server = filmServer(film, "--color");
  const port = await portOf(server);
  for (const pixels of PIXELS) {
    const [raw, gray] = [dir.file(`${pixels}.raw`), dir.file(`${pixels}.gray`)];
    const outputs = ["-o", "-", "-o", raw, "-o", gray, "--pixels", pixels, "--frames", "5"];
    await using client = startClient(port, outputs);
    const { code, stdout, stderr } = await client.end();
    assertEquals(code, 0, stderr);
    assertEquals(stdout.length, 5 * SIZES[pixels], pixels);
    assertEquals(largestDifference(stdout, await Deno.readFile(raw)), 0);
    assertEquals((await Deno.stat(gray)).size, 5 * PLANE);
    const expected = await byFfmpeg(film, pixels);
    for (let i = 0; i < 5; i++) {
      const frame = stdout.subarray(i * SIZES[pixels], (i + 1) * SIZES[pixels]);
      const most = largestDifference(frame, expected);
      assert(most <= 2, `${pixels}: frame ${i} is up to ${most} off`);
    }
    if (pixels === "rgb24") assertBars(stdout.subarray(0, SIZES.rgb24), (byte) => byte);
    if (pixels === "bgr24") assertBars(stdout.subarray(0, SIZES.bgr24), (byte) => 2 - byte);
  }
});

/** The color in the middle of each bar, whose bytes stand at `place`. */
function assertBars(picture: Uint8Array, place: (byte: number) => number): void {
  for (const [i, rgb] of BARS.entries()) {
    if (i * 64 + 32 >= WIDTH) continue;
    const at = (100 * WIDTH + i * 64 + 32) * 3;
    const off = rgb.map((byte, n) => Math.abs(byte - (picture[at + place(n)] ?? NaN)));
    assert(off.every((by) => by <= 2), `bar ${i}: ${picture.subarray(at, at + 3)}, wanted ${rgb}`);
  }
}

Deno.test("client --pixels: a gray stream becomes gray pictures with neutral colors", async () => {
  await using dir = new TempDir();
  await using server = filmServer(await barsFilm(dir));
  const port = await portOf(server);
  const got = new Map<Pixels, Uint8Array>();
  for (const pixels of PIXELS) {
    await using client = startClient(port, ["-o", "-", "--pixels", pixels, "--frames", "2"]);
    const { code, stdout, stderr } = await client.end();
    assertEquals([code, stdout.length], [0, 2 * SIZES[pixels]], stderr);
    got.set(pixels, stdout.subarray(0, SIZES[pixels]));
  }
  const gray = got.get("gray") ?? new Uint8Array();
  const yuv = got.get("yuv420p") ?? new Uint8Array();
  assertEquals(largestDifference(yuv.subarray(0, PLANE), gray), 0);
  assert(yuv.subarray(PLANE).every((byte) => byte === 128));
  const thrice = Uint8Array.from({ length: 3 * PLANE }, (_, i) => gray[i / 3 | 0] ?? 0);
  for (const pixels of ["bgr24", "rgb24"] as const) {
    assertEquals(largestDifference(got.get(pixels) ?? new Uint8Array(), thrice), 0, pixels);
  }
});

Deno.test("client --pixels bgr24: exit code 0 when the reader has closed the pipe", async () => {
  await using server = startServer(["--test", "-r", "64x48", "--color"]);
  const args = ["127.0.0.1", String(await portOf(server)), "--display", "none"];
  const command = commandLine("client", [...args, "-o", "-", "--pixels", "bgr24"]);
  const script = '{ "$@"; echo "exit $?" >&2; } | head -c 100000 | wc -c';
  await using client = new Program(...shell(script, ...command));
  const { stdout, stderr } = await client.end();
  assertEquals(new TextDecoder().decode(stdout).trim(), "100000");
  assertMatch(stderr, /^exit 0$/m);
});

Deno.test("client --pixels bgr24: an ffmpeg that is killed is an error of two lines", async () => {
  await using server = startServer(["--test", "-r", "64x48", "--color"]);
  await using dir = new TempDir();
  const raw = dir.file("a.raw");
  const args = ["-o", raw, "--pixels", "bgr24"];
  await using client = startClient(await portOf(server), args);
  await hasBytes(raw);
  const [ffmpeg, ...others] = await childrenOf(client.pid);
  assertEquals(others, [], "the converter is the client's only child");
  Deno.kill(ffmpeg!, "SIGKILL");
  const { code, stderr } = await client.end();
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^error: Cannot write .+: ffmpeg was killed \(SIGKILL\)\nhint: +--pixels gray/m,
  );
  assertEquals((await Deno.stat(raw)).size % (64 * 48 * 3), 0);
});

/** A Python that has a module: Debian's, where the first one in PATH has not. */
function pythonWith(...modules: string[]): string | undefined {
  const code = modules.map((name) => `import ${name}`).join("\n");
  return ["python3", "/usr/bin/python3"].find((python) => {
    if (!installed(python)) return false;
    const quiet = { stdout: "null", stderr: "null" } as const;
    return new Deno.Command(python, { args: ["-c", code], ...quiet }).outputSync().success;
  });
}

/** A program of docs/interop.md, by the words of the comment before it. */
async function documented(name: string): Promise<string> {
  const text = await Deno.readTextFile(new URL("../../docs/interop.md", import.meta.url));
  const [, code = ""] = new RegExp(`<!-- test: ${name} -->\n\n\`\`\`python\n(.*?)\`\`\``, "s")
    .exec(text) ?? [];
  assert(code !== "", `no program "${name}" in docs/interop.md`);
  return code;
}

/** The numbers of each line. */
function numbers(stdout: Uint8Array): number[][] {
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  return lines.map((line) => line.replace(/[[\]]/g, " ").trim().split(/\s+/).map(Number));
}

/** The mean blue, green and red of the picture that ffmpeg makes. */
async function meanColor(film: string): Promise<number[]> {
  const picture = await byFfmpeg(film, "bgr24");
  return [0, 1, 2].map((n) =>
    picture.reduce((sum, b, i) => i % 3 === n ? sum + b : sum, 0) / PLANE
  );
}

function assertColor(actual: number[], expected: number[]): void {
  const off = actual.map((value, i) => Math.abs(value - (expected[i] ?? NaN)));
  assert(off.length === 3 && off.every((by) => by <= 1), `${actual}, wanted ${expected}`);
}

const numpy = pythonWith("numpy");

Deno.test({
  name: "docs/interop.md: its program in Python behind the client reads pictures",
  ignore: !numpy,
  fn: async () => {
    await using dir = new TempDir();
    const film = await barsFilm(dir);
    await using server = filmServer(film, "--color");
    const args = ["127.0.0.1", String(await portOf(server)), "--display", "none", "-o", "-"];
    const command = commandLine("client", [...args, "--pixels", "bgr24", "--frames", "10"]);
    const mine = dir.file("mine.py");
    await Deno.writeTextFile(mine, await documented("python behind the client"));
    const script = `"$@" | ${numpy} ${mine} ${WIDTH} ${HEIGHT}`;
    await using both = new Program(...shell(script, ...command));
    const { code, stdout, stderr } = await both.end();
    assertEquals(code, 0, stderr);
    const means = numbers(stdout);
    assertEquals(means.length, 10);
    const expected = await meanColor(film);
    for (const mean of means) assertColor(mean, expected);
  },
});

for (const color of [true, false]) {
  Deno.test({
    name: `docs/interop.md: its program in Python without the client reads ${
      color ? "color" : "gray"
    }, numbers and times`,
    ignore: !numpy,
    fn: async () => {
      await using dir = new TempDir();
      const film = await barsFilm(dir);
      const every = ["-i", film, "--lossless", ...(color ? ["--color"] : [])];
      await using server = startServer(every);
      const port = String(await portOf(server));
      const started = Date.now();
      const code = await documented("python without the client");
      await using client = new Program(numpy ?? "", ["-c", code, "127.0.0.1", port]);
      const { code: exit, stdout, stderr } = await client.end();
      assertEquals(exit, 0, stderr);
      const lines = numbers(stdout);
      assertEquals([lines.length, lines.at(-1)?.[0]], [30, 29]);
      const gray = (await byFfmpeg(film, "gray")).reduce((sum, byte) => sum + byte) / PLANE;
      const expected = color ? await meanColor(film) : [gray, gray, gray];
      for (const [, at = 0, ...mean] of lines) {
        assert(Math.abs(at - started) < 60_000, `${at}`);
        assertColor(mean, expected);
      }
    },
  });
}
