/**
 * The colors of marks: an object keeps the color of its number, and things without a number have that of their label. They
 * are the colors that the filters draw with (lib/vision/tracking/object_colors.ts), bright enough for a dark rim, so that
 * they are legible on every picture in both schemes.
 */

export const MARK_COLORS = [
  "#ffd23f",
  "#56b4e9",
  "#ff8c42",
  "#5edca0",
  "#f082c8",
  "#b296ff",
  "#d6f050",
  "#ff7878",
];

/** The color of a mark. `id` is an object's number, from 1 on; without it, and without a label, the first color. */
export function markColor(id, label) {
  if (Number.isInteger(id) && id > 0) return MARK_COLORS[(id - 1) % MARK_COLORS.length];
  if (typeof label !== "string") return MARK_COLORS[0];
  // FNV-1a: the same label has the same color on every page.
  let hash = 0x811c9dc5;
  for (const letter of label) hash = Math.imul(hash ^ letter.codePointAt(0), 0x01000193) >>> 0;
  return MARK_COLORS[hash % MARK_COLORS.length];
}
