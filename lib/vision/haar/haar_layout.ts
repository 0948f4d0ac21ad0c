/** Where a compiled cascade finds what it works on. */

/** Where things are in the memory, in bytes. */
export interface HaarLayout {
  /** From a window's corner to the same corner in the sums of squares. */
  readonly squares: number;
  /** A row of four bytes for each window, with room for four more, each: factors, states, indices. */
  readonly factors: number;
  readonly states: number;
  readonly hits: number;
  /** Constants; as many as `constants` of the program. */
  readonly constants: number;
  /** Four bytes for each column: its place in a row of sums, from the first column on. */
  readonly places: number;
  /** From one row of sums to the next. */
  readonly stride: number;
  /** The place of a window's pixel from its corner. */
  readonly place: (x: number, y: number) => number;
}
