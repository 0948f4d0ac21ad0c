/** The main job: what goes in at the server comes out at every client, bit for bit. */

import { assert, assertEquals, assertMatch } from "../assert.ts";
import { readStamp } from "../../lib/wire/stamp.ts";
import { cutFrames, faceMovie, findRun, grayOf, same, TempDir } from "./pictures.ts";
import { portOf, startClient, startServer } from "./programs.ts";

const SIZE = 320 * 240;

Deno.test("server and client: a film arrives bit for bit, without a gap, to its last frame", async () => {
  await using dir = new TempDir();
  const movie = await faceMovie(dir, 4);
  await using server = startServer(["-i", movie]);
  await using client = startClient(await portOf(server), [
    "320",
    "240",
    "-o",
    dir.file("out.gray"),
  ]);
  assertEquals((await client.end()).code, 0);
  assertEquals((await server.end()).code, 0);
  const received = cutFrames(await Deno.readFile(dir.file("out.gray")), SIZE);
  const film = cutFrames(await grayOf(movie), SIZE);
  assert(received.length > 30, `only ${received.length} frames came`);
  const at = findRun(received, film);
  assert(at >= 0, "the frames are not those of the movie in a row");
  assertEquals(at + received.length, film.length);
});

Deno.test("server: prints size, rate and the client's command", async () => {
  await using server = startServer(["--test", "-r", "322x242", "-f", "25"]);
  const port = await portOf(server);
  await server.line(new RegExp(`^watch: +./client 127.0.0.1 ${port}$`));
  const printed = server.errors.join("\n");
  for (
    const line of [
      /^source: +test picture$/m,
      /^width: +322$/m,
      /^height: +242$/m,
      /^rate: +25 fps$/m,
    ]
  ) {
    assertMatch(printed, line);
  }
});

Deno.test("server -r: scales and keeps the shape between black bars", async () => {
  await using dir = new TempDir();
  const movie = await faceMovie(dir, 2);
  // 4:3 into a square of 120: 120x90 in the middle, 15 black rows above and below.
  await using server = startServer(["-i", movie, "-r", "120x120"]);
  await using client = startClient(await portOf(server), [
    "120",
    "120",
    "--frames",
    "1",
    "-o",
    "-",
  ]);
  const { stdout } = await client.end();
  assertEquals(stdout.length, 120 * 120);
  assertEquals(
    new Set([...stdout.subarray(0, 15 * 120), ...stdout.subarray(-15 * 120)]),
    new Set([0]),
  );
  assert(stdout.subarray(15 * 120, 16 * 120).some((pixel) => pixel > 40), "row 15 is black");
  assert(stdout.subarray(104 * 120, 105 * 120).some((pixel) => pixel > 40), "row 104 is black");
});

Deno.test("server --stamp: each of several clients gets every frame, numbered and timed", async () => {
  await using server = startServer(["--test", "--stamp", "-r", "64x48", "-f", "60"]);
  const port = await portOf(server);
  const clients = Array.from(
    { length: 4 },
    // Without a greeting: TCP holds what a client that is still starting does not read at once.
    () => startClient(port, ["64", "48", "--raw", "--frames", "60", "-o", "-"]),
  );
  for (const client of clients) {
    await using running = client;
    const stamps = cutFrames((await running.end()).stdout, 64 * 48).map(readStamp);
    assertEquals(stamps.length, 60);
    const first = stamps[0]!.sequence;
    assertEquals(stamps.map((stamp) => stamp!.sequence), stamps.map((_, i) => first + i));
    const now = Date.now();
    for (const stamp of stamps) {
      assert(Math.abs(now - stamp!.capturedAt) < 60_000, "not the time of day");
    }
  }
});

Deno.test("server --loop: repeats a film, and a single picture", async () => {
  await using dir = new TempDir();
  const movie = await faceMovie(dir, 0.2);
  const film = cutFrames(await grayOf(movie), SIZE);
  await using server = startServer(["-i", movie, "--loop"]);
  await using client = startClient(await portOf(server), [
    "320",
    "240",
    "--frames",
    "20",
    "-o",
    "-",
  ]);
  const frames = cutFrames((await client.end()).stdout, SIZE);
  assert(frames.length === 20 && film.length === 6);
  assert(
    frames.filter((frame) => same(frame, film[0])).length >= 3,
    "the film began less than three times",
  );

  const picture = new URL("../media/astronaut.jpg", import.meta.url).pathname;
  await using still = startServer(["-i", picture, "--loop", "-r", "64x64"]);
  await using viewer = startClient(await portOf(still), ["64", "64", "--frames", "10", "-o", "-"]);
  assertEquals((await viewer.end()).stdout.length, 10 * 64 * 64);
});

Deno.test("server --no-pace: plays all of a film faster than its rate", async () => {
  await using dir = new TempDir();
  const movie = await faceMovie(dir, 30);
  await using server = startServer(["-i", movie, "--no-pace"]);
  const { code, stderr } = await server.end();
  assertEquals(code, 0);
  assertMatch(stderr, /ended after 900 frames in \d\.\d s/); // 30 s of film in less than 10
});

Deno.test("server --frames: ends after so many frames, and sends the last", async () => {
  await using server = startServer(["--test", "--stamp", "-r", "64x48", "--frames", "30"]);
  await using client = startClient(await portOf(server), ["64", "48", "-o", "-"]);
  const { code, stdout } = await client.end();
  assertEquals([code, (await server.end()).code], [0, 0]);
  assertEquals(readStamp(cutFrames(stdout, 64 * 48).at(-1)!)!.sequence, 29);
});

Deno.test("server -i -: reads stdin, with ffmpeg's own options for it, to its end", async () => {
  const options = "-f rawvideo -pixel_format gray -video_size 4x3 -framerate 25";
  const args = ["-i", "-", "--no-pace", "--input-options", options];
  await using server = startServer(args, { stdin: "piped" });
  const writer = server.stdin.getWriter();
  let fed = 0;
  let feeding = true;
  const feed = (async () => {
    while (feeding) await writer.write(new Uint8Array(12).fill(fed++ % 251));
    await writer.close();
  })();
  await using client = startClient(await portOf(server), ["4", "3", "--frames", "60", "-o", "-"]);
  const { stdout } = await client.end();
  feeding = false;
  await feed;
  assertEquals((await server.end()).code, 0);
  assertEquals(stdout.length, 60 * 12);
  for (const frame of cutFrames(stdout, 12)) assertEquals(new Set(frame).size, 1);
});

Deno.test("client --duration: ends after so many seconds", async () => {
  await using server = startServer(["--test", "-r", "64x48", "-f", "30"]);
  await using client = startClient(await portOf(server), [
    "64",
    "48",
    "--duration",
    "1",
    "-o",
    "-",
  ]);
  const { code, stdout } = await client.end();
  assertEquals(code, 0);
  assert(stdout.length >= 10 * 64 * 48, "less than ten frames in a second");
});
