/** Other programs as clients of our server, and as servers for our client. */

import { assert, assertEquals, assertMatch } from "../assert.ts";
import { cutFrames, faceMovie, findRun, grayOf, TempDir } from "./pictures.ts";
import {
  freePort,
  installed,
  portOf,
  Program,
  startClient,
  startServer,
  until,
} from "./programs.ts";

const SIZE = 320 * 240;

/** Commands that write 20 raw frames of our stream to FILE. */
const viewers: [name: string, tools: string[], args: (port: number, file: string) => string[]][] = [
  ["ffmpeg", ["ffmpeg"], (port, file) => [
    ...[
      "ffmpeg",
      "-v",
      "error",
      "-f",
      "rawvideo",
      "-pixel_format",
      "gray",
      "-video_size",
      "320x240",
    ],
    ...["-i", `tcp://127.0.0.1:${port}`, "-frames:v", "20", "-f", "rawvideo", file],
  ]],
  ["nc", ["nc"], (port, file) => [
    ...["sh", "-c", `nc 127.0.0.1 ${port} </dev/null | head -c ${20 * SIZE} >${file}`],
  ]],
  ["GStreamer", ["gst-launch-1.0"], (port, file) => [
    ...["gst-launch-1.0", "-q", "tcpclientsrc", "host=127.0.0.1", `port=${port}`, "!"],
    ...[
      "rawvideoparse",
      "width=320",
      "height=240",
      "format=gray8",
      "!",
      "identity",
      "eos-after=21",
    ],
    ...["!", "filesink", `location=${file}`],
  ]],
];
for (const [name, tools, args] of viewers) {
  Deno.test({
    name: `server: ${name} reads the stream, bit for bit`,
    ignore: !installed(...tools),
    fn: async () => {
      await using dir = new TempDir();
      const movie = await faceMovie(dir, 3);
      await using server = startServer(["-i", movie, "--loop"]);
      const [command = "", ...rest] = args(await portOf(server), dir.file("got.gray"));
      await using viewer = new Program(command, rest);
      const { code, stderr } = await viewer.end();
      assertEquals(code, 0, stderr);
      const got = cutFrames(await Deno.readFile(dir.file("got.gray")), SIZE).slice(0, 20);
      assertEquals(got.length, 20);
      const film = cutFrames(await grayOf(movie), SIZE);
      assert(
        findRun(got, [...film, ...film]) >= 0,
        "the frames are not those of the movie in a row",
      );
    },
  });
}

/** Commands that serve a raw film of 320x240 on a port, to one client. */
const senders: [name: string, tools: string[], args: (port: number, film: string) => string[]][] = [
  ["ffmpeg", ["ffmpeg"], (port, film) => [
    ...[
      "ffmpeg",
      "-v",
      "error",
      "-f",
      "rawvideo",
      "-pixel_format",
      "gray",
      "-video_size",
      "320x240",
    ],
    ...["-i", film, "-f", "rawvideo", `tcp://127.0.0.1:${port}?listen=1`],
  ]],
  ["nc", ["nc"], (port, film) => ["sh", "-c", `nc -l -N 127.0.0.1 ${port} <${film}`]],
];
for (const [name, tools, args] of senders) {
  Deno.test({
    name: `client: reads what ${name} serves, bit for bit`,
    ignore: !installed(...tools),
    fn: async () => {
      await using dir = new TempDir();
      const film = await grayOf(await faceMovie(dir, 1));
      await Deno.writeFile(dir.file("film.gray"), film);
      const port = freePort();
      const [command = "", ...rest] = args(port, dir.file("film.gray"));
      await using _sender = new Program(command, rest);
      const got = await firstSuccess(port, ["320", "240", "-o", "-"]);
      assertEquals(got.length, film.length);
      assert(findRun(cutFrames(got, SIZE), cutFrames(film, SIZE)) === 0);
    },
  });
}

Deno.test({
  name: "client --stride: reads GStreamer's tcpserversink, which pads the rows of 323x240 to 324",
  ignore: !installed("gst-launch-1.0"),
  fn: async () => {
    const port = freePort();
    const caps = "video/x-raw,format=GRAY8,width=323,height=240,framerate=30/1";
    await using _sender = new Program("gst-launch-1.0", [
      ...["-q", "videotestsrc", "is-live=true", "pattern=smpte", "!", caps, "!"],
      ...["tcpserversink", "host=127.0.0.1", `port=${port}`],
    ]);
    const size = ["323", "240", "--stride", "324", "--frames", "5", "-o", "-"];
    const frames = cutFrames(await firstSuccess(port, size), 323 * 240);
    assertEquals(frames.length, 5);
    // The bars of this picture are vertical: the rows of its upper half are all equal.
    const [frame] = frames;
    const row = (y: number) => frame!.subarray(y * 323, (y + 1) * 323).toString();
    for (let y = 1; y < 120; y++) assertEquals(row(y), row(0), `row ${y}`);
  },
});

Deno.test({
  name: "client --raw: reads the film of ffmpeg -re to its last frame, exit code 0",
  ignore: !installed("ffmpeg"),
  fn: async () => {
    await using dir = new TempDir();
    const movie = await faceMovie(dir, 1);
    const port = freePort();
    const output = ["-pix_fmt", "gray", "-f", "rawvideo", `tcp://127.0.0.1:${port}?listen=1`];
    await using _sender = new Program("ffmpeg", ["-v", "error", "-re", "-i", movie, ...output]);
    const got = await firstSuccess(port, ["320", "240", "--raw", "-o", "-"]);
    assertEquals(got.length, (await grayOf(movie)).length);
  },
});

Deno.test("client: a server without a greeting that cuts its last frame and ends is an error", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using client = startClient(listener.addr.port, ["64", "48", "-o", "-"]);
  const conn = await listener.accept();
  await conn.write(new Uint8Array(64 * 48 * 3 / 2));
  listener.close();
  conn.close();
  await client.line(/^warning: lost .*; retrying$/);
  const { code, stdout, stderr } = await client.end();
  assertEquals([code, stdout.length], [1, 64 * 48]);
  assertMatch(
    stderr,
    /error: .*frame 1 was cut.*; no server listens there any more\nhint: .*--raw/,
  );
});

/** The client's stdout, from the first attempt at which the other server listens. */
async function firstSuccess(port: number, args: string[]): Promise<Uint8Array> {
  let got = new Uint8Array();
  await until("the server listens", async () => {
    await using client = startClient(port, args);
    const { code, stdout, stderr } = await client.end();
    if (code !== 0 && !stderr.includes("no server listens")) throw new Error(stderr);
    got = new Uint8Array(stdout);
    return code === 0;
  });
  return got;
}

Deno.test({
  name: "docs/protocol.md: its client in Python greets, acknowledges and reads frames",
  ignore: !installed("python3"),
  fn: async () => {
    const text = await Deno.readTextFile(new URL("../../docs/protocol.md", import.meta.url));
    const [, code = ""] = /```python\n(.*?)```/s.exec(text) ?? [];
    await using server = startServer(["--test", "-r", "64x48", "--frames", "60"]);
    const port = String(await portOf(server));
    await using client = new Program("python3", ["-c", code, "127.0.0.1", port]);
    const { code: exit, stdout, stderr } = await client.end();
    assertEquals(exit, 0, stderr);
    const lines = new TextDecoder().decode(stdout).trim().split("\n").map((line) =>
      line.split(" ").map(Number)
    );
    assert(lines.length >= 20, `${lines.length} frames`);
    assertEquals(lines.at(-1)?.[0], 59);
    assert(lines.every(([, mean = -1]) => mean > 0 && mean < 255));
  },
});
