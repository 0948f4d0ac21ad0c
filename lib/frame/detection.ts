/** What filters find in frames. Boxes, lines and points are in pixels of the frame as it arrived. */

/** x, y, width and height in pixels. */
export type Box = [x: number, y: number, width: number, height: number];

/** The shapes of what is found, and the numbers that each consists of. */
export const SHAPES = {
  box: ["x", "y", "width", "height"],
  line: ["x1", "y1", "x2", "y2"],
  point: ["x", "y"],
} as const;

/** The lists that a detection can hold, and the shape of their entries. The first one there is counted. */
export const LISTS = {
  boxes: "box",
  lines: "line",
  points: "point",
  faces: "box",
} as const satisfies { readonly [list: string]: keyof typeof SHAPES };

export type ListName = keyof typeof LISTS;

/** What a filter reports: lists of shapes, and anything else that JSON can hold. */
export interface Report {
  readonly boxes?: readonly Box[];
  readonly [what: string]: unknown;
}

/** What a filter reports, and of which frame. */
export interface Detection extends Report {
  readonly sequence: number;
  /** Milliseconds since the Unix epoch. */
  readonly capturedAt: number;
  /** The filter's name. */
  readonly filter: string;
}

/** How many things were found: the entries of the first list; 0 without one. */
export function foundCount(detection: Detection): number {
  const lists = Object.keys(LISTS).map((name) => detection[name]);
  return (lists.find(Array.isArray) as unknown[] | undefined)?.length ?? 0;
}
