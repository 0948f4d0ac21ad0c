/** The memory layout of a compiled cascade. */

/** Addresses and distances in the memory, in bytes. */
export interface HaarLayout {
  /** The distance from a position in the sums to the same position in the sums of squares. */
  readonly squares: number;
  /** Three rows, each with four bytes per window and room for four more: factors, states, indices. */
  readonly factors: number;
  readonly states: number;
  readonly hits: number;
  /** The program's `constants`. */
  readonly constants: number;
  /** Four bytes per column: its offset in a row of sums. */
  readonly places: number;
  /** The distance from one row of sums to the next. */
  readonly stride: number;
  /** The offset of a window's pixel from the window's corner. */
  readonly place: (x: number, y: number) => number;
}
