/**
 * The permissions of the Worker that runs the filters: it can read OpenCV, the cascades and the folders of
 * the user's modules, and has no other permission, whatever the program itself is allowed to do.
 */

import type { GraphItem } from "./graph.ts";
import { cascadeFile } from "./models.ts";
import { ortFolder } from "./onnx/model_files.ts";

/** The permissions of a graph's Worker. A Worker that it starts has the same ones or fewer. */
export function workerRights(graph: readonly GraphItem[]): Deno.PermissionOptionsObject {
  const files = graph.flatMap((item): (string | URL)[] => {
    if (item.kind === "own") return [new URL(".", item.path)];
    const { cascade, model, labels } = item.options;
    const named = [model, labels].filter((path) => typeof path === "string" && path !== "");
    return [
      ...typeof cascade === "string" && cascade !== "" ? [cascadeFile(cascade)] : [],
      ...named as string[],
      ...item.name === "detect" ? [ortFolder()] : [],
    ];
  });
  return {
    // The first two folders contain the cascades and the source of the detectors' Worker, which therefore imports
    // nothing else at run time.
    read: [
      new URL(".", import.meta.url),
      new URL("../frame/", import.meta.url),
      new URL(".", import.meta.resolve("opencv-wasm")),
      ...files,
    ],
    ...{ env: false, ffi: false, import: false, net: false, run: false, sys: false, write: false },
  };
}
