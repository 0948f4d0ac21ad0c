/**
 * `text`: a line of white text with a black outline: a text of the user, the frame's capture time (local
 * time) and its number. OpenCV's font has ASCII only: other letters become "?". The picture's edges cut off
 * longer text.
 */

import { drawText } from "../draw.ts";
import { defineFilter, number, text as anyText, whole } from "../filter.ts";

/** The height of a capital letter at scale 1 of OpenCV's font. */
const CAPITAL_PIXELS = 22;

export const text = defineFilter({
  name: "text",
  summary: "writes a text, the capture time and the frame's number into the picture",
  parameters: {
    text: anyText("", { help: "your text, ASCII only" }),
    clock: whole(1, { from: 0, to: 1, help: "1: write the capture time, HH:MM:SS.mmm" }),
    sequence: whole(1, { from: 0, to: 1, help: "1: write the frame's number" }),
    x: whole(8, { from: 0, to: 16384, help: "pixels from the left" }),
    y: whole(8, { from: 0, to: 16384, help: "pixels from the top" }),
    scale: number(0.6, { from: 0.1, to: 20, help: "the size of letters; 1: 22 pixels" }),
  },
  reports: "",
  create: ({ cv, options: { text, clock, sequence, x, y, scale } }) => {
    const at = new cv.Point(x, y + Math.round(CAPITAL_PIXELS * scale));
    // This OpenCV draws thickness n in 2 n - 1 pixels: n + 1 adds one pixel on each side.
    const thickness = Math.max(1, Math.round(scale));
    const rim = thickness + 1 + Math.round(scale);
    return {
      process(_, frame, picture) {
        const words = [];
        if (text) words.push(text);
        if (clock) words.push(timeOfDay(frame.capturedAt));
        if (sequence) words.push(`#${frame.sequence}`);
        const line = words.join(" ");
        drawText(cv, picture, { line, at, scale, thickness, rim });
      },
    };
  },
});

/** Formats milliseconds since the Unix epoch as local time, HH:MM:SS.mmm. */
export function timeOfDay(milliseconds: number): string {
  const time = new Date(milliseconds);
  const two = (value: number) => String(value).padStart(2, "0");
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":");
  return `${clock}.${String(time.getMilliseconds()).padStart(3, "0")}`;
}
