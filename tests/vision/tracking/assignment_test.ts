/** Tests assign(). */

import { assert, assertEquals } from "../../assert.ts";
import { assign, FORBIDDEN } from "../../../lib/vision/tracking/assignment.ts";
import { noise } from "../run_filter.ts";

Deno.test("assign() takes the pairs with the lowest sum, not the best pair first", () => {
  // Greedy takes 0.1 and is left with 0.9.
  assertEquals(assign([[0.1, 0.2], [0.2, 0.9]]), [[0, 1], [1, 0]]);
});

Deno.test("assign() leaves out forbidden pairs, and what is too many on either side", () => {
  assertEquals(assign([]), []);
  assertEquals(assign([[], []]), []);
  assertEquals(assign([[FORBIDDEN]]), []);
  assertEquals(assign([[FORBIDDEN, 0.5], [FORBIDDEN, 0.4]]), [[1, 1]]);
  assertEquals(assign([[0.5, 0.1, 0.2]]), [[0, 1]]);
  assertEquals(assign([[0.5], [0.1], [0.2]]), [[1, 0]]);
});

Deno.test("assign() equals the best of all permutations", () => {
  for (let seed = 0; seed < 50; seed++) {
    const costs = Array.from(
      { length: 5 },
      (_, row) =>
        Array.from(
          { length: 5 },
          (_, column) => noise(row * 7 + seed * 31, column * 3 + seed) / 255,
        ),
    );
    const best = Math.min(...permutations([0, 1, 2, 3, 4]).map((order) => sum(costs, order)));
    const pairs = assign(costs);
    assertEquals(pairs.length, 5);
    const reached = pairs.reduce((total, [row, column]) => total + costs[row]![column]!, 0);
    assert(Math.abs(reached - best) < 1e-9, `${reached} and not ${best}`);
  }
});

Deno.test("assign() of many groups equals each group's own", () => {
  // Groups of three rows and three columns, whose rows and columns are spread over the whole.
  const costs = Array.from(
    { length: 60 },
    (_, row) =>
      Array.from(
        { length: 60 },
        (_, column) => row % 20 === column % 20 ? noise(row * 7, column * 3) / 255 : FORBIDDEN,
      ),
  );
  const pairs = assign(costs);
  assertEquals(pairs.map(([row]) => row), [...costs.keys()]);
  for (let group = 0; group < 20; group++) {
    const members = [group, group + 20, group + 40];
    const own = members.map((row) => members.map((column) => costs[row]![column]!));
    const best = Math.min(...permutations([0, 1, 2]).map((order) => sum(own, order)));
    const reached = pairs.filter(([row]) => row % 20 === group)
      .reduce((total, [row, column]) => total + costs[row]![column]!, 0);
    assert(Math.abs(reached - best) < 1e-9, `${reached} and not ${best}`);
  }
});

function permutations(items: number[]): number[][] {
  if (items.length < 2) return [items];
  return items.flatMap((first) =>
    permutations(items.filter((item) => item !== first)).map((rest) => [first, ...rest])
  );
}

function sum(costs: number[][], order: number[]): number {
  return order.reduce((total, column, row) => total + costs[row]![column]!, 0);
}
