/** Whether the client has a use for colors. */

import { rawPixels } from "../ffmpeg/formats.ts";
import { sortOutputs } from "../present/records.ts";
import { needsColor } from "../vision/registry.ts";
import { displayOf } from "./choose_display.ts";
import type { ClientOptions } from "./client_options.ts";

/**
 * Whether something shows, stores, serves or processes colors. If not, the client requests gray frames: they take two
 * thirds of the bytes.
 */
export function usesColor(options: ClientOptions): boolean {
  const { gray, output, pixels, filter = [], serve, http } = options;
  if (gray) return false;
  if (serve !== undefined || http !== undefined || displayOf(options) !== "none") return true;
  const { files, streams } = sortOutputs(output);
  const holdsColor = (name: string) => rawPixels(name, pixels) !== "gray";
  // The user's own filter may have `pixels = "bgr"`.
  return streams.length > 0 || files.some(holdsColor) ||
    filter.some((item) => item.kind === "own" || needsColor(item.name));
}
