/** Draws the placeholder pictures for a lost camera or server. */

import type { FrameFormat } from "../frame/frame_format.ts";
import { drawNotice } from "./notice.ts";
import { publicName } from "./public_name.ts";

/** Draws the NO SIGNAL picture for a lost camera, with its public name: the pixels of a frame of this format. */
export function drawNoSignal(
  format: FrameFormat,
  { name, since, why }: { readonly name: string; readonly since: Date; readonly why: string },
): Uint8Array<ArrayBuffer> {
  return drawNotice(format, {
    headline: "NO SIGNAL",
    why: `${publicName(name)}: ${why}`,
    since,
    now: new Date(),
  });
}

/** Draws the WAITING picture for a lost server: the pixels of a frame of this format. */
export function drawWaiting(
  format: FrameFormat,
  { name, since, why }: { readonly name: string; readonly since: Date; readonly why: string },
): Uint8Array<ArrayBuffer> {
  return drawNotice(format, {
    headline: "WAITING",
    why: `for ${name}: ${why}`,
    since,
    now: new Date(),
  });
}
