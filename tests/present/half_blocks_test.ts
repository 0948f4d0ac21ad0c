import { drawHalfBlocks, fitPicture } from "../../lib/present/half_blocks.ts";
import { placeFrame } from "../frame/place_frame.ts";
import { assertEquals } from "../assert.ts";

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

Deno.test("drawHalfBlocks() draws two pixels a cell, and sets a colour only where it changes", () => {
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

Deno.test("drawHalfBlocks() uses xterm's nearest gray where there are 256 colours", () => {
  const table = [[0, 16], [3, 16], [4, 232], [8, 232], [18, 233], [128, 244], [238, 255]];
  for (const [gray = 0, color] of [...table, [246, 255], [247, 231], [255, 231]]) {
    const text = drawHalfBlocks(frameOf([[gray], [gray]]), { columns: 1, rows: 1, depth: "256" });
    const sequences = `\x1b[38;5;${color}m\x1b[48;5;${color}m`;
    assertEquals(text, `\x1b[1;1H${sequences}\u2580\x1b[0m`, `gray ${gray}`);
  }
});
