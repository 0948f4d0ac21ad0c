/**
 * The rights of the Worker in which the filters run: it may read OpenCV, the cascades and the folders of
 * the user's own modules, and nothing else. Deno gives it no others, whatever the program may do.
 */

import type { GraphItem } from "./graph.ts";
import { cascadeFile } from "./models.ts";

/** The permissions for a graph's Worker; a Worker that it starts has the same at the most. */
export function workerRights(graph: readonly GraphItem[]): Deno.PermissionOptionsObject {
  const files = graph.flatMap((item): (string | URL)[] => {
    if (item.kind === "own") return [new URL(".", item.path)];
    const { cascade } = item.options;
    return typeof cascade === "string" && cascade !== "" ? [cascadeFile(cascade)] : [];
  });
  return {
    // The first folder holds the source of the detectors' Worker and the cascades.
    read: [
      new URL(".", import.meta.url),
      new URL(".", import.meta.resolve("opencv-wasm")),
      ...files,
    ],
    ...{ env: false, ffi: false, import: false, net: false, run: false, sys: false, write: false },
  };
}
