/** What a filter found, in which frame. Boxes, lines and points are in pixels of the frame as it arrived. */
export interface Detection {
  readonly sequence: number;
  readonly capturedAt: number;
  readonly filter: string;
  readonly [what: string]: unknown;
}

/** How many things were found: the entries of the first of the lists that are drawn; 0 without one. */
export function foundCount(find: Detection): number {
  const lists = [find.boxes, find.lines, find.points];
  return (lists.find(Array.isArray) as unknown[] | undefined)?.length ?? 0;
}
