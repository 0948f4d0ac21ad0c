/** Names of files that are written one after the other: a clock's pattern, or a number. Pure. */

/** What stands for a part of the time, as strftime has it. */
const PARTS: { readonly [letter: string]: (time: Date) => string } = {
  Y: (time) => String(time.getFullYear()),
  m: (time) => two(time.getMonth() + 1),
  d: (time) => two(time.getDate()),
  H: (time) => two(time.getHours()),
  M: (time) => two(time.getMinutes()),
  S: (time) => two(time.getSeconds()),
  "%": () => "%",
};

/** A part of the time, or a number with its width: `%d` alone is the day. */
const PATTERN = /%(?:([YmdHMS%])|0?([1-9])d)/g;

/** Whether a name holds a number. */
export function hasNumber(name: string): boolean {
  return /%0?[1-9]d/.test(name.replaceAll("%%", ""));
}

/** Whether a name differs from clip to clip. */
export function hasPattern(name: string): boolean {
  return name.replaceAll("%%", "").search(PATTERN) >= 0;
}

/** The name with a clock's pattern before its ending, where it has none of its own. */
export function withPattern(name: string): string {
  if (hasPattern(name)) return name;
  const escaped = name.replaceAll("%", "%%");
  return escaped.replace(/(\.[^./]*)?$/, (ending) => `_%Y-%m-%d_%H-%M-%S${ending}`);
}

/** The name of one clip: the local time, or which one it is, counted from 1. */
export function formatName(
  pattern: string,
  { time, number }: { time: Date; number: number },
): string {
  return pattern.replaceAll(
    PATTERN,
    (_, letter: string | undefined, width: string | undefined) =>
      letter ? PARTS[letter]?.(time) ?? "" : String(number).padStart(Number(width) || 0, "0"),
  );
}

/** What the parts of a name look like. */
const SHAPES: { readonly [part: string]: string } = {
  "%%": "%",
  "%Y": "\\d{4}",
  "%m": "(?:0[1-9]|1[0-2])",
  "%d": "(?:0[1-9]|[12]\\d|3[01])",
  "%H": "(?:[01]\\d|2[0-3])",
  "%M": "[0-5]\\d",
  "%S": "[0-5]\\d",
};

/** Whether a file's name may have come of the pattern; its number, where it has one, else 0. */
export function matchPattern(pattern: string, name: string): number | undefined {
  const source = pattern.split(/(%%|%[YmdHMS]|%0?[1-9]d)/).map((part) => {
    const width = /^%0?([1-9])d$/.exec(part)?.[1];
    // Longer than its width is a number that does not begin with 0.
    if (width !== undefined) return `(?<number>\\d{${width}}|[1-9]\\d{${width},})`;
    return SHAPES[part] ?? part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  }).join("");
  // A second one within the same second has a number behind it.
  const [stem, ending] = split(source);
  const match = new RegExp(`^${stem}(?:-\\d+)?${ending}$`).exec(name);
  return match ? Number(match.groups?.number ?? 0) : undefined;
}

/** The name with a number before its ending, for a second one of the same name. */
export function again(name: string, number: number): string {
  return name.replace(/(\.[^./]*)?$/, (ending) => `-${number}${ending}`);
}

function split(source: string): [string, string] {
  const at = /(\\\.[^/\\]*)?$/.exec(source)?.index ?? source.length;
  return [source.slice(0, at), source.slice(at)];
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
