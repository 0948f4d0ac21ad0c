/** A film of red, green, blue and white bars, and what is left of the colors in a picture of it. */

import { run } from "./programs.ts";

type Rgb = readonly [red: number, green: number, blue: number];

/** The colors of the bars, left to right. */
const COLORS: readonly Rgb[] = [[254, 0, 0], [0, 128, 0], [0, 0, 254], [255, 255, 255]];

const bars = ["red", "green", "blue", "white"].map((color, i) =>
  `color=${color}:size=80x240:rate=30[${i}]`
);

/** The options of a server with the bars as a film that never ends, 320x240 at 30 fps. */
export const COLOR_BARS: string[] = [
  ...["-i", `${bars.join(";")};[0][1][2][3]hstack=4`, "--input-options", "-f lavfi -re"],
];

/** The first picture of a film or a still, 320x240 with red, green and blue. */
export function rgbOf(file: string): Promise<Uint8Array> {
  const rgb = ["-frames:v", "1", "-s", "320x240", "-pix_fmt", "rgb24", "-f", "rawvideo", "-"];
  return run("ffmpeg", ["-v", "error", "-i", file, ...rgb]);
}

/** The colors in the middle of the bars. */
export function barsOf(rgb: Uint8Array): Rgb[] {
  return COLORS.map((_, i) => {
    const at = 3 * (120 * 320 + 40 + 80 * i);
    return [rgb[at] ?? 0, rgb[at + 1] ?? 0, rgb[at + 2] ?? 0] as const;
  });
}

/** Whether the colors are those of the bars, as good as an encoder with loss keeps them. */
export function isBars(colors: readonly Rgb[], tolerance = 12): boolean {
  return COLORS.every((color, i) =>
    color.every((level, j) => Math.abs(level - (colors[i]?.[j] ?? -999)) <= tolerance)
  );
}
