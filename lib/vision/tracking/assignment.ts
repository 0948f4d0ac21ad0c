/**
 * Pairs rows with columns so that the sum of the costs is as low as it can be. Pure arithmetic.
 *
 * The Hungarian method with potentials and shortest augmenting paths, O(n²m): H. W. Kuhn, "The Hungarian method for the
 * assignment problem", 1955; R. Jonker and A. Volgenant, 1987. SORT uses it, too. A greedy choice takes the best pair
 * first, and so swaps two objects that cross: the pair that it takes can leave a much worse one for the others. Most
 * boxes of a picture are near one object alone: each group that is connected by possible pairs is solved on its own, so
 * that the cube of n is that of the largest crowd.
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
  return groups(costs).flatMap(({ rows, columns }) =>
    solve(rows.map((row) => columns.map((column) => at(costs[row] ?? [], column))))
      .map(([row, column]): [number, number] => [rows[row] ?? 0, columns[column] ?? 0])
  ).sort(([a], [b]) => a - b);
}

/** The rows and columns that possible pairs connect, each in one group. */
function groups(costs: readonly (readonly number[])[]): { rows: number[]; columns: number[] }[] {
  const columnsOf = costs.map((row) =>
    row.flatMap((cost, column) => cost === FORBIDDEN ? [] : [column])
  );
  const rowsOf = new Map<number, number[]>();
  columnsOf.forEach((columns, row) =>
    columns.forEach((column) => rowsOf.set(column, [...rowsOf.get(column) ?? [], row]))
  );
  const open = new Set(costs.keys());
  return [...costs.keys()].flatMap((first) => {
    if (!open.delete(first) || columnsOf[first]?.length === 0) return [];
    const [rows, columns] = [[first], new Set<number>()];
    for (const row of rows) {
      for (const column of columnsOf[row] ?? []) {
        if (columns.has(column)) continue;
        columns.add(column);
        rows.push(...(rowsOf.get(column) ?? []).filter((other) => open.delete(other)));
      }
    }
    return [{ rows, columns: [...columns] }];
  });
}

/** The pairs of a group, which has rows and columns. */
function solve(costs: readonly (readonly number[])[]): [row: number, column: number][] {
  const [rows, columns] = [costs.length, costs[0]?.length ?? 0];
  if (rows > columns) {
    const turned = Array.from(
      { length: columns },
      (_, column) => costs.map((row) => at(row, column)),
    );
    return solve(turned).map(([row, column]) => [column, row]);
  }
  const rowOf = assignedRows(costs, columns);
  const pairs: [number, number][] = [];
  for (let column = 1; column <= columns; column++) {
    const row = (rowOf[column] ?? 0) - 1;
    if (row >= 0 && at(costs[row] ?? [], column - 1) < HUGE) pairs.push([row, column - 1]);
  }
  return pairs;
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
