/**
 * Draws a picture in text: each cell is an upper half block whose two halves are two pixels.
 * Pure: a frame goes in, the text for the terminal comes out.
 */

import { type Frame, grayFrame } from "../frame/frame.ts";
import { NEUTRAL } from "../frame/frame_format.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import { planesOf } from "../frame/plane.ts";
import { scalePlane } from "../frame/scale_plane.ts";

/** The terminal's colors: 24-bit, or xterm's 256, of which 26 are gray; and the grays among them alone. */
export type ColorDepth = "24-bit" | "256" | "24-bit grays" | "grays";

/** The half of a cell that the foreground colors. */
const UPPER_HALF = "\u2580";

/** The largest picture with the frame's shape that fits into a terminal; 2 pixels to a cell's height. */
export function fitPicture(frame: FrameSize, cells: { columns: number; rows: number }): FrameSize {
  const scale = Math.min(cells.columns / frame.width, 2 * cells.rows / frame.height);
  return {
    width: Math.max(1, Math.min(cells.columns, Math.round(frame.width * scale))),
    height: Math.max(1, Math.min(2 * cells.rows, Math.round(frame.height * scale))),
  };
}

/** Draws the frame in the middle of a screen of `columns` by `rows` cells. */
export function drawHalfBlocks(
  frame: Frame,
  { columns, rows, depth }: { columns: number; rows: number; depth: ColorDepth },
): string {
  const size = fitPicture(frame.format, { columns, rows });
  const { width, height } = size;
  const code = pixelCodes(frame, { size, depth });
  const left = Math.floor((columns - width) / 2) + 1;
  const top = Math.floor((rows - Math.ceil(height / 2)) / 2) + 1;

  let text = "";
  for (let y = 0; y < height; y += 2) {
    text += `\x1b[${top + y / 2};${left}H`;
    let [foreground, background] = ["", ""];
    for (let x = 0; x < width; x++) {
      const upper = code(y * width + x);
      // A last row of an odd picture has no lower half: black.
      const lower = y + 1 < height ? code((y + 1) * width + x) : BLACK[depth];
      if (upper !== foreground) text += `\x1b[38;${foreground = upper}m`;
      if (lower !== background) text += `\x1b[48;${background = lower}m`;
      text += UPPER_HALF;
    }
    text += "\x1b[0m";
  }
  return text;
}

/** The end of the color sequence for each pixel of the frame, scaled to `size`. */
function pixelCodes(
  frame: Frame,
  { size, depth }: { size: FrameSize; depth: ColorDepth },
): (at: number) => string {
  const isGray = depth === "grays" || depth === "24-bit grays";
  const planes = planesOf(isGray ? grayFrame(frame) : frame);
  const [gray, u, v] = planes.map((plane) => scalePlane(plane, size));
  const grays = depth.startsWith("24-bit") ? trueGrays : xtermGrays;
  if (!u || !v) return (at) => grays[gray?.[at] ?? 0] ?? "";
  return (at) => {
    const [red, green, blue] = toRgb(gray?.[at] ?? 0, u[at] ?? NEUTRAL, v[at] ?? NEUTRAL);
    return depth === "24-bit" ? `2;${red};${green};${blue}` : xtermColor(red, green, blue);
  };
}

/** Red, green and blue of a pixel in full range (ITU-T T.871, section 7). */
function toRgb(y: number, u: number, v: number): readonly [number, number, number] {
  const [blue, red] = [u - NEUTRAL, v - NEUTRAL];
  return [
    level(y + 1.402 * red),
    level(y - 0.344136 * blue - 0.714136 * red),
    level(y + 1.772 * blue),
  ];
}

function level(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}

const levels = Array.from({ length: 256 }, (_, level) => level);

/** The end of a color sequence for each gray. */
const trueGrays = levels.map((level) => `2;${level};${level};${level}`);

/** xterm's grays: 16 is black, 232 to 255 are 8, 18, ... 238, and 231 is white. */
const xtermGrays = levels.map((level) => {
  if (level < 4) return "5;16";
  if (level > 246) return "5;231";
  return `5;${232 + Math.max(0, Math.min(23, Math.round((level - 8) / 10)))}`;
});

/** The levels of red, green and blue in xterm's cube of 6x6x6 colors, from number 16 on. */
const CUBE = [0, 95, 135, 175, 215, 255];

/** The index of the nearest level of the cube. */
const cubeIndex = levels.map((level) =>
  CUBE.reduce(
    (best, step, i) => Math.abs(step - level) < Math.abs((CUBE[best] ?? 0) - level) ? i : best,
    0,
  )
);

/** The nearest color of xterm's cube, or the gray if that is nearer: the cube has few pale colors. */
function xtermColor(red: number, green: number, blue: number): string {
  const gray = Math.round((red + green + blue) / 3);
  const [r = 0, g = 0, b = 0] = [red, green, blue].map((level) => cubeIndex[level]);
  const toCube = (red - (CUBE[r] ?? 0)) ** 2 + (green - (CUBE[g] ?? 0)) ** 2 +
    (blue - (CUBE[b] ?? 0)) ** 2;
  const toGray = (red - gray) ** 2 + (green - gray) ** 2 + (blue - gray) ** 2;
  return toGray <= toCube ? xtermGrays[gray] ?? "" : `5;${16 + 36 * r + 6 * g + b}`;
}

const BLACK: { readonly [depth in ColorDepth]: string } = {
  ...{ "24-bit": "2;0;0;0", "24-bit grays": "2;0;0;0" },
  ...{ "256": "5;16", grays: "5;16" },
};
