/** `./server --color`: colors for those who ask for them, and gray for the others exactly as before. */

import { grayFormat } from "../../lib/frame/frame_format.ts";
import { RawReader } from "../../lib/wire/raw.ts";
import type { WireFrame, WireReader } from "../../lib/wire/wire_frame.ts";
import { Y4mReader } from "../../lib/wire/y4m.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { barsOf, COLOR_BARS, isBars, rgbOf } from "./color_bars.ts";
import { cutFrames, faceMovie, grayOf, same, TempDir } from "./pictures.ts";
import { childrenOf } from "./process_figures.ts";
import {
  commandLine,
  freePort,
  hasBytes,
  installed,
  portOf,
  Program,
  run,
  startClient,
  startServer,
  within,
} from "./programs.ts";

/** All that a server sends to a client that says nothing, or this. */
async function readAll(port: number, greeting = ""): Promise<Uint8Array> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  if (greeting) await conn.write(new TextEncoder().encode(greeting));
  return await within("the end of the film", new Response(conn.readable).bytes());
}

/** The frames of a stream with C420jpeg, without its lines. */
function framesOf(y4m: Uint8Array, bytes: number): Uint8Array[] {
  const text = new TextDecoder("latin1").decode(y4m.subarray(0, 200));
  assertMatch(
    text,
    /^(.* ok wire=y4m .*pixels=yuv420p.*\n)?YUV4MPEG2 .* C420jpeg XCOLORRANGE=FULL\n/,
  );
  const frames: Uint8Array[] = [];
  for (let at = text.indexOf("\nFRAME") + 1; at < y4m.length && y4m[at] === 0x46;) {
    const start = y4m.indexOf(0x0a, at) + 1;
    frames.push(y4m.subarray(start, start + bytes));
    at = start + bytes;
  }
  return frames;
}

for (const [size, args] of [["320x240", []], ["323x241", ["-r", "323x241"]]] as const) {
  const [width = 0, height = 0] = size.split("x").map(Number);
  const grayBytes = width * height;
  const colorBytes = grayBytes + 2 * Math.ceil(width / 2) * Math.ceil(height / 2);
  Deno.test(`server --color: the gray plane of a whole film is gray's, to the byte, at ${size}`, async () => {
    await using dir = new TempDir();
    const movie = await faceMovie(dir, 2);
    const film = ["-i", movie, "--lossless", ...args];
    await using grayServer = startServer(film);
    const wanted = cutFrames(await readAll(await portOf(grayServer)), grayBytes);
    assertEquals(wanted.length, 60);
    await using server = startServer([...film, "--color", "--wait-for-clients", "3"]);
    const port = await portOf(server);
    const [silent, asked, old] = await Promise.all([
      readAll(port),
      readAll(port, "framewire/1 wire=y4m pixels=yuv420p\n"),
      readAll(port, "framewire/1 wire=raw\n"),
    ]);
    const frames = framesOf(asked, colorBytes);
    assertEquals(frames.length, 60);
    for (const [i, frame] of frames.entries()) {
      assert(same(frame.subarray(0, grayBytes), wanted[i]), `frame ${i} differs`);
    }
    const silentFrames = cutFrames(silent, grayBytes);
    assertEquals(silentFrames.length, 60);
    assert(silentFrames.every((frame, i) => same(frame, wanted[i])), "a silent client's differ");
    const line = old.indexOf(0x0a) + 1;
    assertEquals(
      new TextDecoder().decode(old.subarray(0, line)),
      `framewire/1 ok wire=raw width=${width} height=${height} fps=30 lossless=1\n`,
    );
    const oldFrames = cutFrames(old.subarray(line), grayBytes);
    assertEquals(oldFrames.length, 60);
    assert(oldFrames.every((frame, i) => same(frame, wanted[i])), "an old client's differ");
  });
}

Deno.test("server --color: chroma is ffmpeg's own; a filter and --stamp leave the gray plane to gray clients", async () => {
  await using dir = new TempDir();
  const movie = await faceMovie(dir, 1);
  const jpeg = ["-pix_fmt", "yuvj420p", "-f", "rawvideo", "-"];
  const wanted = cutFrames(await run("ffmpeg", ["-v", "error", "-i", movie, ...jpeg]), 115_200);
  const film = ["-i", movie, "--lossless", "--color"];
  await using server = startServer(film);
  const all = await readAll(await portOf(server), "framewire/1 wire=raw pixels=yuv420p\n");
  const frames = cutFrames(all.subarray(all.indexOf(0x0a) + 1), 115_200);
  assertEquals([frames.length, frames.every((frame, i) => same(frame, wanted[i]))], [30, true]);
  const both = ["--wait-for-clients", "2", "--filter", "blur", "--stamp"];
  await using filtered = startServer([...film, ...both]);
  const port = await portOf(filtered);
  const [silent, asked] = await Promise.all([
    readAll(port),
    readAll(port, "framewire/1 wire=y4m pixels=yuv420p\n"),
  ]);
  const colored = framesOf(asked, 115_200);
  assertEquals(colored.length, 30);
  const grays = cutFrames(silent, 76_800);
  for (const [i, frame] of colored.entries()) {
    assert(same(frame.subarray(0, 76_800), grays[i]), `frame ${i} differs`);
    assert(same(frame.subarray(76_800), wanted[i]?.subarray(76_800)), `colors of ${i} differ`);
  }
});

Deno.test("client: gets colors from a server that has them, and gray from others; --gray gets two thirds of the bytes", async () => {
  await using dir = new TempDir();
  await using server = startServer([...COLOR_BARS, "--color"]);
  await using gray = startServer(COLOR_BARS);
  const bytes: Record<string, number> = {};
  for (const wire of ["y4m", "raw", "mjpeg"]) {
    for (
      const [name, from, args] of [["color", server, []], ["gray", server, ["--gray"]], [
        "old",
        gray,
        [],
      ]] as const
    ) {
      const [film, stats] = [dir.file(`${wire}-${name}.y4m`), dir.file(`${wire}-${name}.jsonl`)];
      const outputs = ["-o", film, "--stats", stats, "--frames", "5"];
      await using client = startClient(await portOf(from), ["--wire", wire, ...args, ...outputs]);
      const { code, stderr } = await client.end();
      assertEquals(code, 0, stderr);
      const last = JSON.parse((await Deno.readTextFile(stats)).trim().split("\n").at(-1) ?? "");
      assertEquals(last.pixels, name === "color" ? "yuv420p" : "gray");
      bytes[`${wire} ${name}`] = last.bytes / last.frames;
      const bars = barsOf(await rgbOf(film));
      assertEquals(isBars(bars), name === "color", `${wire} ${name}: ${JSON.stringify(bars)}`);
      if (name !== "color") assert(bars.every(([r, g, b]) => r === g && g === b), "not gray");
    }
  }
  assertEquals(bytes["raw gray"]! / bytes["raw color"]!, 2 / 3);
  assertEquals(bytes["y4m gray"]! / bytes["y4m color"]!, 2 / 3);
  assert(bytes["mjpeg gray"]! < bytes["mjpeg color"]!, "a gray JPEG has no colors");
});

/** Commands that write a picture of our y4m stream, which they find without any option, to FILE. */
const viewers: [name: string, tools: string[], args: (url: string, file: string) => string[]][] = [
  [
    "ffmpeg",
    ["ffmpeg"],
    (url, file) => ["ffmpeg", "-v", "error", "-i", url, "-frames:v", "1", file],
  ],
  ["mpv", ["mpv"], (url, file) => [
    ...[
      "sh",
      "-c",
      "mpv --no-config --really-quiet --vo=image --vo-image-format=png --frames=1 " +
      '--vo-image-outdir="$1.d" "$0" && mv "$1".d/*1.png "$1"',
    ],
    ...[url, file],
  ]],
  ["GStreamer", ["gst-launch-1.0"], (url, file) => [
    ...["gst-launch-1.0", "-q", "tcpclientsrc", "host=127.0.0.1", `port=${new URL(url).port}`],
    ..."! y4mdec ! videoconvert ! pngenc snapshot=true ! filesink".split(" "),
    `location=${file}`,
  ]],
  ["OpenCV", ["/usr/bin/python3"], (url, file) => [
    ...[
      "/usr/bin/python3",
      "-c",
      "import cv2, sys; ok, picture = cv2.VideoCapture(sys.argv[1]).read(); " +
      "cv2.imwrite(sys.argv[2], picture)",
    ],
    ...[url, file],
  ]],
];
Deno.test("server --color --wire y4m: ffprobe names the pixels and their range", async () => {
  await using server = startServer([...COLOR_BARS, "--color", "--wire", "y4m", "-r", "323x241"]);
  const entries = ["-show_entries", "stream=width,height,pix_fmt,color_range", "-of", "csv=p=0"];
  const url = `tcp://127.0.0.1:${await portOf(server)}`;
  const facts = await run("ffprobe", ["-v", "error", ...entries, url]);
  assertEquals(new TextDecoder().decode(facts).trim(), "323,241,yuv420p,pc");
});

for (const [name, tools, args] of viewers) {
  Deno.test({
    name: `server --color --wire y4m: ${name} shows the colors, without any option`,
    ignore: !installed(...tools) || !await hasPlugin(name),
    fn: async () => {
      await using dir = new TempDir();
      await using server = startServer([...COLOR_BARS, "--color", "--wire", "y4m"]);
      const url = `tcp://127.0.0.1:${await portOf(server)}`;
      const [command = "", ...rest] = args(url, dir.file("picture.png"));
      await run(command, rest);
      const bars = barsOf(await rgbOf(dir.file("picture.png")));
      assert(isBars(bars), JSON.stringify(bars));
    },
  });
}

/** Whether a program has the part that it needs. */
async function hasPlugin(name: string): Promise<boolean> {
  const [command, ...args] = name === "GStreamer"
    ? ["gst-inspect-1.0", "y4mdec"]
    : name === "OpenCV"
    ? ["/usr/bin/python3", "-c", "import cv2"]
    : ["true"];
  if (!command || !installed(command)) return false;
  const { success } = await new Deno.Command(command, { args, stdout: "null", stderr: "null" })
    .output();
  return success;
}

Deno.test("server --color: NO SIGNAL has colors, and the same gray plane for gray clients", async () => {
  await using server = startServer(["--test", "-r", "320x240", "--color"]);
  const port = await portOf(server);
  using asking = await Deno.connect({ hostname: "127.0.0.1", port });
  await asking.write(new TextEncoder().encode("framewire/1 wire=y4m pixels=yuv420p\n"));
  for (const byte = new Uint8Array(1); byte[0] !== 0x0a;) await asking.read(byte); // the answer
  using silent = await Deno.connect({ hostname: "127.0.0.1", port });
  const grays = framesFrom(silent, new RawReader(grayFormat({ width: 320, height: 240 })));
  await within("a frame", grays.next());
  const [ffmpeg] = (await childrenOf(server.pid)).sort((a, b) => a - b);
  assert(ffmpeg !== undefined);
  Deno.kill(ffmpeg, "SIGKILL");
  const notice = await within(
    "a NO SIGNAL picture",
    firstNotice(framesFrom(asking, new Y4mReader())),
  );
  const gray = notice.subarray(0, 76_800);
  assert(gray.filter((level) => level === 24).length > 0.75 * 76_800);
  const chroma = new Set(notice.subarray(76_800));
  assert(chroma.size > 2 && !chroma.has(0), [...chroma].join());
  await within(
    "the same picture in gray",
    (async () => {
      for await (const { payload } of grays) if (same(payload, gray)) return;
      throw new Error("the stream has ended");
    })(),
  );
});

/** The frames that come over a connection. */
async function* framesFrom(conn: Deno.Conn, reader: WireReader): AsyncGenerator<WireFrame> {
  for (let count; (count = await conn.read(reader.space)) !== null;) {
    reader.filled(count, 0);
    for (let frame; (frame = reader.take());) yield frame;
  }
}

async function firstNotice(frames: AsyncIterable<WireFrame>): Promise<Uint8Array> {
  for await (const { note, payload } of frames) if (note?.placeholder) return payload;
  throw new Error("the stream has ended");
}

Deno.test("chained: -i framewire:// with and without --color, and a client that serves", async () => {
  await using dir = new TempDir();
  const port = freePort();
  const where = ["-s", "127.0.0.1", "-p", String(port)];
  await using first = new Program(...commandLine("server", [...where, ...COLOR_BARS, "--color"]));
  await portOf(first);
  const config = dir.file("house.toml");
  const input = `input = "framewire://127.0.0.1:${port}"`;
  await Deno.writeTextFile(
    config,
    `[camera.color]\n${input}\ncolor = true\n[camera.gray]\n${input}\n`,
  );
  await using house = startServer(["--config", config]);
  const list = await run(
    ...commandLine("client", ["127.0.0.1", String(await portOf(house)), "--list-streams"]),
  );
  assertEquals(
    new TextDecoder().decode(list),
    "color\t320x240 color\t30 fps\tlive\ngray\t320x240\t30 fps\tlive\n",
  );
  const served = freePort();
  const film = dir.file("film.y4m");
  await using client = startClient(await portOf(house), ["--serve", `127.0.0.1:${served}`]);
  await client.line(/^serves:/);
  await using last = startClient(served, ["-o", film, "--frames", "3"]);
  const { code, stderr } = await last.end();
  assertEquals(code, 0, stderr);
  await hasBytes(film);
  const bars = barsOf(await rgbOf(film));
  assert(isBars(bars), JSON.stringify(bars));
});

Deno.test("client -o -: is gray, whatever the server has", async () => {
  await using dir = new TempDir();
  const movie = await faceMovie(dir, 1);
  const film = cutFrames(await grayOf(movie), 76_800);
  await using server = startServer(["-i", movie, "--loop", "--color"]);
  await using client = startClient(await portOf(server), ["--frames", "10", "-o", "-"]);
  const { code, stdout, stderr } = await client.end();
  const frames = cutFrames(stdout, 76_800);
  assertEquals([code, frames.length], [0, 10], stderr);
  for (const frame of frames) {
    assert(film.some((wanted) => same(frame, wanted)), "a frame is not of the film");
  }
});
