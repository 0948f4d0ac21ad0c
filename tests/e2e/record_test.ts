/** The client's records, checked with ffprobe. */

import { assert, assertAlmostEquals, assertEquals, assertGreaterOrEqual } from "../assert.ts";
import { assertMatch, assertStringIncludes } from "../assert.ts";
import { FullDisk } from "./full_disk.ts";
import { TempDir } from "./pictures.ts";
import { probe } from "./probe.ts";
import { childrenOf, lives } from "./process_figures.ts";
import {
  commandLine,
  hasBytes,
  installed,
  portOf,
  Program,
  run,
  startClient,
  startServer,
  until,
} from "./programs.ts";

const SMALL = ["--test", "-r", "160x120", "-f", "30"];
const FRAME_BYTES = 160 * 120;

/** How many frames a file of pixels holds. */
async function frames(file: string): Promise<number> {
  return (await Deno.stat(file)).size / FRAME_BYTES;
}

function names(dir: TempDir): string[] {
  return [...Deno.readDirSync(dir.path)].map(({ name }) => name).sort();
}

Deno.test("client -o: the ending chooses the format, and files have all frames", async () => {
  await using dir = new TempDir();
  await using server = startServer(SMALL);
  const table: [ending: string, codec: string][] = [
    ["mp4", "h264"],
    ["mkv", "h264"],
    ["webm", "vp8"],
    ["avi", "mjpeg"],
    ["y4m", "rawvideo"],
  ];
  const outputs = table.flatMap(([ending]) => ["-o", dir.file(`film.${ending}`)]);
  const args = [...outputs, "-o", dir.file("film.gray"), "--frames", "60"];
  await using client = startClient(await portOf(server), args);
  const { code, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  let duration = 0;
  for (const [ending, codec] of table) {
    const film = await probe(dir.file(`film.${ending}`));
    assertEquals([film.codec, film.size], [codec, "160x120"], ending);
    const last = film.times.at(-1)!;
    if (ending === "mp4") duration = last;
    if (["avi", "y4m"].includes(ending)) {
      // With a constant rate a frame is repeated where the next one was late.
      assertAlmostEquals(last, duration, 0.6, ending);
      assertGreaterOrEqual(film.times.length, 60);
    } else {
      assertEquals(film.times.length, 60, ending);
    }
    assertMatch(
      stderr,
      new RegExp(
        `recorded .*film\\.${ending}: 0:00:0\\d, [\\d.]+ [kM]B, ${film.times.length} frames`,
      ),
    );
  }
  assertEquals((await Deno.stat(dir.file("film.gray"))).size, 60 * 160 * 120);
});

Deno.test("client -o film.mp4: frames keep their times, and a gap stays a gap", async () => {
  await using dir = new TempDir();
  await using server = startServer([...SMALL, "--source-timeout", "60"]);
  const films = ["film.mp4", "film.mkv", "film.gray"].flatMap((name) => ["-o", dir.file(name)]);
  const stats = dir.file("stats");
  await using client = startClient(await portOf(server), [...films, "--stats", stats]);
  await hasBytes(dir.file("film.gray"), 30 * FRAME_BYTES);
  const [camera] = (await childrenOf(server.pid)).sort((a, b) => a - b);
  Deno.kill(camera!, "SIGSTOP");
  const stoppedAt = performance.now();
  // The figures have a line each second.
  const silent = async () => (await Deno.readTextFile(stats)).match(/"frames":0/g)?.length ?? 0;
  await until("no frame has come for 2 s", async () => await silent() >= 2);
  Deno.kill(camera!, "SIGCONT");
  const gap = (performance.now() - stoppedAt) / 1000;
  await hasBytes(dir.file("film.gray"), (await frames(dir.file("film.gray")) + 15) * FRAME_BYTES);
  client.kill("SIGINT");
  assertEquals((await client.end()).code, 0);
  for (const name of ["film.mp4", "film.mkv"]) {
    const { times } = await probe(dir.file(name));
    const gaps = times.slice(1).map((time, i) => time - times[i]!);
    const longest = Math.max(...gaps);
    assertAlmostEquals(longest, gap, 0.6, `${name}: the longest gap`);
    assert(gaps.every((gap) => gap > 0), `${name}: times go back`);
  }
});

Deno.test({
  name: "client -o: a film plays to its last whole second after a SIGKILL of client and ffmpeg",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using dir = new TempDir();
    await using server = startServer(SMALL);
    const port = await portOf(server);
    const films = ["a.mp4", "a.mkv", "a.gray"].flatMap((name) => ["-o", dir.file(name)]);
    await using client = startClient(port, films);
    await hasBytes(dir.file("a.gray"), 135 * FRAME_BYTES);
    for (const pid of await childrenOf(client.pid)) Deno.kill(pid, "SIGKILL");
    client.kill("SIGKILL");
    await client.status;
    for (const name of ["a.mp4", "a.mkv"]) {
      const { times } = await probe(dir.file(name));
      assertGreaterOrEqual(times.at(-1)!, 2.9, name); // of 4.5, whole seconds, on a busy machine
    }
  },
});

Deno.test({
  name: "client -o: Ctrl-C, which reaches ffmpeg too, leaves the film whole",
  ignore: !installed("setsid"),
  fn: async () => {
    await using dir = new TempDir();
    await using server = startServer(SMALL);
    const films = ["a.mp4", "a.mkv", "a.webm"];
    const outputs = [...films, "a.gray"].flatMap((name) => ["-o", dir.file(name)]);
    const all = ["127.0.0.1", String(await portOf(server)), "--display", "none", ...outputs];
    const [command, args] = commandLine("client", all);
    await using client = new Program("setsid", [command, ...args]); // a process group of its own
    await hasBytes(dir.file("a.gray"), 60 * FRAME_BYTES);
    await run("kill", ["-INT", "--", `-${client.pid}`]);
    const { code, stderr } = await client.end();
    assertEquals(code, 0, stderr);
    const count = Number(/ended after (\d+) frames?/.exec(stderr)?.[1]);
    for (const name of films) {
      assertEquals((await probe(dir.file(name))).times.length, count, name);
    }
  },
});

Deno.test({
  name: "client -o: an ffmpeg that hangs is an error at the end, exit code 1, and is killed",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using dir = new TempDir();
    await using server = startServer(SMALL);
    await using client = startClient(await portOf(server), ["-o", dir.file("a.mp4")]);
    await client.line(/^receiving/);
    await until("ffmpeg writes", () => Deno.stat(dir.file("a.mp4")).then(() => true, () => false));
    const [ffmpeg] = await childrenOf(client.pid);
    Deno.kill(ffmpeg!, "SIGSTOP");
    client.kill("SIGINT");
    const { code, stderr } = await client.end();
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, "ffmpeg has stopped reading frames");
    await until("it is gone", () => !lives(ffmpeg!));
  },
});

Deno.test("client --segment with a number continues after the files of an earlier run", async () => {
  await using dir = new TempDir();
  await using server = startServer(SMALL);
  const port = await portOf(server);
  for (const name of ["v007.y4m", "v12.y4m", "v0100.y4m", "other.y4m"]) {
    await Deno.writeTextFile(dir.file(name), "mine");
  }
  const args = ["-o", dir.file("v%03d.y4m"), "--segment", "60", "--keep", "1", "--frames", "3"];
  await using client = startClient(port, args);
  assertEquals((await client.end()).code, 0);
  assertEquals(names(dir), ["other.y4m", "v008.y4m", "v0100.y4m", "v12.y4m"]);
});

Deno.test("client --segment, --keep: files of 1 s, and only the newest are kept", async () => {
  await using dir = new TempDir();
  await using server = startServer(SMALL);
  const args = ["-o", dir.file("cam_%03d.mp4"), "--segment", "1", "--keep", "2", "--duration", "5"];
  await using client = startClient(await portOf(server), args);
  const { code, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  const left = names(dir);
  assertEquals(left.length, 2, left.join());
  assertMatch(left[1]!, /^cam_00[4-6]\.mp4$/);
  const { times } = await probe(dir.file(left[0]!));
  assert(times.length >= 25 && times.length <= 33, `${times.length} frames in a second`);
});

Deno.test("client -o with a pattern of the time, and --segment without a pattern", async () => {
  await using dir = new TempDir();
  await using server = startServer(SMALL);
  const port = await portOf(server);
  await using one = startClient(port, ["-o", dir.file("%Y-%m-%d_%H-%M-%S.mkv"), "--frames", "5"]);
  assertEquals((await one.end()).code, 0);
  assertMatch(names(dir)[0]!, /^\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.mkv$/);
  await using many = startClient(port, [
    "-o",
    dir.file("x.y4m"),
    "--segment",
    "9",
    "--frames",
    "5",
  ]);
  assertEquals((await many.end()).code, 0);
  assertMatch(names(dir)[1]!, /^x_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.y4m$/);
});

Deno.test("client -o %04d.png and new.jpg: a still for each frame, and the newest still", async () => {
  await using dir = new TempDir();
  await using server = startServer(SMALL);
  const args = ["-o", dir.file("%04d.png"), "-o", dir.file("new.jpg"), "--frames", "10"];
  await using client = startClient(await portOf(server), args);
  const { code, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  const stills = Array.from({ length: 10 }, (_, i) => `${String(i + 1).padStart(4, "0")}.png`);
  assertEquals(names(dir), [...stills, "new.jpg"]);
  assertEquals((await probe(dir.file("new.jpg"))).size, "160x120");
});

/** A still film in which a box moves between two times, in seconds. */
async function movingFilm(dir: TempDir, from: number, to: number, end: number): Promise<string> {
  const film = dir.file("film.mkv");
  const box =
    `drawbox=x='20+40*mod(t*2,2)':y=40:w=40:h=40:c=white:t=fill:enable='between(t,${from},${to})'`;
  await run("ffmpeg", [
    ...["-v", "error", "-f", "lavfi", "-i", `color=c=gray:s=160x120:r=30:d=${end},${box}`],
    ...["-c:v", "ffv1", film],
  ]);
  return film;
}

Deno.test("client --on motion: records the motion, the seconds before and after it, and nothing else", async () => {
  await using dir = new TempDir();
  const film = await movingFilm(dir, 4, 6, 11);
  await using server = startServer(["-i", film]);
  const when = ["--on", "motion", "--before", "1", "--after", "1.5"];
  const args = ["--filter", "motion=draw=0", "-o", dir.file("found.mp4"), ...when];
  await using client = startClient(await portOf(server), args);
  const { code, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  const found = names(dir).filter((name) => /^found_.*\.mp4$/.test(name));
  assertEquals(found.length, 1, stderr);
  const { times } = await probe(dir.file(found[0]!));
  // 1 s before, 2 of motion, up to 1 until the filter finds nothing, 1.5 after.
  assert(times.at(-1)! >= 3 && times.at(-1)! <= 6.5, `${times.at(-1)} s`);
});

Deno.test({
  name: "client -o film.mp4: a full disk is an error that ends only this output",
  ignore: !FullDisk.possible(),
  fn: async () => {
    await using dir = new TempDir();
    await using disk = await FullDisk.mount(dir.file("disk"));
    await using server = startServer(["--test", "-r", "640x480"]);
    const args = ["-o", disk.file("film.mp4"), "-o", "-"];
    await using client = startClient(await portOf(server), args);
    await client.line(/the disk is full; the other outputs continue/);
    client.kill("SIGINT");
    const { code, stderr } = await client.end();
    assertEquals(code, 1, stderr);
  },
});

Deno.test({
  name: "client -o s.jpg: a full disk ends this output, and no temporary file is left",
  ignore: !FullDisk.possible(),
  fn: async () => {
    await using dir = new TempDir();
    await using disk = await FullDisk.mount(dir.file("disk"));
    await Deno.writeFile(disk.file("filler"), new Uint8Array(90_000));
    await using server = startServer(["--test", "-r", "640x480"]);
    await using client = startClient(await portOf(server), ["-o", disk.file("s.jpg")]);
    const { code, stderr } = await client.end();
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, "the disk is full");
    const left = [...Deno.readDirSync(dir.file("disk"))].map(({ name }) => name);
    assert(!left.includes("s.jpg.tmp"), left.join());
  },
});

Deno.test("client -o: bad names and combinations of options are errors at once", async () => {
  const table: [args: string[], code: number, words: string][] = [
    [["-o", "film.gif"], 2, ".mp4 .m4v .mov .mkv"],
    [["-o", "ftp://x/y"], 2, "rtmp://"],
    [["-o", "/nosuch/film.mp4"], 1, "there is no such directory"],
    [["-o", "/nosuch/%H.mp4"], 1, "there is no such directory"],
    [["-o", "rtmp://"], 2, "wanted a host"],
    [["-o", "udp://127.0.0.1"], 2, "a host and a port"],
    [["-o", "%040d.png"], 2, "too many digits"],
    [["-o", "a.mp4", "-o", "./a.mp4"], 2, "is used by two options"],
    [["--segment", "5"], 2, "--segment is given without a file"],
    [["--keep", "5", "-o", "x.mp4"], 2, "--keep is given without"],
    [["--on", "faces", "-o", "x.mp4"], 2, "add it: --filter faces"],
    [["--exec", "A=b c"], 2, "wanted a program"],
  ];
  for (const [args, code, words] of table) {
    await using client = startClient(1, args);
    const ended = await client.end();
    assertEquals([ended.code, ended.stderr.split("\n").length], [code, 2], ended.stderr);
    assertStringIncludes(ended.stderr, words);
  }
});
