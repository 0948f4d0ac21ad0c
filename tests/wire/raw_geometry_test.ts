import { assert, assertEquals } from "../assert.ts";
import {
  findGeometry,
  findShear,
  MIN_BYTES,
  type RawGeometry,
} from "../../lib/wire/raw_geometry.ts";

/** Uniform numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function generator(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A pixel of a picture without end, 0 to 255, at a place that may be between pixels. */
type Picture = (x: number, y: number, frame: number) => number;

/** Value noise of some scales: a texture with shapes of about 4 to 128 pixels. */
function texture(seed: number): Picture {
  const random = generator(seed);
  const lattice = Float64Array.from({ length: 65536 }, random);
  const at = (x: number, y: number) => lattice[((y & 255) << 8) | (x & 255)] ?? 0;
  return (x, y) => {
    let sum = 0;
    for (const [scale, weight] of [[128, 0.5], [32, 0.3], [4, 0.2]] as const) {
      const [u, v] = [x / scale + 1000, y / scale + 1000];
      const [i, j] = [Math.floor(u), Math.floor(v)];
      const [a, b] = [u - i, v - j];
      const top = at(i, j) * (1 - a) + at(i + 1, j) * a;
      const bottom = at(i, j + 1) * (1 - a) + at(i + 1, j + 1) * a;
      sum += weight * (top * (1 - b) + bottom * b);
    }
    return 255 * sum;
  };
}

const scene = texture(1);
const blobs: Picture = (x, y, frame) => {
  const disc = (u: number, v: number, r: number) => Math.hypot(x - u, y - v) < r;
  const shade = 40 + (x * 0.31 + y * 0.17) % 256 / 3;
  return disc(60 + 3 * frame, 80, 40) || disc(200, 150 - 2 * frame, 55) ? 230 - shade : shade;
};
const noise = generator(2);

const films: Record<string, Picture> = {
  "still, sensor noise": (x, y) => scene(x, y, 0) + 8 * (noise() - noise()),
  "panned aside": (x, y, frame) => scene(x + 3 * frame, y, 0),
  "panned down": (x, y, frame) => scene(x, y + frame, 0),
  "panned aslant": (x, y, frame) => scene(x + frame, y - 2 * frame, 0),
  "with a cut": (x, y, frame) => scene(x + 2 * frame, y + (frame > 1 ? 700 : 0), 0),
};

const silentFilms: Record<string, Picture> = {
  flat: () => 128,
  black: () => 0,
  "lens cap": () => 3 * (noise() + noise()),
  noise: () => 255 * noise(),
  checkerboard: (x, y) => 255 * ((Math.floor(x / 16) + Math.floor(y / 16)) % 2),
  "upright stripes": (x) => 255 * (Math.floor(x / 20) % 2),
  "level stripes": (_, y) => 255 * (Math.floor(y / 20) % 2),
  "stripes aslant": (x, y, frame) => 128 + 100 * Math.sin((x + y + 3 * frame) / 5),
  "constant rows": (_, y) => y,
};

const packed = (width: number, height: number): RawGeometry => ({ width, height, stride: width });

/** Frames of a picture as a raw stream; what pads rows is 0. */
function stream(picture: Picture, { width, height, stride }: RawGeometry, frames = 4): Uint8Array {
  const bytes = new Uint8ClampedArray(stride * height * frames);
  for (let row = 0; row < height * frames; row++) {
    const frame = Math.floor(row / height);
    for (let x = 0; x < width; x++) {
      bytes[row * stride + x] = picture(x, row % height, frame);
    }
  }
  return new Uint8Array(bytes.buffer);
}

const sizes = [packed(160, 120), packed(320, 240), packed(352, 288), packed(424, 240)];

for (const [name, picture] of Object.entries(films)) {
  Deno.test(`findShear() finds the size of a film ${name}, and returns nothing for the right one`, () => {
    for (const size of sizes) {
      const { width, height } = size;
      const bytes = stream(picture, size);
      assertEquals(findGeometry(bytes), size);
      assertEquals(findShear(bytes, size), undefined);
      const wrong = [
        ...[packed(height, width), packed(width / 2, height / 2), packed(width * 2, height * 2)],
        ...[packed(width - 1, height), packed(width + 1, height), packed(336, 252)],
        ...[packed(width, height - 1), packed(width, height + 1), packed(width, height + 8)],
      ];
      for (const read of wrong) {
        assertEquals(findShear(bytes, read), size, `${width}x${height} as ${JSON.stringify(read)}`);
      }
    }
  });
}

Deno.test("findShear() returns nothing for the right size of moving shapes", () => {
  for (const size of sizes) assertEquals(findShear(stream(blobs, size), size), undefined);
});

for (const [name, picture] of Object.entries(silentFilms)) {
  Deno.test(`findShear() returns nothing for the right size of ${name}`, () => {
    for (const size of [...sizes, { width: 323, height: 240, stride: 324 }]) {
      assertEquals(findShear(stream(picture, size), size), undefined);
    }
  });
}

Deno.test("findShear() returns nothing for pictures without structure, for any size", () => {
  for (const name of ["flat", "black", "lens cap", "noise"]) {
    const picture = silentFilms[name]!;
    const bytes = stream(picture, packed(320, 240));
    for (const read of sizes) assertEquals(findShear(bytes, read), undefined, name);
  }
});

Deno.test("findShear() finds padded rows with their stride and their width", () => {
  const padded = { width: 323, height: 240, stride: 324 };
  const bytes = stream(films["panned aside"]!, padded);
  assertEquals(findShear(bytes, packed(323, 240)), padded);
  assertEquals(findShear(bytes, packed(320, 240)), padded);
  assertEquals(findShear(bytes, padded), undefined);
});

Deno.test("findShear() finds the stride of rows whose padding is stale bytes", () => {
  const padded = { width: 322, height: 240, stride: 324 };
  const bytes = stream(films["panned aside"]!, padded);
  for (let i = 0; i < bytes.length; i += 324) bytes.copyWithin(i + 322, i + 100, i + 102);
  const found = findShear(bytes, packed(322, 240));
  assertEquals([found?.stride, found?.height], [324, 240]);
  assertEquals(findShear(bytes, padded), undefined);
});

Deno.test("findShear() finds the height of frames with black bars above and below", () => {
  const size = packed(320, 240);
  const barred: Picture = (x, y, frame) => y < 30 || y >= 210 ? 0 : 40 + scene(x + 2 * frame, y, 0);
  const bytes = stream(barred, size);
  assertEquals(findShear(bytes, size), undefined);
  assertEquals(findShear(bytes, packed(352, 240)), size);
  assertEquals(findShear(bytes, packed(320, 200)), size);
});

Deno.test("findShear() returns nothing for one picture shown four times, two by two", () => {
  const size = packed(320, 240);
  const tiled: Picture = (x, y, frame) => scene(x % 160 + 2 * frame, y % 120, 0);
  assertEquals(findShear(stream(tiled, size), size), undefined);
});

Deno.test("findShear() needs two frames and a part of a third", () => {
  const size = packed(320, 240);
  const bytes = stream(films["panned aside"]!, size, 3);
  const read = packed(352, 240);
  assertEquals(findShear(bytes.subarray(0, 320 * 240 * 1.5), read), undefined);
  assertEquals(findShear(bytes, read), size);
});

Deno.test("findShear() returns nothing for fewer bytes than MIN_BYTES", () => {
  const bytes = stream(films["panned aside"]!, packed(64, 48), 20);
  for (const length of [0, 1, 2, 3, 100, MIN_BYTES - 1]) {
    assertEquals(findGeometry(bytes.subarray(0, length)), undefined);
    assertEquals(findShear(bytes.subarray(0, length), packed(48, 64)), undefined);
  }
});

Deno.test("findShear() does not throw for any bytes and size", () => {
  const random = generator(3);
  for (let round = 0; round < 60; round++) {
    const length = Math.floor(random() * 200_000);
    const period = 1 + Math.floor(random() * 9000);
    const bytes = Uint8Array.from(
      { length },
      (_, i) => round % 2 ? random() * 256 : (i % period) * (round + 1),
    );
    const side = () => 1 + Math.floor(random() ** 4 * 16384);
    const width = side();
    const found = findShear(bytes, { width, height: side(), stride: width });
    if (found) assert(found.width >= 1 && found.height >= 1 && found.stride >= found.width);
  }
});
