/** Masks: rectangles that are black in everything that leaves the server. */

import { planesOf } from "../../lib/frame/plane.ts";
import type { FrameFormat } from "../../lib/frame/frame_format.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { camera, configIn, watch } from "./cameras.ts";
import { COLOR_BARS, rgbOf } from "./color_bars.ts";
import { EncodedSource } from "./encoded_source.ts";
import { TempDir } from "./pictures.ts";
import { portOf, startClient, startServer } from "./programs.ts";
import { urlOf } from "./web_pages.ts";

const linux = Deno.build.os === "linux";

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Whether all samples of a rectangle of a plane have a value. */
function isAll(
  plane: { readonly width: number; readonly pixels: Uint8Array },
  { x, y, width, height }: Rectangle,
  value: number,
): boolean {
  for (let row = y; row < y + height; row++) {
    const at = row * plane.width + x;
    if (!plane.pixels.subarray(at, at + width).every((sample) => sample === value)) return false;
  }
  return true;
}

/** The first frames that a client writes to its stdout. */
async function framesOf(port: number, args: string[], count = 1): Promise<Uint8Array<ArrayBuffer>> {
  await using client = startClient(port, ["--frames", String(count), "-o", "-", ...args]);
  const { code, stdout, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  return new Uint8Array(stdout);
}

Deno.test("--mask: every frame is black there from the first one on, for raw clients and filters", async () => {
  const masks = ["--mask", "3,5,21,17", "--mask", "60,40,4,8"];
  await using server = startServer(["--test", "-r", "64x48", ...masks, "--filter", "flip"]);
  const bytes = await framesOf(await portOf(server), ["--gray"], 3);
  for (let frame = 0; frame < 3; frame++) {
    const pixels = bytes.subarray(frame * 64 * 48, (frame + 1) * 64 * 48);
    // The filter has got the masks: it has mirrored them.
    assert(isAll({ width: 64, pixels }, { x: 40, y: 5, width: 21, height: 17 }, 0));
    assert(isAll({ width: 64, pixels }, { x: 0, y: 40, width: 4, height: 8 }, 0));
    assert(!isAll({ width: 64, pixels }, { x: 40, y: 22, width: 21, height: 1 }, 0));
  }
});

Deno.test("--mask: counts pixels of the scaled picture, black bars included", async () => {
  await using server = startServer([
    // 320x240 bars become 80x60 in the middle of 120x60, between 20 columns of black.
    ...[...COLOR_BARS, "--color", "-r", "120x60", "--mask", "21,7,40,20"],
  ]);
  const pixels = await framesOf(await portOf(server), ["--pixels", "yuv420p"]);
  const format: FrameFormat = { width: 120, height: 60, pixels: "yuv420p" };
  const [gray, u, v] = planesOf({ format, pixels });
  assert(isAll(gray!, { x: 21, y: 7, width: 40, height: 20 }, 0));
  // The red bar is around it, to the pixel.
  assert(gray!.pixels.subarray(6 * 120 + 21, 6 * 120 + 39).every((level) => level > 40));
  assert(gray!.pixels.subarray(27 * 120 + 21, 27 * 120 + 39).every((level) => level > 40));
  for (let y = 7; y < 27; y++) assert((gray!.pixels[y * 120 + 61] ?? 0) > 10, `row ${y}`);
  for (const plane of [u!, v!]) {
    assert(isAll(plane, { x: 10, y: 3, width: 21, height: 11 }, 128));
  }
  assert(!isAll(v!, { x: 10, y: 2, width: 9, height: 1 }, 128));
});

Deno.test("--mask: a mask outside the picture ends the server with the size of the picture", async () => {
  await using server = startServer([...COLOR_BARS, "--mask", "300,0,21,1"]);
  const { code, stderr } = await server.end();
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^error: Cannot mask 300,0,21,1 in ".*": its picture has 320x240 pixels\nhint: {2}a mask is X,Y/m,
  );
});

Deno.test({
  name: "--mask: what a camera sends encoded is not passed on; stills and records are black there",
  ignore: !linux,
  fn: async () => {
    await using dir = new TempDir();
    await using source = await EncodedSource.open({
      encoder: ["-c:v", "mjpeg", "-pix_fmt", "yuvj422p"],
      container: "mpjpeg",
      loop: true,
    });
    source.play();
    const input = ["-i", source.url, "--input-options", "-f mpjpeg", "--color"];
    const mask = ["--mask", "16,16,160,96"];
    await using server = startServer([...input, ...mask, "--http", "127.0.0.1:0"]);
    const url = await urlOf(server);
    const port = await portOf(server);
    const still = dir.file("still.jpg");
    const response = await fetch(`${url}snapshot.jpg`);
    await Deno.writeFile(still, new Uint8Array(await response.arrayBuffer()));
    const film = dir.file("film.mp4");
    await using client = startClient(port, ["--wire", "h264", "-o", film, "--frames", "20"]);
    assertEquals((await client.end()).code, 0);
    for (const file of [still, film]) {
      const rgb = await rgbOf(file);
      for (let y = 24; y < 104; y++) {
        const row = rgb.subarray(3 * (y * 320 + 24), 3 * (y * 320 + 168));
        assert(row.every((level) => level < 24), `row ${y} of ${file}`);
      }
      assert(rgb.subarray(3 * (200 * 320), 3 * (201 * 320)).some((level) => level > 80));
    }
    assertEquals(server.errors.filter((line) => /as it is/.test(line)), []);
  },
});

Deno.test({
  name: "--mask: SIGHUP changes the masks of a camera; one outside the picture changes nothing",
  ignore: !linux,
  fn: async () => {
    await using dir = new TempDir();
    const config = await configIn(dir, camera("room", "64x48"));
    await using server = startServer(["--config", config]);
    const port = await portOf(server);
    const black = async () => {
      await using client = watch(port, "room", ["--frames", "1", "-o", "-"]);
      const pixels = (await client.end()).stdout;
      return isAll({ width: 64, pixels }, { x: 0, y: 0, width: 64, height: 24 }, 0);
    };
    assert(!await black());
    await configIn(dir, camera("room", "64x48", 'mask = "0,0,65,24"'));
    server.kill("SIGHUP");
    await server.line(/^error: .*line 4: The mask 0,0,65,24 is not .*64x48 pixels; the config/);
    assert(!await black());
    await configIn(dir, camera("room", "64x48", 'mask = "0,0,64,24"'));
    server.kill("SIGHUP");
    await server.line(/^the configuration was read again: 1 camera changed/);
    assert(await black());
  },
});

Deno.test("--mask: with --lossless every frame of a film is black there", async () => {
  await using dir = new TempDir();
  const film = dir.file("film.nut");
  await using make = startServer(["--test", "-r", "64x48"]);
  await using record = startClient(await portOf(make), ["--frames", "5", "-o", dir.file("f.mkv")]);
  assertEquals((await record.end()).code, 0);
  await Deno.rename(dir.file("f.mkv"), film);
  await using server = startServer(["-i", film, "--lossless", "--mask", "0,0,64,24"]);
  const bytes = await framesOf(await portOf(server), [], 5);
  assertEquals(bytes.length, 5 * 64 * 48);
  for (let frame = 0; frame < 5; frame++) {
    const pixels = bytes.subarray(frame * 64 * 48, (frame + 1) * 64 * 48);
    assert(isAll({ width: 64, pixels }, { x: 0, y: 0, width: 64, height: 24 }, 0));
    assert(!isAll({ width: 64, pixels }, { x: 0, y: 24, width: 64, height: 24 }, 0));
  }
});
