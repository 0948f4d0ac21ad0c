/** Filters in the real programs: events, sizes, the user's own module, on both sides. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { Cascade } from "../../lib/vision/cascade.ts";
import { cv } from "../../lib/vision/cv.ts";
import { loadModel } from "../../lib/vision/models.ts";
import { cutFrames, faceFilm, faceMovie, facePlace, grayOf, same, TempDir } from "./pictures.ts";
import { commandLine, portOf, Program, startClient, startServer, until } from "./programs.ts";

interface Event {
  readonly sequence: number;
  readonly capturedAt: number;
  readonly filter: string;
  readonly boxes?: [number, number, number, number][];
  readonly [what: string]: unknown;
}

function parseLines(stdout: Uint8Array): Event[] {
  const lines = new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as Event);
}

Deno.test("client --filter faces --events: finds the face at its place, in 95 % of the searches", async () => {
  await using dir = new TempDir();
  await using server = startServer(["-i", await faceFilm(dir), "--loop"]);
  const args = ["320", "240", "--filter", "faces", "--events", "-", "--duration", "4"];
  await using client = startClient(await portOf(server), args);
  const { code, stdout, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  const events = parseLines(stdout);
  assert(events.length > 30, `only ${events.length} searches in 4 s`);
  // The position of a received frame in the film is not known: the face is anywhere on its path.
  const near = events.filter(({ boxes }) => boxes?.some((box) => facePlace(box)));
  assert(near.length >= 0.95 * events.length, `${near.length} of ${events.length}`);
  assertEquals(events.filter(({ boxes }) => (boxes?.length ?? 0) > 1).length, 0);
});

Deno.test("client --events-only-on change: writes a line only when the number of detections has changed", async () => {
  await using dir = new TempDir();
  await using server = startServer(["-i", await faceFilm(dir), "--loop"]);
  const filter = ["--filter", "faces", "--events", "-", "--events-only-on", "change"];
  await using client = startClient(await portOf(server), [
    "320",
    "240",
    ...filter,
    "--duration",
    "3",
  ]);
  const counts = parseLines((await client.end()).stdout).map(({ boxes }) => boxes?.length);
  assert(counts.length >= 1);
  assert(counts.every((count, i) => i === 0 || count !== counts[i - 1]), String(counts));
});

Deno.test("client --filter: frames have the size of the filter's output; boxes are in pixels of the received frame", async () => {
  await using server = startServer(["--test", "-r", "320x240"]);
  const filter = ["--filter", "resize=width=160,edges", "--frames", "5", "-o", "-"];
  await using client = startClient(await portOf(server), ["320", "240", ...filter]);
  const { stdout, stderr } = await client.end();
  assertEquals(stdout.length, 5 * 160 * 120, stderr);
  const values = new Set(stdout);
  assertEquals(values, new Set([0, 255]));
});

Deno.test("server --filter: every client gets the processed frames, with their size", async () => {
  await using server = startServer([
    "--test",
    "-r",
    "320x240",
    "--filter",
    "resize=80:40,threshold",
  ]);
  await server.line(/^width: +80$/);
  await server.line(/^height: +40$/);
  await using client = startClient(await portOf(server), ["80", "40", "--frames", "5", "-o", "-"]);
  const frames = cutFrames((await client.end()).stdout, 80 * 40);
  assertEquals(frames.length, 5);
  for (const frame of frames) assert(frame.every((value) => value === 0 || value === 255));
});

const MINE = `export default function ({ cv, width, height, options, report }) {
  let frames = 0;
  return {
    process(mat) {
      report({ size: [width, height], level: options.level, frames: ++frames });
      if (frames === 3) throw new Error("oops");
      const negative = new cv.Mat();
      cv.bitwise_not(mat, negative);
      return negative;
    },
  };
}
`;

Deno.test("client --filter ./mine.js: the user's filter runs and reports; its failure is logged once with file and line", async () => {
  await using dir = new TempDir();
  const film = dir.file("black.gray");
  await Deno.writeFile(film, new Uint8Array(64 * 48 * 10));
  await Deno.writeTextFile(dir.file("mine.js"), MINE);
  const raw = "-f rawvideo -pixel_format gray -video_size 64x48 -framerate 30";
  await using server = startServer(["-i", film, "--loop", "--input-options", raw]);
  const filter = ["--filter", `${dir.file("mine.js")}=level=7`, "--events", dir.file("events")];
  const args = ["64", "48", ...filter, "--frames", "6", "-o", "-"];
  await using client = startClient(await portOf(server), args);
  const { stdout, stderr } = await client.end();
  const frames = cutFrames(stdout, 64 * 48).map((frame) => new Set(frame));
  const [white, black] = [new Set([255]), new Set([0])];
  assertEquals(frames, [white, white, black, white, white, white]);
  assertEquals(stderr.match(/oops/g)?.length, 1);
  assertMatch(stderr, /warning: filter mine.js: oops \(mine.js:6:\d+\)/);
  const events = parseLines(await Deno.readFile(dir.file("events")));
  assertEquals(events[0]?.level, "7");
  assertEquals(events[0]?.size, [64, 48]);
  assertEquals(events.slice(0, 3).map(({ frames }) => frames), [1, 2, 3]);
});

Deno.test("client --filter faces=plain=1: a slow detector lowers its own rate, not the stream's", async () => {
  await using dir = new TempDir();
  await using server = startServer(["-i", await faceFilm(dir), "--loop", "-r", "640x480"]);
  const filter = ["--filter", "faces=plain=1:min=20:scale=1.05", "--events", dir.file("events")];
  const args = ["640", "480", ...filter, "--duration", "4", "-o", dir.file("out.gray")];
  await using client = startClient(await portOf(server), args);
  const { code, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  const frames = (await Deno.stat(dir.file("out.gray"))).size / (640 * 480);
  const looks = parseLines(await Deno.readFile(dir.file("events"))).length;
  assert(looks > 0 && frames > 2 * looks, `${frames} frames, ${looks} looks`);
});

Deno.test("client --filter faces=rate=2:draw=0: searches twice a second, and does not change the picture", async () => {
  await using dir = new TempDir();
  const movie = await faceMovie(dir, 10);
  await using server = startServer(["-i", movie]);
  const filter = ["--filter", "faces=rate=2:draw=0", "--events", dir.file("events")];
  const args = ["320", "240", ...filter, "--duration", "3", "-o", dir.file("out.gray")];
  await using client = startClient(await portOf(server), args);
  assertEquals((await client.end()).code, 0);
  const looks = parseLines(await Deno.readFile(dir.file("events"))).length;
  assert(looks >= 2 && looks <= 7, `${looks} looks in 3 s`);
  const film = cutFrames(await grayOf(movie), 320 * 240);
  const got = cutFrames(await Deno.readFile(dir.file("out.gray")), 320 * 240);
  assert(
    got.every((frame) => film.some((original) => same(frame, original))),
    "a frame was changed",
  );
});

Deno.test("client --filter faces=sync=1: each frame has the boxes of its own search, and --stats has its duration", async () => {
  await using dir = new TempDir();
  await using server = startServer(["-i", await faceFilm(dir), "--loop"]);
  const filter = ["--filter", "faces=sync=1:draw=0", "--events", dir.file("events")];
  const out = ["--frames", "20", "-o", dir.file("out.gray"), "--stats", dir.file("stats")];
  await using client = startClient(await portOf(server), ["320", "240", ...filter, ...out]);
  const { code, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  const events = parseLines(await Deno.readFile(dir.file("events")));
  const frames = cutFrames(await Deno.readFile(dir.file("out.gray")), 320 * 240);
  using cascade = new Cascade(cv, loadModel("alt2"), "alt2");
  using mat = new cv.Mat(240, 320, cv.CV_8UC1);
  const wanted = frames.map((frame) => {
    mat.data.set(frame);
    return cascade.detect(mat, { scale: 1.1, neighbours: 3, min: 30 });
  });
  assertEquals(events.slice(0, 20).map(({ boxes }) => boxes), wanted);
  const figures = parseLines(await Deno.readFile(dir.file("stats"))).at(-1);
  assert(Number(figures?.filter) > 0, JSON.stringify(figures));
});

Deno.test("server --filter: nothing is processed while nobody watches", async () => {
  await using dir = new TempDir();
  const words = 'export default () => ({ process() { console.error("processed"); } });';
  await Deno.writeTextFile(dir.file("tell.js"), words);
  const args = ["--test", "-r", "64x48", "--filter", dir.file("tell.js"), "--frames", "90"];
  await using server = startServer([...args, "--http", "0"]);
  const port = await portOf(server);
  const processed = () => server.errors.filter((line) => line === "processed").length;
  const { errors } = server;
  using _conn = await server.line(/^watch:/).then(async () => {
    const [, page] = await server.line(/^web: +(http.*)$/);
    await until("frames are captured while nobody watches", async () => {
      const metrics = await (await fetch(`${page}metrics`)).text();
      return Number(/^framewire_captured_frames_total (\d+)$/m.exec(metrics)?.[1]) >= 30;
    });
    assertEquals(processed(), 1, errors.join("\n")); // the test run with a black picture
    return await Deno.connect({ hostname: "127.0.0.1", port });
  });
  await server.end();
  assert(processed() > 10, `${processed()} frames were processed for a client`);
});

Deno.test("client --filter --frames 1: the one search is reported, and a filter is closed at the end", async () => {
  await using dir = new TempDir();
  await Deno.writeTextFile(
    dir.file("end.js"),
    "export default ({ report }) => ({ process() {}, close() { report({ closed: true }); } });",
  );
  await using server = startServer(["-i", await faceFilm(dir), "--loop"]);
  const filter = ["--filter", `faces,${dir.file("end.js")}`, "--events", "-", "--frames", "1"];
  await using client = startClient(await portOf(server), ["320", "240", ...filter]);
  const { code, stdout, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  const events = parseLines(stdout);
  assertEquals(events.filter(({ filter }) => filter === "faces").length, 1);
  assertEquals(events.at(-1)?.closed, true);
});

const bad: [filter: string, code: number, words: string][] = [
  ["fases", 2, 'did you mean "faces"'],
  ["faces=scael=1", 2, 'did you mean "scale"'],
  ["faces=cascade=/nosuch.xml", 1, "/nosuch.xml"],
  ["/nosuch/mine.js", 1, "mine.js"],
];
for (const [filter, code, words] of bad) {
  Deno.test(`client --filter ${filter}: exit ${code}, two lines`, async () => {
    await using server = startServer(["--test", "-r", "64x48"]);
    await using client = startClient(await portOf(server), ["64", "48", "--filter", filter]);
    const end = await client.end();
    assertEquals(end.code, code, end.stderr);
    assertStringIncludes(end.stderr, words);
    assertMatch(end.stderr, /^error: .*\nhint: /m);
  });
}

Deno.test("--filter list: names each filter with its parameters, on stdout", async () => {
  await using client = new Program(...commandLine("client", ["--filter", "list"]));
  const { code, stdout } = await client.end();
  assertEquals(code, 0);
  const list = new TextDecoder().decode(stdout);
  for (const name of ["faces", "eyes", "people", "motion", "edges", "text"]) {
    assertMatch(list, new RegExp(`^${name}: `, "m"));
  }
  assertMatch(list, /^ {4}scale=1.1 /m);
  assertMatch(list, /^ {4}workers=[1-4] /m);
  assertMatch(list, /^ {4}sync=0 /m);
});
