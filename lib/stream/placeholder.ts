/** Draws the placeholder pictures for a lost camera or server. */

import type { FrameSize } from "../frame/frame_size.ts";
import { drawNotice } from "./notice.ts";
import { publicName } from "./public_name.ts";

/** Draws the NO SIGNAL picture for a lost camera, with its public name: `width*height` bytes, gray. */
export function drawNoSignal(
  size: FrameSize,
  { name, since, why }: { readonly name: string; readonly since: Date; readonly why: string },
): Uint8Array<ArrayBuffer> {
  return drawNotice(size, {
    headline: "NO SIGNAL",
    why: `${publicName(name)}: ${why}`,
    since,
    now: new Date(),
  });
}

/** Draws the WAITING picture for a lost server: `width*height` bytes, gray. */
export function drawWaiting(
  size: FrameSize,
  { name, since, why }: { readonly name: string; readonly since: Date; readonly why: string },
): Uint8Array<ArrayBuffer> {
  return drawNotice(size, {
    headline: "WAITING",
    why: `for ${name}: ${why}`,
    since,
    now: new Date(),
  });
}
