/** Figures as Markdown. */

/** A table; all columns but the first are aligned to the right. */
export function table(heads: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  const rule = heads.map((_, index) => index === 0 ? "---" : "---:");
  return [line(heads), line(rule), ...rows.map(line)].join("\n");
}

/** The middle one of some figures. */
export function median(figures: number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}

/** A figure with a comma at the thousands. */
export function whole(figure: number): string {
  return Math.round(figure).toLocaleString("en-US");
}
