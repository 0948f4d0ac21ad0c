/** UnitDecoder with a real ffmpeg, and units of a real encoder. */

import type { AccessUnit } from "../../lib/frame/access_unit.ts";
import { frameBytes } from "../../lib/frame/frame_format.ts";
import { UnitDecoder } from "../../lib/receive/unit_decoder.ts";
import { FlvReader } from "../../lib/wire/flv.ts";
import type { WireFrame } from "../../lib/wire/wire_frame.ts";
import { assert, assertEquals, assertLess } from "../assert.ts";
import { run } from "../e2e/programs.ts";

const FORMAT = { width: 64, height: 48, pixels: "gray" } as const;

/** Flat pictures, each a little brighter, as units: a keyframe every 5. `size`: of the pictures. */
async function units(count: number, size = "64x48"): Promise<AccessUnit[]> {
  const picture = `color=c=black:s=64x48:r=25,format=gray,geq=lum='40+8*N',scale=${size}`;
  const flv = await run("ffmpeg", [
    ...["-v", "error", "-f", "lavfi", "-i", picture, "-frames:v", String(count)],
    ...["-pix_fmt", "yuvj420p", "-c:v", "libx264", "-tune", "zerolatency", "-g", "5", "-qp", "10"],
    ...["-sc_threshold", "0", "-f", "flv", "-"],
  ]);
  const [width = 0, height = 0] = size.split("x").map(Number);
  return new FlvReader().push(flv).map(({ bytes, isKey }, sequence) => {
    return { bytes, isKey, size: { width, height }, sequence, capturedAt: 0 };
  });
}

function wireFrame({ bytes, isKey, size, sequence }: AccessUnit): WireFrame {
  const times = { capturedAt: 0, readAt: 0, ack: undefined, placeholder: false };
  return { payload: bytes, note: { sequence, ...times, unit: { isKey, size } } };
}

/** The brightness of what each unit is decoded to; undefined: it is not. */
async function decode(decoder: UnitDecoder, units: AccessUnit[]): Promise<(number | undefined)[]> {
  const shades: (number | undefined)[] = [];
  for (const unit of units) {
    const pixels = await decoder.decode(wireFrame(unit));
    if (pixels) assertEquals(pixels.length, frameBytes(FORMAT));
    shades.push(pixels?.[1000]);
  }
  return shades;
}

function assertShades(shades: (number | undefined)[], expected: (number | undefined)[]): void {
  assertEquals(
    shades.map((shade) => shade === undefined),
    expected.map((one) => one === undefined),
  );
  for (const [i, shade] of shades.entries()) {
    if (shade !== undefined) assertLess(Math.abs(shade - (expected[i] ?? 0)), 5, `${shades}`);
  }
}

Deno.test("UnitDecoder gives the picture of each unit before the next one comes", async () => {
  await using decoder = new UnitDecoder(FORMAT);
  const shades = await decode(decoder, await units(8));
  assertShades(shades, [40, 48, 56, 64, 72, 80, 88, 96]);
});

Deno.test("UnitDecoder scales pictures of another size, also after a change", async () => {
  await using decoder = new UnitDecoder(FORMAT);
  const [large, small] = [await units(3), await units(3, "32x24")];
  const shades = await decode(decoder, [...large, ...small, ...large]);
  assertShades(shades, [40, 48, 56, 40, 48, 56, 40, 48, 56]);
});

Deno.test("UnitDecoder waits for the next keyframe after a damaged unit, and at the beginning", async () => {
  await using decoder = new UnitDecoder(FORMAT);
  const all = await units(13);
  const damaged = all[7];
  assert(damaged && !damaged.isKey);
  const bytes = damaged.bytes.slice(0, 8); // a slice without its content
  const shades = await decode(decoder, all.toSpliced(7, 1, { ...damaged, bytes }).slice(3));
  const none = undefined;
  assertShades(shades, [none, none, 80, 88, none, none, none, 120, 128, 136]);
});
