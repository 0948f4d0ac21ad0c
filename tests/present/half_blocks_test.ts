import { planesOf } from "../../lib/frame/plane.ts";
import { type ColorDepth, drawHalfBlocks, fitPicture } from "../../lib/present/half_blocks.ts";
import { placeFrame } from "../frame/place_frame.ts";
import { assertEquals, assertStringIncludes } from "../assert.ts";

/** A frame of these rows. */
function frameOf(rows: number[][]) {
  const [width, height] = [rows[0]?.length ?? 0, rows.length];
  return { ...placeFrame({ width, height }), pixels: Uint8Array.from(rows.flat()) };
}

Deno.test("fitPicture() fills the terminal and keeps the shape, two pixels to a cell's height", () => {
  const table = [
    [[640, 480], [80, 24], [64, 48]],
    [[640, 480], [40, 24], [40, 30]],
    [[4, 3], [8, 100], [8, 6]],
    [[16384, 1], [80, 24], [80, 1]],
    [[1, 16384], [80, 24], [1, 48]],
    [[640, 480], [1, 1], [1, 1]],
  ] as [[number, number], [number, number], [number, number]][];
  for (const [[frameWidth, frameHeight], [columns, rows], [width, height]] of table) {
    const picture = fitPicture({ width: frameWidth, height: frameHeight }, { columns, rows });
    assertEquals(picture, { width, height });
  }
});

Deno.test("drawHalfBlocks() draws two pixels a cell, and sets a color only where it changes", () => {
  const frame = frameOf([[1, 1, 2], [3, 3, 3]]);
  assertEquals(
    drawHalfBlocks(frame, { columns: 3, rows: 1, depth: "24-bit" }),
    "\x1b[1;1H\x1b[38;2;1;1;1m\x1b[48;2;3;3;3m\u2580\u2580\x1b[38;2;2;2;2m\u2580\x1b[0m",
  );
});

Deno.test("drawHalfBlocks() draws black below the last row of a picture with an odd height", () => {
  const text = drawHalfBlocks(frameOf([[9], [8], [7]]), { columns: 1, rows: 2, depth: "24-bit" });
  const cells = text.split("\u2580");
  assertEquals(cells.length, 3);
  assertEquals(cells[1], "\x1b[0m\x1b[2;1H\x1b[38;2;7;7;7m\x1b[48;2;0;0;0m");
});

Deno.test("drawHalfBlocks() centres the picture", () => {
  const frame = frameOf([[1, 2], [3, 4]]);
  const places = (columns: number, rows: number) => {
    const text = drawHalfBlocks(frame, { columns, rows, depth: "24-bit" });
    // deno-lint-ignore no-control-regex -- the places are control sequences
    return [...text.matchAll(/\x1b\[(\d+;\d+)H/g)].map((match) => match[1]);
  };
  assertEquals([places(6, 1), places(7, 1)], [["1;3"], ["1;3"]]);
  assertEquals(places(2, 5), ["3;1"]);
  assertEquals(places(4, 2), ["1;1", "2;1"]);
});

Deno.test("drawHalfBlocks() uses xterm's nearest gray where there are 256 colors", () => {
  const table = [[0, 16], [3, 16], [4, 232], [8, 232], [18, 233], [128, 244], [238, 255]];
  for (const [gray = 0, color] of [...table, [246, 255], [247, 231], [255, 231]]) {
    const text = drawHalfBlocks(frameOf([[gray], [gray]]), { columns: 1, rows: 1, depth: "256" });
    const sequences = `\x1b[38;5;${color}m\x1b[48;5;${color}m`;
    assertEquals(text, `\x1b[1;1H${sequences}\u2580\x1b[0m`, `gray ${gray}`);
  }
});

/** Gray, U and V of colors, and what a terminal with this number of colors shows. */
const colors: [name: string, yuv: [number, number, number], shown: Record<ColorDepth, string>][] = [
  ["red", [76, 85, 255], {
    ...{ "24-bit": "2;254;0;0", "256": "5;196" },
    ...{ "24-bit grays": "2;76;76;76", grays: "5;239" },
  }],
  ["green", [150, 44, 21], {
    ...{ "24-bit": "2;0;255;1", "256": "5;46" },
    ...{ "24-bit grays": "2;150;150;150", grays: "5;246" },
  }],
  ["blue", [29, 255, 107], {
    ...{ "24-bit": "2;0;0;254", "256": "5;21" },
    ...{ "24-bit grays": "2;29;29;29", grays: "5;234" },
  }],
  ["gray", [128, 128, 128], {
    ...{ "24-bit": "2;128;128;128", "256": "5;244" },
    ...{ "24-bit grays": "2;128;128;128", grays: "5;244" },
  }],
  ["a pale color", [128, 130, 129], {
    ...{ "24-bit": "2;129;127;132", "256": "5;244" },
    ...{ "24-bit grays": "2;128;128;128", grays: "5;244" },
  }],
];
for (const [name, yuv, shown] of colors) {
  Deno.test(`drawHalfBlocks() shows ${name} in 24-bit and 256 colors, and its gray in grays`, () => {
    for (const size of [{ width: 1, height: 2 }, { width: 5, height: 3 }]) {
      const frame = placeFrame({ ...size, pixels: "yuv420p" });
      planesOf(frame).forEach(({ pixels }, i) => pixels.fill(yuv[i]!));
      for (const [depth, color] of Object.entries(shown) as [ColorDepth, string][]) {
        const text = drawHalfBlocks(frame, { columns: size.width, rows: 1, depth });
        assertStringIncludes(text, `\x1b[38;${color}m\x1b[48;${color}m\u2580`, depth);
        assertEquals(text.match(/38;/g)?.length, 1, "one color in a row");
      }
    }
  });
}

Deno.test("drawHalfBlocks() takes each pixel's color from the planes of half the size", () => {
  const frame = placeFrame({ width: 4, height: 2, pixels: "yuv420p" });
  const [gray, u, v] = planesOf(frame);
  gray?.pixels.fill(100);
  u?.pixels.set([128, 128]);
  v?.pixels.set([128, 228]);
  const red = "2;240;29;100";
  assertEquals(
    drawHalfBlocks(frame, { columns: 4, rows: 1, depth: "24-bit" }),
    "\x1b[1;1H\x1b[38;2;100;100;100m\x1b[48;2;100;100;100m\u2580\u2580" +
      `\x1b[38;${red}m\x1b[48;${red}m\u2580\u2580\x1b[0m`,
  );
});
