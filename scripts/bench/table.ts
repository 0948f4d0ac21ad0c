/** Formats figures as Markdown. */

/** A table. All columns except the first are right-aligned. */
export function table(heads: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  const rule = heads.map((_, index) => index === 0 ? "---" : "---:");
  return [line(heads), line(rule), ...rows.map(line)].join("\n");
}

/** The median. */
export function median(figures: number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}

/** A number with commas between thousands. */
export function whole(figure: number): string {
  return Math.round(figure).toLocaleString("en-US");
}
