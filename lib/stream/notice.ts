/** Draws the notice for a lost picture: what happened, why, and since when. Pure. */

import { formatDuration } from "../log/format_duration.ts";
import { CELL_HEIGHT, CELL_WIDTH, drawLine } from "./font.ts";
import { frameBytes, type FrameFormat, NEUTRAL, planeBytes } from "../frame/frame_format.ts";
import { planesOf } from "../frame/plane.ts";

/** The grays of the background, of the headline and of the lines below it. */
const [BACKGROUND, HEADLINE, LINES] = [24, 255, 180];

/** U and V for each of the grays: dark blue, amber, and without color. */
const NO_COLOR = [NEUTRAL, NEUTRAL] as const;
const COLORS: { readonly [gray: number]: readonly [u: number, v: number] } = {
  [BACKGROUND]: [144, 122],
  [HEADLINE]: [40, 152],
};

/** Draws a headline, the reason and the time since then into a new buffer: the pixels of a frame of this format. */
export function drawNotice(
  format: FrameFormat,
  { headline, why, since, now }: { headline: string; why: string; since: Date; now: Date },
): Uint8Array<ArrayBuffer> {
  const seconds = Math.max(0, Math.round((now.getTime() - since.getTime()) / 1000));
  const age = `since ${clockTime(since)}, for ${formatDuration(seconds)}`;
  return drawTexts(format, { headline, texts: [why, age] });
}

/** Draws a headline, and texts below it, into a new buffer: the pixels of a frame of this format. */
export function drawTexts(
  format: FrameFormat,
  { headline, texts }: { headline: string; texts: readonly string[] },
): Uint8Array<ArrayBuffer> {
  const pixels = new Uint8Array(frameBytes(format));
  const plane = pixels.subarray(0, planeBytes(format)).fill(BACKGROUND);
  const large = Math.max(1, Math.floor(format.width * 0.7 / (headline.length * CELL_WIDTH)));
  const small = Math.max(1, Math.floor(large / 3));
  const columns = Math.max(1, Math.floor(format.width / (CELL_WIDTH * small)) - 1);
  const lines = texts.flatMap((text) => wrap(text, columns));
  const step = CELL_HEIGHT * small;
  const high = CELL_HEIGHT * large + lines.length * step;
  let y = Math.max(0, Math.floor((format.height - high) / 2));
  const center = (text: string, scale: number) =>
    Math.max(0, Math.floor((format.width - text.length * CELL_WIDTH * scale) / 2));
  const draw = (text: string, scale: number, gray: number) => {
    drawLine(plane, format, { text, x: center(text, scale), y, scale, gray });
  };
  draw(headline, large, HEADLINE);
  y += CELL_HEIGHT * large;
  for (const line of lines) {
    draw(line, small, LINES);
    y += step;
  }
  tint({ format, pixels });
  return pixels;
}

/** Colors the picture, where it has colors: the background and the letters, by their grays. */
function tint(picture: { format: FrameFormat; pixels: Uint8Array<ArrayBuffer> }): void {
  const [gray, u, v] = planesOf(picture);
  if (!gray || !u || !v) return;
  for (let y = 0, at = 0; y < u.height; y++) {
    for (let x = 0; x < u.width; x++, at++) {
      const [blue, red] = COLORS[gray.pixels[2 * (y * gray.width + x)] ?? BACKGROUND] ?? NO_COLOR;
      u.pixels[at] = blue;
      v.pixels[at] = red;
    }
  }
}

/** Formats a local time of day: 14:05:09. */
export function clockTime(date: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
}

/** Wraps a text into at most four lines of `columns` letters, at spaces if possible. */
function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) {
      lines[lines.length - 1] = `${last} ${word}`;
      continue;
    }
    for (let at = 0; at < word.length; at += columns) lines.push(word.slice(at, at + columns));
  }
  return lines.slice(0, 4);
}
