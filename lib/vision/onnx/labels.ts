/** The names of a model's classes: from a file with one in each line, or from the model's metadata. */

/** The lines of a file with labels. The last line can be empty; empty lines in between keep the numbers right. */
export function readLabelLines(text: string): string[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/).map((line) => line.trim());
  while (lines.at(-1) === "") lines.pop();
  return lines;
}

/**
 * The names in the metadata of a model: a Python dictionary as Ultralytics writes it, `{0: 'person', 1: 'bicycle'}`, a
 * list, or one name in each line. Undefined without names.
 */
export function labelsInMetadata(metadata: ReadonlyMap<string, string>): string[] | undefined {
  const text = metadata.get("names") ?? metadata.get("classes") ?? metadata.get("labels");
  if (text === undefined || text.trim() === "") return undefined;
  const labels: string[] = [];
  const entry = /(?:(\d+)\s*:\s*|[[,]\s*)(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g;
  for (const [, number, single, double] of text.matchAll(entry)) {
    const index = number === undefined ? labels.length : Number(number);
    if (index < MAX_LABELS) labels[index] = (single ?? double ?? "").replaceAll(/\\(.)/g, "$1");
  }
  if (labels.length > 0) return Array.from(labels, (label) => label ?? "");
  return /^[[{]/.test(text.trim()) ? undefined : readLabelLines(text);
}

/** More classes than any model has. */
const MAX_LABELS = 100_000;

/** How many names an error lists: all 80 of COCO. */
const MAX_NAMES = 100;

/** The label of a class: its name, or its number. */
export function labelOf(labels: readonly string[] | undefined, index: number): string {
  return labels?.[index] || `class ${index}`;
}

/**
 * The numbers of the classes with these names; undefined for all. A number stands for itself. Throws an `Error` with the
 * model's names for one that it does not have.
 */
export function wantedClasses(
  classes: readonly string[],
  labels: readonly string[] | undefined,
  count: number,
): ReadonlySet<number> | undefined {
  if (classes.length === 0) return undefined;
  const names = Array.from({ length: count }, (_, index) => labelOf(labels, index));
  return new Set(classes.map((name) => {
    const index = names.indexOf(name);
    if (index >= 0) return index;
    if (/^\d+$/.test(name) && Number(name) < count) return Number(name);
    const known = names.slice(0, MAX_NAMES).join(", ") + (names.length > MAX_NAMES ? ", ..." : "");
    throw new Error(`it has no class "${name}" (available: ${known})`);
  }));
}
