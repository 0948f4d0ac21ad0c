/** What a new configuration changes. */

import { plural } from "../log/plural.ts";
import type { CameraOptions } from "./camera_options.ts";

/** How many cameras were changed, by what was done with them. */
export interface CameraChanges {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** They could not be opened. */
  readonly failed: number;
  readonly unchanged: number;
}

/** In the order of `formatChanges`. */
export const NO_CHANGES = { added: 0, changed: 0, removed: 0, failed: 0, unchanged: 0 };

/** `1 camera added, 1 removed, 2 unchanged`. */
export function formatChanges(changes: CameraChanges): string {
  const counts = Object.entries(changes).filter(([, count]) => count > 0);
  return counts
    .map(([what, count], i) => `${i === 0 ? plural(count, "camera") : count} ${what}`)
    .join(", ");
}

/** Whether two cameras have the same options: they are plain data. */
export function isEqual(a: CameraOptions, b: CameraOptions): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
