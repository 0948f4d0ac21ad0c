/**
 * Draws a gray picture in text: each cell is an upper half block whose two halves are two pixels.
 * Pure: a frame goes in, the text for the terminal comes out.
 */

import type { Frame } from "../frame/frame.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import { scaleGray } from "../frame/scale_gray.ts";

/** The terminal's colours: 24-bit, or xterm's 256 with 26 grays. */
export type ColorDepth = "24-bit" | "256";

/** The half of a cell that the foreground colours. */
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
  const { width, height } = fitPicture(frame, { columns, rows });
  const gray = scaleGray(frame, { width, height });
  const code = depth === "24-bit" ? trueColor : xtermColor;
  const left = Math.floor((columns - width) / 2) + 1;
  const top = Math.floor((rows - Math.ceil(height / 2)) / 2) + 1;

  let text = "";
  for (let y = 0; y < height; y += 2) {
    text += `\x1b[${top + y / 2};${left}H`;
    let [foreground, background] = ["", ""];
    for (let x = 0; x < width; x++) {
      const upper = code[gray[y * width + x] ?? 0] ?? "";
      // A last row of an odd picture has no lower half: black.
      const lower = code[gray[(y + 1) * width + x] ?? 0] ?? "";
      if (upper !== foreground) text += `\x1b[38;${foreground = upper}m`;
      if (lower !== background) text += `\x1b[48;${background = lower}m`;
      text += UPPER_HALF;
    }
    text += "\x1b[0m";
  }
  return text;
}

const levels = Array.from({ length: 256 }, (_, level) => level);

/** The end of a colour sequence for each gray. */
const trueColor = levels.map((level) => `2;${level};${level};${level}`);

/** xterm's grays: 16 is black, 232 to 255 are 8, 18, ... 238, and 231 is white. */
const xtermColor = levels.map((level) => {
  if (level < 4) return "5;16";
  if (level > 246) return "5;231";
  return `5;${232 + Math.max(0, Math.min(23, Math.round((level - 8) / 10)))}`;
});
