/** H.264 on the wire: what comes is the film, with its numbers and times; other programs read it; records are copies. */

import { fpsModeOption } from "../../lib/ffmpeg/fps_mode.ts";
import { grayFormat } from "../../lib/frame/frame_format.ts";
import { UnitDecoder } from "../../lib/receive/unit_decoder.ts";
import { UnitReader } from "../../lib/wire/h264.ts";
import type { WireFrame } from "../../lib/wire/wire_frame.ts";
import { assert, assertEquals, assertGreaterOrEqual, assertLess } from "../assert.ts";
import { assertMatch, assertStringIncludes } from "../assert.ts";
import { cutFrames, faceMovie, grayOf, same, TempDir } from "./pictures.ts";
import { probe } from "./probe.ts";
import { installed, portOf, Program, run, startClient, startServer, within } from "./programs.ts";

const SIZE = { width: 320, height: 240 };
const FRAME_BYTES = SIZE.width * SIZE.height;

/** A film is about so close to itself after H.264 at least; another frame of it has less than 30 dB. */
const SAME_DB = 32;

/** The peak signal-to-noise ratio of two pictures, in decibels. */
function psnr(a: Uint8Array, b: Uint8Array): number {
  const sum = a.reduce((sum, value, i) => sum + (value - (b[i] ?? 0)) ** 2, 0);
  return 10 * Math.log10(255 ** 2 / (sum / a.length + 1e-9));
}

/** Reads `count` units as docs/protocol.md says. */
async function readUnits(port: number, count: number): Promise<WireFrame[]> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(new TextEncoder().encode("framewire/1 wire=h264\n"));
  const reader = new UnitReader(SIZE);
  const answer: number[] = [];
  while (answer.at(-1) !== 0x0a) {
    const byte = new Uint8Array(1);
    await conn.read(byte);
    answer.push(...byte);
  }
  assertEquals(
    String.fromCharCode(...answer),
    "framewire/1 ok wire=h264 width=320 height=240 fps=30\n",
  );
  const units: WireFrame[] = [];
  while (units.length < count) {
    const read = await conn.read(reader.space);
    assert(read !== null, "the server has closed the connection");
    reader.filled(read, Date.now());
    for (let unit; (unit = reader.take());) units.push(unit);
  }
  return units;
}

Deno.test("server: wire=h264 gives the film's pictures, with their numbers and times", async () => {
  await using dir = new TempDir();
  const movie = await faceMovie(dir, 4);
  await using server = startServer(["-i", movie, "--loop"]);
  const units = await within("units", readUnits(await portOf(server), 45));
  const film = cutFrames(await grayOf(movie), FRAME_BYTES);
  await using decoder = new UnitDecoder(grayFormat(SIZE));
  let last = { sequence: -1, capturedAt: 0 };
  for (const unit of units) {
    const { note } = unit;
    assert(note && note.sequence > last.sequence && note.capturedAt > last.capturedAt);
    last = note;
    const age = note.readAt - note.capturedAt;
    assert(age > -100 && age < 5000, `a unit is ${age} ms old`);
    const picture = await decoder.decode(unit);
    assert(picture, `unit ${note.sequence} cannot be decoded`);
    const frame = film[note.sequence % film.length] ?? new Uint8Array();
    assertGreaterOrEqual(psnr(picture, frame), SAME_DB, `frame ${note.sequence}`);
    const other = film[(note.sequence + 5) % film.length] ?? new Uint8Array();
    assertLess(psnr(picture, other), SAME_DB, `frame ${note.sequence} is like another one`);
  }
  assert(units[0]?.note?.unit?.isKey);
  assertGreaterOrEqual(units.filter(({ note }) => note?.unit?.isKey).length, 2);
});

/** Programs that read 30 frames of H.264 from a port. */
const readers: { [tool: string]: (port: number) => string[] } = {
  ffmpeg: (port) => [
    ...["-v", "error", "-xerror", "-analyzeduration", "500000", "-i", `tcp://127.0.0.1:${port}`],
    ...["-frames:v", "30", "-f", "null", "-"],
  ],
  "gst-launch-1.0": (port) => [
    ...["-q", "tcpclientsrc", "host=127.0.0.1", `port=${port}`, "!", "h264parse", "!"],
    ...["identity", "eos-after=31", "!", "fakesink"],
  ],
};
for (const [tool, args] of Object.entries(readers)) {
  Deno.test({
    name: `server --wire h264: ${tool} reads the stream`,
    ignore: !installed(tool) || tool.startsWith("gst") && !hasGstElement("h264parse"),
    fn: async () => {
      await using server = startServer(["--test", "-r", "320x240", "--wire", "h264"]);
      await using reader = new Program(tool, args(await portOf(server)));
      const { code, stderr } = await reader.end();
      assertEquals([code, stderr], [0, ""]);
      await server.line(/left: \d+ frames sent/);
    },
  });
}

function hasGstElement(name: string): boolean {
  const { success } = new Deno.Command("gst-inspect-1.0", { args: ["--exists", name] })
    .outputSync();
  return success;
}

Deno.test("client --wire h264 -o film.mp4: the file has the server's H.264, not encoded again, and nothing is damaged", async () => {
  await using dir = new TempDir();
  await using server = startServer(["--test", "-r", "320x240", "-f", "30", "--color"]);
  const names = ["film.mp4", "film.mkv"].map((name) => dir.file(name));
  const pixels = dir.file("film.gray");
  const outputs = [...names, pixels].flatMap((name) => ["-o", name]);
  const args = ["--wire", "h264", "--frames", "60", ...outputs];
  await using client = startClient(await portOf(server), args);
  const { code, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  assertStringIncludes(stderr, "receiving 320x240 color h264");
  for (const ending of ["mp4", "mkv"]) {
    // One file; on a busy machine, where a smaller picture was sent, a second one.
    const parts = [...Deno.readDirSync(dir.path)].map(({ name }) => dir.file(name))
      .filter((name) => name.endsWith(ending)).sort();
    const pictures: Uint8Array<ArrayBuffer>[] = [];
    for (const name of parts) {
      const film = await probe(name);
      assertEquals([film.codec, film.size], ["h264", "320x240"]);
      assert(film.times.every((time, i) => i === 0 || time > film.times[i - 1]!));
      // What the client encodes has limited range.
      const range = ["-v", "error", "-show_entries", "stream=color_range", "-of", "csv=p=0", name];
      assertMatch(new TextDecoder().decode(await run("ffprobe", range)), /^pc/);
      const gray = [
        await fpsModeOption(),
        "passthrough",
        "-pix_fmt",
        "gray",
        "-f",
        "rawvideo",
        "-",
      ];
      pictures.push(
        await run("ffmpeg", ["-v", "error", "-xerror", "-i", name, ...gray]) as Uint8Array<
          ArrayBuffer
        >,
      );
    }
    const all = await new Blob(pictures).bytes();
    assertEquals(all.length, 60 * FRAME_BYTES, stderr);
    // It is what the client has decoded, to the bit.
    assert(same(all, await Deno.readFile(pixels)));
  }
});
