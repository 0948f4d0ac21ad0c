/**
 * `text`: a line of text in white with a black outline: your own words, the time of day at which the
 * frame was captured (local time) and its number. OpenCV's font has ASCII only: other letters become
 * "?". What reaches beyond the picture is cut off.
 */

import { BLACK, WHITE } from "../draw.ts";
import { defineFilter, number, text as anyText, whole } from "../filter.ts";

/** Pixels from the baseline to the top of a capital, at scale 1 of OpenCV's font. */
const CAPITAL = 22;

export const text = defineFilter({
  name: "text",
  summary: "writes words, the time of capture and the frame's number",
  parameters: {
    text: anyText("", { help: "words of your own, ASCII" }),
    clock: whole(1, { from: 0, to: 1, help: "1 writes the time of capture, HH:MM:SS.mmm" }),
    sequence: whole(1, { from: 0, to: 1, help: "1 writes the frame's number" }),
    x: whole(8, { from: 0, to: 16384, help: "pixels from the left" }),
    y: whole(8, { from: 0, to: 16384, help: "pixels from the top" }),
    scale: number(0.6, { from: 0.1, to: 20, help: "size; 1 is 22 pixels high" }),
  },
  reports: "",
  create: ({ cv, options: { text, clock, sequence, x, y, scale } }) => {
    const at = new cv.Point(x, y + Math.round(CAPITAL * scale));
    // This OpenCV draws a thickness of n in 2 n - 1 pixels: one more is a pixel on both sides.
    const thickness = Math.max(1, Math.round(scale));
    const rim = thickness + 1 + Math.round(scale);
    return {
      process(mat, frame) {
        const words = [];
        if (text) words.push(text);
        if (clock) words.push(timeOfDay(frame.capturedAt));
        if (sequence) words.push(`#${frame.sequence}`);
        const line = words.join(" ");
        cv.putText(mat, line, at, cv.FONT_HERSHEY_SIMPLEX, scale, BLACK, rim, cv.LINE_AA);
        cv.putText(mat, line, at, cv.FONT_HERSHEY_SIMPLEX, scale, WHITE, thickness, cv.LINE_AA);
      },
    };
  },
});

/** HH:MM:SS.mmm of milliseconds since the Unix epoch, in local time. */
export function timeOfDay(milliseconds: number): string {
  const time = new Date(milliseconds);
  const two = (value: number) => String(value).padStart(2, "0");
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":");
  return `${clock}.${String(time.getMilliseconds()).padStart(3, "0")}`;
}
