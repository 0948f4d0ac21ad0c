/**
 * The colors of objects by their number, the same as on the page (lib/serve/web/page/mark_colors.js). They differ by hue
 * first and by brightness second, also for people who do not tell red from green; all are bright enough for a dark rim.
 */

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

export const OBJECT_COLORS: readonly Rgb[] = [
  [255, 210, 63],
  [86, 180, 233],
  [255, 140, 66],
  [94, 220, 160],
  [240, 130, 200],
  [178, 150, 255],
  [214, 240, 80],
  [255, 120, 120],
];

/** The color of an object. `id` is from 1 on. */
export function objectColor(id: number): Rgb {
  return OBJECT_COLORS[(id - 1) % OBJECT_COLORS.length] ?? [255, 255, 255];
}

/** Y, U and V in full range (BT.601, as in JPEG), 0 to 255. */
export function toYuv([red, green, blue]: Rgb): [y: number, u: number, v: number] {
  const y = 0.299 * red + 0.587 * green + 0.114 * blue;
  const [u, v] = [128 + 0.564 * (blue - y), 128 + 0.713 * (red - y)];
  return [Math.round(y), Math.round(u), Math.round(v)];
}
