/** Clients that send a greeting: no size to type, y4m, mjpeg, refusals; and other programs that read the wires. */

import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "../assert.ts";
import { cutFrames, faceMovie, findRun, grayOf, TempDir } from "./pictures.ts";
import {
  freePort,
  installed,
  portOf,
  Program,
  run,
  startClient,
  startServer,
  until,
  within,
} from "./programs.ts";

const SIZE = 320 * 240;
const latin1 = new TextDecoder("latin1");

/** Sends text to a server and reads its first bytes, up to `most`, or to the end. */
async function ask(port: number, words: string | Uint8Array, most: number): Promise<Uint8Array> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const said = typeof words === "string" ? new TextEncoder().encode(words) : words;
  if (said.length > 0) await conn.write(said);
  const got = new Uint8Array(most);
  let length = 0;
  const read = async () => {
    for (let count; length < most && (count = await conn.read(got.subarray(length))) !== null;) {
      length += count;
    }
  };
  await within("an answer", read());
  return got.subarray(0, length);
}

for (const wire of ["auto", "y4m", "raw"]) {
  Deno.test(`client --wire ${wire}: needs no size and gives every frame, bit for bit`, async () => {
    await using dir = new TempDir();
    const movie = await faceMovie(dir, 2);
    await using server = startServer(["-i", movie, "--loop"]);
    const args = ["--wire", wire, "--frames", "40", "-o", "-"];
    await using client = startClient(await portOf(server), args);
    const { code, stdout, stderr } = await client.end();
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, `receiving 320x240 ${wire === "auto" ? "y4m" : wire}`);
    const film = cutFrames(await grayOf(movie), SIZE);
    const got = cutFrames(stdout, SIZE);
    assertEquals(got.length, 40);
    assert(findRun(got, [...film, ...film]) >= 0, "the frames are not the movie's, in a row");
  });
}

Deno.test("client --wire mjpeg: good pictures, in order, from one encoder for all clients", async () => {
  await using dir = new TempDir();
  const movie = dir.file("clock.mp4"); // no two of its frames are alike
  const picture = ["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=30", "-t", "4"];
  await run("ffmpeg", ["-v", "error", ...picture, "-pix_fmt", "yuv420p", movie]);
  await using server = startServer(["-i", movie, "--loop"]);
  const port = await portOf(server);
  const mjpeg = ["--wire", "mjpeg", "-o", "-", "--frames"];
  await using first = startClient(port, [...mjpeg, "40"]);
  await using second = startClient(port, [...mjpeg, "40"]);
  await server.line(/connected \(2 now\): mjpeg/);
  await until("both are served", () => childrenOf(server.pid).length === 2);
  const film = cutFrames(await grayOf(movie), SIZE);
  for (const client of [first, second]) {
    const { code, stdout, stderr } = await client.end();
    assertEquals(code, 0, stderr);
    const got = cutFrames(stdout, SIZE);
    assertEquals(got.length, 40);
    let at = -1;
    for (const [i, picture] of got.entries()) {
      const nearest = film.reduce((best, frame, k) => {
        const difference = distance(picture, frame);
        return difference < best.difference ? { k, difference } : best;
      }, { k: -1, difference: Infinity });
      assertLess(nearest.difference, 5, `frame ${i} is none of the film`);
      if (i > 0) assert(nearest.k > at || at > film.length - 10, `frame ${nearest.k} after ${at}`);
      at = nearest.k;
    }
  }
  await until("the encoder has ended", () => childrenOf(server.pid).length === 1);
});

/** The mean difference of two pictures, in steps of gray, from every 41st pixel. */
function distance(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < a.length; i += 41, count++) sum += Math.abs(a[i]! - b[i]!);
  return sum / count;
}

/** The children of a process. */
function childrenOf(pid: number): string[] {
  const { stdout } = new Deno.Command("ps", { args: ["-o", "pid=", "--ppid", String(pid)] })
    .outputSync();
  return latin1.decode(stdout).trim().split("\n").filter((line) => line !== "");
}

Deno.test("client: a size that differs from the server's is an error that names both", async () => {
  await using server = startServer(["--test", "-r", "64x48"]);
  await using client = startClient(await portOf(server), ["32", "24"]);
  const { code, stderr } = await client.end();
  assertEquals(code, 1);
  assertStringIncludes(stderr, "server sends 64x48, you asked for 32x24");
  assertEquals(stderr.split("\n").length, 2);
});

Deno.test("client: a server without a greeting needs WIDTH and HEIGHT", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using client = startClient((listener.addr as Deno.NetAddr).port, []);
  using conn = await listener.accept();
  await conn.write(new Uint8Array(4 * 3));
  const { code, stderr } = await client.end();
  assertEquals(code, 1);
  assertStringIncludes(stderr, "error: The server does not announce the size of its frames");
  assertStringIncludes(stderr, "give WIDTH and HEIGHT");
});

Deno.test("client: with WIDTH and HEIGHT no greeting is sent to a server that sends at once", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using client = startClient((listener.addr as Deno.NetAddr).port, ["4", "3", "-o", "-"]);
  using conn = await listener.accept();
  await conn.write(new Uint8Array(4 * 3 * 2).fill(7));
  await conn.closeWrite();
  assertEquals((await client.end()).stdout, new Uint8Array(4 * 3 * 2).fill(7));
  assertEquals(await conn.read(new Uint8Array(100)), null);
});

Deno.test("client: a y4m stream of another program has its size", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using client = startClient((listener.addr as Deno.NetAddr).port, ["-o", "-"]);
  using conn = await listener.accept();
  const frame = "FRAME\nabcdefghijkl";
  await conn.write(new TextEncoder().encode(`YUV4MPEG2 W4 H3 F25:1 Cmono\n${frame}${frame}`));
  await conn.closeWrite();
  const { code, stdout, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  assertEquals(latin1.decode(stdout), "abcdefghijklabcdefghijkl");
});

Deno.test("client --stats: a line a second, and a last one for the whole run", async () => {
  await using server = startServer(["--test", "-r", "320x240"]);
  const args = ["--frames", "75", "--stats", "-"];
  await using client = startClient(await portOf(server), args);
  const { code, stdout } = await client.end();
  assertEquals(code, 0);
  const lines = latin1.decode(stdout).trim().split("\n").map((line) => JSON.parse(line));
  assert(lines.length >= 2 && lines.length <= 5, `${lines.length} lines`);
  const last = lines.at(-1);
  const { frames, skipped, bytes, wire, width, height } = last;
  assertEquals({ frames, bytes: bytes / frames, wire, width, height }, {
    frames: 75,
    bytes: SIZE,
    wire: "y4m",
    width: 320,
    height: 240,
  });
  assert(skipped >= 0 && last.seconds > 2 && last.fps > 10);
  // Both programs have the same clock: the offset is 0, and the age is exact.
  assertLess(Math.abs(last.clock.offset), last.clock.uncertainty + 0.5);
  const { p50, p95, p99, max } = last.age;
  assert(p50 >= 0 && p50 <= p95 && p95 <= p99 && p99 <= max && p50 < 50, JSON.stringify(last.age));
});

Deno.test("server: a malformed greeting is refused with the reason", async () => {
  await using server = startServer(["--test", "-r", "64x48"]);
  const port = await portOf(server);
  await using good = startClient(port, ["--duration", "4", "--stats", "-"]);
  const refusals: [words: string, answer: RegExp][] = [
    [
      "framewire/1 wire=h265\n",
      /^framewire\/1 error=hello wire is "h265", expected: raw, y4m, mjpeg, h264\n$/,
    ],
    [
      "framewire/2 wire=y4m\n",
      /^framewire\/1 error=hello the version is "framewire\/2", expected: framewire\/1\n$/,
    ],
    [`framewire/1 ${"x".repeat(600)}\n`, /^framewire\/1 error=hello .* longer than 512 bytes\n$/],
    ["framewire/1 wire=\0y4m\n", /^framewire\/1 error=hello .* not plain text\n$/],
    ["framewire/1 wire=y4m", /^framewire\/1 error=hello .* not ended\n$/],
  ];
  for (const [words, answer] of refusals) {
    assertMatch(latin1.decode(await ask(port, words, 1000)), answer);
  }
  const { stdout } = await good.end();
  const whole = JSON.parse(latin1.decode(stdout).trim().split("\n").at(-1) ?? "");
  assertLess(whole.skipped, 3);
});

Deno.test("server: bytes that are not a greeting are ignored, and raw frames are sent", async () => {
  await using server = startServer(["--test", "-r", "64x48"]);
  const port = await portOf(server);
  for (
    const words of ["GET / HTTP/1.1\r\n\r\n", "fra", "\0\0\0\n", new Uint8Array(2000).fill(200)]
  ) {
    // "fra" begins as a greeting does and goes no further: that one is refused.
    const got = await ask(port, words, 2 * 64 * 48);
    if (words === "fra") assertStringIncludes(latin1.decode(got), "error=hello");
    else assertEquals(got.length, 2 * 64 * 48);
  }
});

Deno.test("server --max-clients: one client too many gets the reason, a silent one is closed", async () => {
  await using server = startServer(["--test", "-r", "64x48", "--max-clients", "1"]);
  const port = await portOf(server);
  await using _one = startClient(port, []);
  await server.line(/connected \(1 now\): y4m/);
  assertEquals(
    latin1.decode(await ask(port, "framewire/1\n", 1000)),
    "framewire/1 error=busy 1 client is being served, try again later\n",
  );
  assertEquals((await ask(port, "", 1000)).length, 0);
  await using two = startClient(port, []);
  const { code, stderr } = await two.end();
  assertEquals(code, 1);
  assertStringIncludes(stderr, "error: The server refuses: 1 client is being served");
});

Deno.test("server --wire y4m: ffprobe reads size, format and rate without options", async () => {
  await using server = startServer(["--test", "-r", "322x242", "-f", "15", "--wire", "y4m"]);
  const url = `tcp://127.0.0.1:${await portOf(server)}`;
  const entries = "stream=codec_name,width,height,pix_fmt,r_frame_rate";
  const out = await run("ffprobe", [
    "-v",
    "error",
    "-show_entries",
    entries,
    "-of",
    "csv=p=0",
    url,
  ]);
  assertEquals(latin1.decode(out).trim(), "rawvideo,322,242,gray,15/1");
});

Deno.test("server --wire y4m: silent clients get the plain format, ffmpeg reads it bit for bit", async () => {
  await using dir = new TempDir();
  const movie = await faceMovie(dir, 2);
  await using server = startServer(["-i", movie, "--loop", "--wire", "y4m"]);
  const port = await portOf(server);
  const begin = latin1.decode(await ask(port, "", 100));
  assertMatch(begin, /^YUV4MPEG2 W320 H240 F30:1 Ip A1:1 Cmono XCOLORRANGE=FULL\nFRAME\n/);
  const url = `tcp://127.0.0.1:${port}`;
  const out = ["-i", url, "-frames:v", "20", "-pix_fmt", "gray", "-f", "rawvideo", "-"];
  const got = cutFrames(await run("ffmpeg", ["-v", "error", ...out]), SIZE);
  const film = cutFrames(await grayOf(movie), SIZE);
  assertEquals(got.length, 20);
  assert(findRun(got, [...film, ...film]) >= 0, "the frames are not the movie's, in a row");
});

Deno.test("server --wire mjpeg: ffmpeg -f mpjpeg reads the pictures; --quality improves them", async () => {
  const bytes: number[] = [];
  for (const quality of ["30", "95"]) {
    const wire = ["--wire", "mjpeg", "--quality", quality];
    await using server = startServer(["--test", "-r", "320x240", ...wire]);
    const port = await portOf(server);
    const input = ["-f", "mpjpeg", "-i", `tcp://127.0.0.1:${port}`, "-frames:v", "5"];
    const gray = ["-pix_fmt", "gray", "-f", "rawvideo", "-"];
    const got = cutFrames(await run("ffmpeg", ["-v", "error", ...input, ...gray]), SIZE);
    assertEquals(got.length, 5);
    const begin = latin1.decode(await ask(port, "", 400));
    assertMatch(
      begin,
      /^--ffmpeg\r\nContent-Type: image\/jpeg\r\nContent-Length: \d+\r\nX-Sequence/,
    );
    bytes.push(Number(/Content-Length: (\d+)/.exec(begin)?.[1]));
  }
  assert(bytes[0]! * 2 < bytes[1]!, `${bytes} bytes at quality 30 and 95`);
});

Deno.test({
  name: "client: warns once of a wrong size, with the correct one; --size auto uses it",
  ignore: !installed("nc"),
  fn: async () => {
    await using dir = new TempDir();
    await Deno.writeFile(dir.file("film.gray"), await grayOf(await faceMovie(dir, 1)));
    const serve = async (args: string[]) => {
      const port = freePort();
      const nc = `nc -l -N 127.0.0.1 ${port} <${dir.file("film.gray")}`;
      await using _nc = new Program("sh", ["-c", nc]);
      for (;;) {
        await using client = startClient(port, args);
        const ended = await client.end();
        if (!ended.stderr.includes("no server listens")) return { ...ended, port };
      }
    };
    const wrong = await serve(["352", "240", "--frames", "20"]);
    assertEquals(wrong.code, 0);
    const warning = "warning: the picture looks sheared: this stream fits 320x240 (try: ./client " +
      `127.0.0.1 ${wrong.port} 320 240)`;
    assertEquals(wrong.stderr.split("\n").filter((line) => line.includes("sheared")), [warning]);
    const right = await serve(["320", "240"]);
    assertEquals([right.code, right.stderr.includes("sheared")], [0, false]);
    const auto = await serve(["--size", "auto", "-o", "-"]);
    assertStringIncludes(auto.stderr, "receiving 320x240 raw");
    assertEquals(auto.stdout.length, 30 * SIZE);
  },
});
