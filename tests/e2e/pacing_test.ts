/** Films at their own rate: with gaps, by a pipe, at another rate, and damaged ones. */

import { assert, assertEquals, assertGreaterOrEqual, assertMatch } from "../assert.ts";
import { TempDir } from "./pictures.ts";
import { commandLine, portOf, Program, run, shell, startServer } from "./programs.ts";

/** Creates a film; `filter` and `options` are ffmpeg's. */
async function makeFilm(
  file: string,
  { seconds = 3, rate = 25, size = "64x48", filter = "null", options = [] as string[] } = {},
): Promise<string> {
  const picture = `testsrc2=size=${size}:rate=${rate}`;
  const input = ["-f", "lavfi", "-i", picture, "-t", String(seconds), "-vf", filter];
  const coded = ["-pix_fmt", "yuv420p", "-c:v", "libx264", ...options, "-y", file];
  await run("ffmpeg", ["-v", "error", ...input, ...coded]);
  return file;
}

/** Runs a server to the end of its film. */
async function play(args: string[]): Promise<{ code: number; stderr: string; frames: number }> {
  await using server = startServer(args);
  const { code, stderr } = await server.end();
  const frames = Number(/^ended after (\d+) frames?/m.exec(stderr)?.[1] ?? NaN);
  return { code, stderr, frames };
}

Deno.test("a film with gaps in its timestamps: every frame is sent at its time, none is skipped", async () => {
  await using dir = new TempDir();
  // One frame of seven is stored: 13 of 90.
  const film = await makeFilm(dir.file("gaps.mkv"), {
    ...{ seconds: 6, rate: 15, filter: "select='not(mod(n,7))+eq(n,89)'" },
  });
  await using server = startServer(["-i", film, "--loop"]);
  using conn = await Deno.connect({ hostname: "127.0.0.1", port: await portOf(server) });
  await conn.write(new TextEncoder().encode("framewire/1 wire=y4m\n"));
  const bytes = new Uint8Array(120 * (64 * 48 + 64));
  let length = 0;
  const lines = () =>
    [
      ...new TextDecoder("latin1").decode(bytes.subarray(0, length))
        .matchAll(/FRAME Xseq=(\d+) Xts=([\d.]+)\n/g),
    ].map(([, ...facts]) => facts.map(Number));
  while (lines().length < 100) {
    length += await conn.read(bytes.subarray(length)) ?? 0;
  }
  const frames = lines();
  const steps = frames.slice(1).map(([sequence = 0, time = 0], i) => [
    sequence - (frames[i]?.[0] ?? 0),
    time - (frames[i]?.[1] ?? 0),
  ]);
  assert(steps.every(([step]) => step === 1), "frames were skipped");
  const times = steps.map(([, time = 0]) => time).sort((a, b) => a - b);
  assert(times.filter((time) => time < 20).length <= 10, `bursts: ${times.slice(0, 12)}`);
  assertGreaterOrEqual(times.reduce((sum, time) => sum + time, 0), 95 * 1000 / 15);
});

Deno.test("a film has all of its frames, at its own rate or another, with any first timestamp", async () => {
  await using dir = new TempDir();
  const film = await makeFilm(dir.file("film.mp4"));
  const late = await makeFilm(dir.file("late.mkv"), { options: ["-output_ts_offset", "7"] });
  const results = await Promise.all([
    play(["-i", film]),
    play(["-i", film, "-f", "10"]),
    play(["-i", film, "-f", "50"]),
    play(["-i", film, "--no-pace"]),
    play(["-i", late]),
  ]);
  assertEquals(results.map(({ frames }) => frames), [75, 30, 150, 75, 75]);
  assert(results.every(({ code }) => code === 0));
});

Deno.test("a film from a pipe keeps its rate; --no-pace sends it at full speed", async () => {
  await using dir = new TempDir();
  const film = await makeFilm(dir.file("film.mp4"));
  const seconds: number[] = [];
  for (const [format, ...args] of [["yuv4mpegpipe"], ["mpegts"], ["yuv4mpegpipe", "--no-pace"]]) {
    const pipe = `ffmpeg -v error -i ${film} -f ${format} - | exec "$@"`;
    const server = commandLine("server", ["-i", "-", "-s", "127.0.0.1", "-p", "0", ...args]);
    await using program = new Program(...shell(pipe, ...server));
    const { code, stderr } = await program.end();
    const [, frames, took] = /^ended after (\d+) frames? in ([\d.]+) s/m.exec(stderr) ?? [];
    assertEquals([code, frames], [0, "75"], stderr);
    seconds.push(Number(took));
  }
  const [y4m = 0, mpegts = 0, asItComes = 9] = seconds;
  // The server catches up with what was queued at its start, at most at 1.25 times the rate.
  assert(y4m >= 2.3 && mpegts >= 2.3 && asItComes < 1.8, `${seconds} seconds`);
});

Deno.test("raw frames from a pipe have no rate: they are not paced", async () => {
  const count = 200;
  const raw = "-f rawvideo -pixel_format gray -video_size 64x48";
  const pipe = `head -c ${count * 64 * 48} /dev/zero | exec "$@"`;
  const args = ["-i", "-", "--input-options", raw, "-s", "127.0.0.1", "-p", "0"];
  await using program = new Program(...shell(pipe, ...commandLine("server", args)));
  const { code, stderr } = await program.end();
  assertEquals(code, 0, stderr);
  const [, frames, took] = /^ended after (\d+) frames? in ([\d.]+) s/m.exec(stderr) ?? [];
  assertEquals(frames, String(count));
  assert(Number(took) < count / 25 - 2, `${took} s: it was paced`);
});

Deno.test("a film that is cut or damaged is played up to the damage: exit 1, with ffmpeg's message", async () => {
  await using dir = new TempDir();
  const film = await makeFilm(dir.file("film.mp4"), {
    ...{ size: "320x240", options: ["-movflags", "+faststart"] },
  });
  await run("ffmpeg", ["-v", "error", "-i", film, "-c", "copy", dir.file("film.mkv")]);
  for (const ending of ["mp4", "mkv"]) {
    const whole = await Deno.readFile(dir.file(`film.${ending}`));
    const cut = dir.file(`cut.${ending}`);
    await Deno.writeFile(cut, whole.subarray(0, Math.floor(whole.length * 0.6)));
    const { code, stderr } = await play(["-i", cut]);
    assertEquals(code, 1, stderr);
    assertMatch(
      stderr,
      /error: ".*cut.*" is damaged after [1-6]\d frames; ffmpeg says: \S+/,
    );
  }
});

Deno.test("server -r 323x240 --test: the test picture has that size", async () => {
  await using server = startServer(["--test", "-r", "323x241", "--frames", "1"]);
  const { code, stderr } = await server.end();
  assertEquals(code, 0);
  assertMatch(stderr, /^width: {3}323\nheight: {2}241$/m);
});
