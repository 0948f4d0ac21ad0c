/**
 * Pairs rows with columns so that the sum of the costs is as low as it can be. Pure arithmetic.
 *
 * The Hungarian method with potentials and shortest augmenting paths, O(n²m): H. W. Kuhn, "The Hungarian method for the
 * assignment problem", 1955; R. Jonker and A. Volgenant, 1987. SORT uses it, too. A greedy choice takes the best pair
 * first, and so swaps two objects that cross: the pair that it takes can leave a much worse one for the others. For the
 * 100 objects that the tracker keeps at the most, it takes about a millisecond.
 */

/** The cost of a pair that must not be. */
export const FORBIDDEN = Infinity;

/** Stands in for `FORBIDDEN` in the sums: above any sum of real costs, which are from 0 to 1. */
const HUGE = 1e6;

/**
 * Returns the pairs `[row, column]` of the cheapest assignment, in the order of rows. `costs` has a row for each thing
 * of one side, all of one length, with values from 0 to 1 or `FORBIDDEN`. As many are paired as can be; forbidden pairs
 * are left out.
 */
export function assign(costs: readonly (readonly number[])[]): [row: number, column: number][] {
  const [rows, columns] = [costs.length, costs[0]?.length ?? 0];
  if (rows === 0 || columns === 0) return [];
  if (rows > columns) {
    const turned = Array.from(
      { length: columns },
      (_, column) => costs.map((row) => at(row, column)),
    );
    return assign(turned).map(([row, column]): [number, number] => [column, row])
      .sort(([a], [b]) => a - b);
  }
  const rowOf = assignedRows(costs, columns);
  const pairs: [number, number][] = [];
  for (let column = 1; column <= columns; column++) {
    const row = (rowOf[column] ?? 0) - 1;
    if (row >= 0 && at(costs[row] ?? [], column - 1) < HUGE) pairs.push([row, column - 1]);
  }
  return pairs.sort(([a], [b]) => a - b);
}

/** The row of each column, both counted from 1; 0 for a column without one. Rows are no more than columns. */
function assignedRows(costs: readonly (readonly number[])[], columns: number): Int32Array {
  const rowPotential = new Float64Array(costs.length + 1);
  const columnPotential = new Float64Array(columns + 1);
  const rowOf = new Int32Array(columns + 1);
  const cameFrom = new Int32Array(columns + 1);
  for (let row = 1; row <= costs.length; row++) {
    rowOf[0] = row;
    let column = 0;
    const slack = new Float64Array(columns + 1).fill(Infinity);
    const isUsed = new Uint8Array(columns + 1);
    // The shortest path from the new row to a column without a row.
    do {
      isUsed[column] = 1;
      const from = rowOf[column] ?? 0;
      let [step, next] = [Infinity, 0];
      for (let to = 1; to <= columns; to++) {
        if (isUsed[to]) continue;
        const reduced = at(costs[from - 1] ?? [], to - 1) - at(rowPotential, from) -
          at(columnPotential, to);
        if (reduced < at(slack, to)) {
          slack[to] = reduced;
          cameFrom[to] = column;
        }
        if (at(slack, to) < step) [step, next] = [at(slack, to), to];
      }
      for (let to = 0; to <= columns; to++) {
        if (isUsed[to]) {
          rowPotential[rowOf[to] ?? 0] = at(rowPotential, rowOf[to] ?? 0) + step;
          columnPotential[to] = at(columnPotential, to) - step;
        } else {
          slack[to] = at(slack, to) - step;
        }
      }
      column = next;
    } while (rowOf[column] !== 0);
    // Each column on the path gets the row of the one before it.
    while (column !== 0) {
      const before = cameFrom[column] ?? 0;
      rowOf[column] = rowOf[before] ?? 0;
      column = before;
    }
  }
  return rowOf;
}

function at(list: ArrayLike<number>, index: number): number {
  return Math.min(list[index] ?? 0, HUGE);
}
