/** Regions of the picture with a name: the option `zone` of `track` in, rectangles out. */

import type { Box } from "../../frame/detection.ts";
import type { Parameter } from "../filter.ts";

export interface Zone {
  readonly name: string;
  /** In pixels of the frame as it arrived. */
  readonly box: Box;
}

const MAX_ZONES = 32;

const EXPECTED = "expected NAME/X/Y/WIDTH/HEIGHT in pixels, several joined by +, " +
  "or in quotes 'NAME:X,Y,WIDTH,HEIGHT'";

/**
 * Reads `gate/0/120/200/240+door/400/0/80/480`. In quotes, the numbers can be separated as in reports:
 * `'gate:0,120,200,240'`; without them, a graph's commas and colons would end the option. Throws a `RangeError`.
 */
export function readZones(text: string): Zone[] {
  const zones = text.split("+").map((part): Zone => {
    const [name = "", ...numbers] = part.split(/[/:,]/).map((word) => word.trim());
    const [x = 0, y = 0, width = 0, height = 0] = numbers.map(Number);
    const isBox = numbers.length === 4 && numbers.every((number) => /^\d{1,5}$/.test(number));
    if (!/^[\p{L}\p{N}_-]{1,32}$/u.test(name) || !isBox) throw new RangeError(EXPECTED);
    if (width === 0 || height === 0) {
      throw new RangeError(`expected a width and a height above 0 for zone ${name}`);
    }
    return { name, box: [x, y, width, height] };
  });
  const names = zones.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new RangeError(`expected another name for the second zone ${twice}`);
  }
  if (zones.length > MAX_ZONES) throw new RangeError(`expected at most ${MAX_ZONES} zones`);
  return zones;
}

/** The parameter `zone`, by default without zones. */
export const zoneParameter: Parameter<readonly Zone[]> = {
  fallback: [],
  help:
    "regions whose events are reported: NAME/X/Y/WIDTH/HEIGHT in pixels of the frame as it arrived, joined by +",
  read: readZones,
};

/** Throws an `Error` if a zone reaches beyond a frame of this size. */
export function checkZones(
  zones: readonly Zone[],
  { width, height }: { width: number; height: number },
): void {
  for (const { name, box: [x, y, wide, high] } of zones) {
    if (x + wide <= width && y + high <= height) continue;
    throw new RangeError(
      `zone ${name} (x ${x}, y ${y}, width ${wide}, height ${high}) reaches beyond the frame of ${width}x${height}`,
    );
  }
}

export function isInside([x, y]: readonly [number, number], { box }: Zone): boolean {
  const [left, top, width, height] = box;
  return x >= left && y >= top && x < left + width && y < top + height;
}
