/** The pictures that stand in for frames while a camera or a server is away. */

import type { FrameSize } from "../frame/frame_size.ts";
import { drawNotice } from "./notice.ts";

/** Draws the picture for a lost camera: `width*height` bytes, gray. */
export function drawNoSignal(
  size: FrameSize,
  { name, since, why }: { readonly name: string; readonly since: Date; readonly why: string },
): Uint8Array<ArrayBuffer> {
  return drawNotice(size, {
    headline: "NO SIGNAL",
    why: `${name}: ${why}`,
    since,
    now: new Date(),
  });
}

/** Draws the picture for a server that is away: `width*height` bytes, gray. */
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
