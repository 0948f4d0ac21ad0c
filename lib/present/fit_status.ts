/** Fits a status line into the width of a terminal. Pure. */

/**
 * The first parts of a line, separated by two spaces, that fit into `columns`; the first part is cut where
 * it alone is too long.
 */
export function fitStatus(text: string, columns: number): string {
  if (text.length <= columns) return text;
  const end = text.lastIndexOf("  ", columns);
  return text.slice(0, end > 0 ? end : Math.max(0, columns));
}
