/** The results of filters. Boxes, lines and points are in pixels of the frame as it arrived. */

/** x, y, width and height in pixels. */
export type Box = [x: number, y: number, width: number, height: number];

/** x and y in pixels. */
export type Point = readonly [x: number, y: number];

/** The shapes of results, and the numbers that each consists of. */
export const SHAPES = {
  box: ["x", "y", "width", "height"],
  line: ["x1", "y1", "x2", "y2"],
  point: ["x", "y"],
} as const;

/** The lists that a report can contain, and the shape of their entries. `foundCount` counts the first one. */
export const LISTS = {
  boxes: "box",
  lines: "line",
  points: "point",
  faces: "box",
} as const satisfies { readonly [list: string]: keyof typeof SHAPES };

export type ListName = keyof typeof LISTS;

/** What a filter reports: lists of shapes, and anything else that fits into JSON. */
export interface Report {
  readonly boxes?: readonly Box[];
  /** What each box shows, such as "person"; without boxes, what the whole picture shows. */
  readonly labels?: readonly string[];
  /** How sure the detector is of each label, 0 to 1. */
  readonly scores?: readonly number[];
  /** Points of each box: of a face the right eye, the left one, the nose, the right and the left corner of the mouth. */
  readonly landmarks?: readonly (readonly Point[])[];
  /** From `track`: the number of each box's object, from 1 on. */
  readonly ids?: readonly number[];
  /** Milliseconds since the frame that the report belongs to, if that is not this frame. */
  readonly age?: number;
  readonly [what: string]: unknown;
}

/** A report, with its filter and its frame. */
export interface Detection extends Report {
  readonly sequence: number;
  /** Milliseconds since the Unix epoch. */
  readonly capturedAt: number;
  /** The filter's name. */
  readonly filter: string;
}

/** The number of detected things: the entries of the first list, or the labels; 0 without a list. */
export function foundCount(detection: Detection): number {
  const lists = [...Object.keys(LISTS), "labels"].map((name) => detection[name]);
  return (lists.find(Array.isArray) as unknown[] | undefined)?.length ?? 0;
}
