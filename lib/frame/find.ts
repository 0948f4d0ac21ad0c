/** What a filter found, in which frame. Boxes, lines and points are in pixels of the frame as it arrived. */
export interface Find {
  readonly sequence: number;
  readonly capturedAt: number;
  readonly filter: string;
  readonly [what: string]: unknown;
}
