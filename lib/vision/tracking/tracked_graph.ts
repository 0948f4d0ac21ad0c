/** What a graph with `track` must be, and what follows from it: a graph in, the graph to start out. */

import type { GraphItem } from "../graph.ts";

/** What is known about the built-in filters. */
type Finds = (name: string) => boolean;

/**
 * Throws an `Error` for the user if there is a `track` without a filter before it that reports boxes: `finds` tells for a
 * built-in one; the user's own filters can.
 */
export function checkTracked(graph: readonly GraphItem[], finds: Finds): void {
  for (const [at, item] of graph.entries()) {
    if (isTrack(item) && followedBy(graph, at, finds) === undefined) {
      throw new Error(
        "track has nothing to follow: expected a filter before it that reports boxes, as in people,track",
      );
    }
  }
}

/** The graph in which a filter that `track` follows does not draw its boxes if `track` draws them. */
export function withoutDoubleBoxes(graph: readonly GraphItem[], finds: Finds): GraphItem[] {
  const result = [...graph];
  for (const [at, item] of graph.entries()) {
    const followed = isTrack(item) && item.options.draw === 1 && followedBy(graph, at, finds);
    const before = typeof followed === "number" ? result[followed] : undefined;
    if (typeof followed !== "number" || before?.kind !== "built-in") continue;
    result[followed] = { ...before, options: { ...before.options, draw: 0 } };
  }
  return result;
}

/**
 * The filters whose `draw` tells whether a picture shows what they report: of `track` and the one that it follows, `track`
 * if it draws, and otherwise the other one.
 */
export function drawingFilters(graph: readonly GraphItem[], finds: Finds): GraphItem[] {
  const silent = new Set<GraphItem | undefined>();
  for (const [at, item] of graph.entries()) {
    if (!isTrack(item)) continue;
    silent.add(item.options.draw === 1 ? graph[followedBy(graph, at, finds) ?? -1] : item);
  }
  return graph.filter((item) => !silent.has(item));
}

/** The place of the nearest filter before `track` that can report boxes; undefined without one. */
function followedBy(graph: readonly GraphItem[], at: number, finds: Finds): number | undefined {
  const found = graph.slice(0, at).findLastIndex((item) => item.kind === "own" || finds(item.name));
  return found < 0 ? undefined : found;
}

function isTrack(item: GraphItem): boolean {
  return item.kind === "built-in" && item.name === "track";
}
