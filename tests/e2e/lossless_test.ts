/** `./server --lossless`: every client gets every frame of a film, and the film waits for the slowest. */

import { parseAnswer } from "../../lib/wire/hello.ts";
import { assertEquals, assertMatch } from "../assert.ts";
import { cutFrames, grayOf, same, TempDir } from "./pictures.ts";
import { portOf, run, startClient, startServer, within } from "./programs.ts";

const FRAMES = 60;

/** A film of `FRAMES` frames, no two alike. */
async function film(dir: TempDir, size: string): Promise<string> {
  const file = dir.file("film.mp4");
  const picture = ["-f", "lavfi", "-i", `testsrc2=size=${size}:rate=25`];
  const coded = ["-frames:v", String(FRAMES), "-c:v", "libx264", "-preset", "ultrafast"];
  await run("ffmpeg", ["-v", "error", ...picture, ...coded, file]);
  return file;
}

/** The server of a film, which starts with `clients` of them. */
function serve(file: string, clients: number, ...args: string[]) {
  return startServer(["-i", file, "--lossless", "--wait-for-clients", String(clients), ...args]);
}

/** A silent client. */
function connect(port: number): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname: "127.0.0.1", port });
}

/** All that a connection gives. */
function readAll(conn: Deno.TcpConn): Promise<Uint8Array> {
  return within("the end of the film", new Response(conn.readable).bytes());
}

/** Takes 100 ms for a frame and reports it. */
const SLOW_FILTER = `
export default ({ report }) => ({
  process() {
    const end = performance.now() + 100;
    while (performance.now() < end);
    report({ data: {} });
  },
});`;

Deno.test("server --lossless: a slow filter and a silent client get every frame, bit for bit ffmpeg's", async () => {
  await using dir = new TempDir();
  const file = await film(dir, "64x48");
  await Deno.writeTextFile(dir.file("slow.js"), SLOW_FILTER);
  await using server = serve(file, 2);
  const port = await portOf(server);
  const outputs = ["-o", dir.file("film.y4m"), "--events", dir.file("events")];
  await using slow = startClient(port, ["--filter", dir.file("slow.js"), ...outputs, "-o", "-"]);
  await slow.line(/every frame/);
  const silent = await readAll(await connect(port));
  const [{ code, stdout, stderr }, served] = await Promise.all([slow.end(), server.end()]);
  assertEquals([code, served.code], [0, 0], stderr + served.stderr);
  const wanted = await grayOf(file);
  assertEquals(wanted.length, FRAMES * 64 * 48);
  assertEquals([same(silent, wanted), same(stdout, wanted)], [true, true], stderr);
  const events = (await Deno.readTextFile(dir.file("events"))).trim().split("\n");
  const numbers = events.map((line) => JSON.parse(line).sequence);
  assertEquals(numbers, Array.from({ length: FRAMES }, (_, i) => i));
  assertEquals(same(await grayOf(dir.file("film.y4m")), wanted), true, "the recording differs");
  assertMatch(served.stderr, /60 frames sent, 0 skipped[^]*60 frames sent, 0 skipped/);
});

Deno.test("server --lossless: a client that takes nothing is closed after --stall, the other gets every frame", async () => {
  await using dir = new TempDir();
  const file = await film(dir, "1280x720");
  await using server = serve(file, 2, "--stall", "1");
  const port = await portOf(server);
  using _stuck = await connect(port);
  await server.line(/1 now/);
  const all = await readAll(await connect(port));
  await server.line(/closed \(took no data for 1 s\)/);
  assertEquals(same(all, await grayOf(file)), true);
  assertEquals((await server.end()).code, 0);
});

Deno.test("server --lossless: mjpeg clients get every frame, the slow one too", async () => {
  await using dir = new TempDir();
  const file = await film(dir, "64x48");
  await Deno.writeTextFile(dir.file("slow.js"), SLOW_FILTER);
  await using server = serve(file, 2);
  const port = await portOf(server);
  const wire = ["--wire", "mjpeg", "-o", "-"];
  await using slow = startClient(port, [...wire, "--filter", dir.file("slow.js")]);
  await using quick = startClient(port, wire);
  const [first, second] = await Promise.all([slow.end(), quick.end()]);
  assertEquals([first.code, second.code], [0, 0], first.stderr + second.stderr);
  assertEquals(first.stdout.length, FRAMES * 64 * 48, first.stderr);
  assertEquals(same(first.stdout, second.stdout), true);
});

Deno.test("server --lossless: filters of the server process every frame", async () => {
  await using dir = new TempDir();
  const file = await film(dir, "64x48");
  await using server = serve(file, 1, "--filter", "flip=mode=both");
  const flipped = await readAll(await connect(await portOf(server)));
  const turned = cutFrames(await grayOf(file), 64 * 48).map((frame) => frame.toReversed());
  assertEquals(cutFrames(flipped, 64 * 48), turned);
});

Deno.test("server --lossless: the film waits while there is no client, and its answer says lossless=1", async () => {
  await using dir = new TempDir();
  await using server = serve(await film(dir, "64x48"), 1);
  const port = await portOf(server);
  using conn = await connect(port);
  await conn.write(new TextEncoder().encode("framewire/1 wire=y4m\n"));
  const text = await new Response(conn.readable).text();
  const answer = parseAnswer(text.slice(0, text.indexOf("\n")));
  assertEquals("error" in answer || answer.lossless, true);
  const numbers = [...text.matchAll(/Xseq=(\d+)/g)].map(([, number]) => Number(number));
  assertEquals(numbers, Array.from({ length: FRAMES }, (_, i) => i));
});

Deno.test("server --lossless: a source that does not wait is an error that says why", async () => {
  const table: [args: string[], words: RegExp, code: number][] = [
    [["--test", "--lossless"], /--lossless is given without a file: a camera does not wait/, 2],
    [
      ["-i", "rtsp://127.0.0.1:1/a", "--lossless"],
      /"rtsp:.*a": --lossless needs a file, and a live/,
      1,
    ],
    [["-i", "film.mp4", "--wait-for-clients", "2"], /--wait-for-clients is given without/, 2],
  ];
  await Promise.all(table.map(async ([args, words, code]) => {
    await using server = startServer(args);
    const end = await server.end();
    assertEquals(end.code, code, end.stderr);
    assertMatch(end.stderr, words);
    assertMatch(end.stderr, /^hint: .*$/m);
  }));
});
