/** Names of files that are written one after the other: patterns of the time, or a number. Pure. */

/** The conversions of the time, as in strftime. */
const PARTS: { readonly [letter: string]: (time: Date) => string } = {
  Y: (time) => String(time.getFullYear()),
  m: (time) => two(time.getMonth() + 1),
  d: (time) => two(time.getDate()),
  H: (time) => two(time.getHours()),
  M: (time) => two(time.getMinutes()),
  S: (time) => two(time.getSeconds()),
  "%": () => "%",
};

/** A part of the time, or a number: `%d`, or `%06d` with its width. */
const PATTERN = /%(?:([YmHMS%])|(?:0?([1-9]))?d)/g;

/**
 * Whether `%d` is the day: beside another part of the time. Alone it is a number, as in ffmpeg.
 */
function hasDay(name: string): boolean {
  return /%[YmHMS]/.test(name.replaceAll("%%", ""));
}

/** Whether a name has a number. */
export function hasNumber(name: string): boolean {
  const number = hasDay(name) ? /%0?[1-9]d/ : /%(0?[1-9])?d/;
  return number.test(name.replaceAll("%%", ""));
}

/** Whether a name differs from clip to clip. */
export function hasPattern(name: string): boolean {
  return name.replaceAll("%%", "").search(PATTERN) >= 0;
}

/** The name with a pattern of the time before its ending, where it has no pattern of its own. */
export function withPattern(name: string): string {
  if (hasPattern(name)) return name;
  const escaped = name.replaceAll("%", "%%");
  return escaped.replace(/(\.[^./]*)?$/, (ending) => `_%Y-%m-%d_%H-%M-%S${ending}`);
}

/**
 * The name of one clip, with the local time and the number of the clip, counted from 1. Without a number,
 * `%d` and `%%` stay for ffmpeg to fill in.
 */
export function formatName(
  pattern: string,
  { time, number }: { time: Date; number?: number },
): string {
  const day = hasDay(pattern);
  return pattern.replaceAll(
    PATTERN,
    (part: string, letter: string | undefined, width: string | undefined) => {
      const word = part === "%d" && day ? "d" : letter;
      if (number === undefined && (!word || word === "%")) return part;
      return word ? PARTS[word]?.(time) ?? "" : String(number).padStart(Number(width) || 0, "0");
    },
  );
}

/** The regular expressions of the conversions. */
const SHAPES: { readonly [part: string]: string } = {
  "%%": "%",
  "%Y": "\\d{4}",
  "%m": "(?:0[1-9]|1[0-2])",
  "%d": "(?:0[1-9]|[12]\\d|3[01])",
  "%H": "(?:[01]\\d|2[0-3])",
  "%M": "[0-5]\\d",
  "%S": "[0-5]\\d",
};

/** The number in a file's name that fits the pattern, 0 where it has none; undefined where it does not fit. */
export function matchPattern(pattern: string, name: string): number | undefined {
  const day = hasDay(pattern);
  let named = false;
  const source = pattern.split(/(%%|%[YmdHMS]|%0?[1-9]d)/).map((part) => {
    const [number, width = "1"] = /^%0?([1-9])?d$/.exec(part) ?? [];
    if (number !== undefined && !(part === "%d" && day)) {
      // A number that is longer than its width does not begin with 0.
      const shape = `\\d{${width}}|[1-9]\\d{${width},}`;
      const group = named ? "\\k<number>" : `(?<number>${shape})`;
      named = true;
      return group;
    }
    return SHAPES[part] ?? part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  }).join("");
  // `again` adds a number to a name that is used twice.
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
