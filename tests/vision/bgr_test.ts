import { assert, assertEquals, assertLessOrEqual } from "../assert.ts";
import { chromaSize, planeBytes } from "../../lib/frame/frame_format.ts";
import type { FrameSize } from "../../lib/frame/frame_size.ts";
import { readBgr, writeBgr } from "../../lib/vision/bgr.ts";
import { cv } from "../../lib/vision/cv.ts";
import { yuv } from "./color_frames.ts";
import { noise } from "./run_filter.ts";

const SIZES = [[8, 6], [7, 5], [5, 3], [1, 4], [3, 1], [1, 1]].map(([width = 0, height = 0]) => ({
  width,
  height,
}));

function emptyPlanes(size: FrameSize) {
  const half = planeBytes(chromaSize(size));
  const plane = (bytes: number) => new Uint8Array(bytes);
  return { gray: plane(planeBytes(size)), u: plane(half), v: plane(half) };
}

/** A picture of one color, and what `readBgr` reads after `writeBgr`. */
function filled(size: FrameSize, [y, u, v]: readonly number[]) {
  const planes = emptyPlanes(size);
  planes.gray.fill(y!);
  planes.u.fill(u!);
  planes.v.fill(v!);
  const bgr = new Uint8Array(3 * planeBytes(size));
  writeBgr(planes, size, bgr);
  return { planes, bgr };
}

function assertNear(found: Iterable<number>, wanted: readonly number[], within: number): void {
  [...found].forEach((value, i) => {
    assertLessOrEqual(Math.abs(value - wanted[i % wanted.length]!), within, `${[...found]}`);
  });
}

const colors: [name: string, red: number, green: number, blue: number][] = [
  ["red", 255, 0, 0],
  ["green", 0, 255, 0],
  ["blue", 0, 0, 255],
  ["yellow", 255, 255, 0],
  ["orange", 250, 120, 10],
  ["a dark violet", 60, 10, 90],
];
for (const [name, red, green, blue] of colors) {
  Deno.test(`writeBgr() and readBgr() convert ${name} within 2, at any size`, () => {
    for (const size of SIZES) {
      const { bgr } = filled(size, yuv(red, green, blue));
      assertNear(bgr, [blue, green, red], 2);
      const read = emptyPlanes(size);
      readBgr(bgr, size, read);
      const [y, u, v] = yuv(red, green, blue);
      assertNear(read.gray, [y], 1);
      assertNear(read.u, [u], 1);
      assertNear(read.v, [v], 1);
    }
  });
}

Deno.test("writeBgr() and readBgr() keep each gray exactly", () => {
  const size = { width: 16, height: 16 };
  const planes = emptyPlanes(size);
  planes.gray.forEach((_, at) => planes.gray[at] = at);
  planes.u.fill(128);
  planes.v.fill(128);
  const bgr = new Uint8Array(3 * 256);
  writeBgr(planes, size, bgr);
  assertEquals([...bgr], Array.from(bgr, (_, at) => Math.floor(at / 3)));
  const read = emptyPlanes(size);
  readBgr(bgr, size, read);
  assertEquals(read, planes);
});

Deno.test("writeBgr() colors the four pixels of a sample, and readBgr() takes their mean", () => {
  for (const size of SIZES) {
    const planes = emptyPlanes(size);
    planes.gray.fill(128);
    planes.u.forEach((_, at) => planes.u[at] = 108 + noise(at, 1) % 40);
    planes.v.forEach((_, at) => planes.v[at] = 108 + noise(at, 2) % 40);
    const bgr = new Uint8Array(3 * planeBytes(size));
    writeBgr(planes, size, bgr);
    const half = chromaSize(size).width;
    for (let at = 0; at < planes.gray.length; at++) {
      const sample = (Math.floor(at / size.width) >> 1) * half + (at % size.width >> 1);
      const [u, v] = [planes.u[sample]! - 128, planes.v[sample]! - 128];
      const wanted = [128 + 1.772 * u, 128 - 0.344136 * u - 0.714136 * v, 128 + 1.402 * v];
      assertNear(bgr.subarray(3 * at, 3 * at + 3), wanted, 1);
    }
    const read = emptyPlanes(size);
    readBgr(bgr, size, read);
    assertNear(read.u, [...planes.u], 1);
    assertNear(read.v, [...planes.v], 1);
  }
});

Deno.test("readBgr() reads the gray plane that OpenCV's BGR2GRAY makes", () => {
  const size = { width: 64, height: 48 };
  using bgr = new cv.Mat(size.height, size.width, cv.CV_8UC3);
  bgr.data.forEach((_, at) => bgr.data[at] = noise(at, 3));
  using gray = new cv.Mat();
  cv.cvtColor(bgr, gray, cv.COLOR_BGR2GRAY);
  const read = emptyPlanes(size);
  readBgr(bgr.data, size, read);
  assertEquals(read.gray, gray.data.slice());
  assert(new Set(read.gray).size > 100);
});
