/** Filters on a stream with colors, in the real programs: `inrange`, and the user's own filter in BGR. */

import { assert, assertEquals, assertMatch } from "../assert.ts";
import { TempDir } from "./pictures.ts";
import { portOf, run, startClient, startServer } from "./programs.ts";

const [WIDTH, HEIGHT, SIDE] = [160, 120, 28];

/** The top of the ball, and where its left side goes from and to in a film of a second. */
const [TOP, FROM, TO] = [40, 10, 120];

/** A film of a red ball that moves from left to right again and again, over gray noise. */
async function ballFilm(dir: TempDir): Promise<string> {
  const film = dir.file("ball.mkv");
  const noise = `nullsrc=s=${WIDTH}x${HEIGHT}:r=30,geq=lum='60+100*random(1)':cb=128:cr=128`;
  const isBall = `lte(hypot(X-${SIDE / 2}+0.5,Y-${SIDE / 2}+0.5),${SIDE / 2})`;
  const ball =
    `color=c=red:s=${SIDE}x${SIDE}:r=30,format=rgba,geq=r=210:g=20:b=30:a='255*${isBall}'`;
  await run("ffmpeg", [
    ...["-v", "error", "-y", "-f", "lavfi", "-i", noise, "-f", "lavfi", "-i", ball],
    "-filter_complex",
    `overlay=x='${FROM}+${TO - FROM}*t':y=${TOP}:format=yuv444,format=yuvj420p`,
    ...["-t", "1", "-c:v", "ffv1", film],
  ]);
  return film;
}

interface Event {
  readonly sequence: number;
  readonly boxes: [number, number, number, number][];
  readonly [what: string]: unknown;
}

function parseLines(stdout: Uint8Array): Event[] {
  const lines = new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as Event);
}

/** The left side of the ball in a frame of the film, which has 30. */
function leftIn(sequence: number): number {
  return FROM + (TO - FROM) * (sequence % 30) / 30;
}

Deno.test("client --filter inrange: the boxes follow a red ball", async () => {
  await using dir = new TempDir();
  await using server = startServer(["-i", await ballFilm(dir), "--loop", "--color"]);
  const filter = ["--filter", "inrange=hmin=170:hmax=10", "--events", "-", "--frames", "45"];
  await using client = startClient(await portOf(server), filter);
  const { code, stdout, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  const events = parseLines(stdout);
  assert(events.length >= 40, `${events.length} events`);
  for (const { sequence, boxes } of events) {
    assertEquals(boxes.length, 1, `frame ${sequence}: ${boxes.join(" ")}`);
    const [[x, y, width, height]] = boxes as [[number, number, number, number]];
    const wanted = [leftIn(sequence), TOP, SIDE, SIDE];
    const isNear = [x, y, width, height].every((side, i) => Math.abs(side - wanted[i]!) <= 4);
    assert(isNear, `frame ${sequence}: ${boxes[0]}, not ${wanted}`);
  }
});

Deno.test("server --color --filter inrange=mask=1: every client gets the pixels of the ball, white on black", async () => {
  await using dir = new TempDir();
  const filter = ["--filter", "inrange=hmin=170:hmax=10:mask=1"];
  await using server = startServer(["-i", await ballFilm(dir), "--loop", "--color", ...filter]);
  await using client = startClient(await portOf(server), ["--gray", "--frames", "5", "-o", "-"]);
  const { code, stdout, stderr } = await client.end();
  assertEquals([code, stdout.length], [0, 5 * WIDTH * HEIGHT], stderr);
  assertEquals(new Set(stdout), new Set([0, 255]));
  const share = stdout.filter((value) => value === 255).length / stdout.length;
  const wanted = Math.PI * SIDE ** 2 / 4 / (WIDTH * HEIGHT);
  assert(Math.abs(share - wanted) < 0.2 * wanted, `${share}, not ${wanted}`);
});

Deno.test("client --filter ./mine.js with pixels = bgr: the filter gets the colors, and its own are shown", async () => {
  await using dir = new TempDir();
  await Deno.writeTextFile(
    dir.file("mine.js"),
    `export const pixels = "bgr";
    export default ({ cv, color, report }) => ({
      process(mat) {
        const [blue, green, red] = cv.mean(mat);
        report({ color, type: mat.type() === cv.CV_8UC3, mean: [blue, green, red] });
        mat.setTo([0, 200, 0, 0]);
      },
    });`,
  );
  const red = `color=c=0xD2141E:s=${WIDTH}x${HEIGHT}:r=30`;
  const film = dir.file("red.mkv");
  const input = ["-f", "lavfi", "-i", red, "-t", "1"];
  await run("ffmpeg", ["-v", "error", ...input, "-pix_fmt", "yuvj420p", "-c:v", "ffv1", film]);
  await using server = startServer(["-i", film, "--loop", "--color"]);
  const stills = ["--events", "-", "--frames", "3", "-o", dir.file("out.y4m")];
  const args = ["--filter", dir.file("mine.js"), ...stills];
  await using client = startClient(await portOf(server), args);
  const { code, stdout, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  const [event] = parseLines(stdout);
  assertEquals([event!.color, event!.type], [true, true]);
  (event!.mean as number[]).forEach((value, i) => {
    assert(Math.abs(value - [0x1e, 0x14, 0xd2][i]!) <= 4, `${event!.mean}`);
  });
  const rgb = ["-frames:v", "1", "-pix_fmt", "rgb24", "-f", "rawvideo", "-"];
  const shown = await run("ffmpeg", ["-v", "error", "-i", dir.file("out.y4m"), ...rgb]);
  assertEquals(shown.length, 3 * WIDTH * HEIGHT);
  shown.forEach((value, i) => assert(Math.abs(value - [0, 200, 0][i % 3]!) <= 4, `${value}`));
});

Deno.test("client --filter inrange: exit 1 on a gray stream, with what to do", async () => {
  await using server = startServer(["--test", "-r", "64x48"]);
  await using client = startClient(await portOf(server), ["--filter", "inrange"]);
  const { code, stderr } = await client.end();
  assertEquals(code, 1, stderr);
  assertMatch(stderr, /^error: .*inrange: it needs colors, .*start the server with --color/m);
});
