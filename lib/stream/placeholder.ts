/** Draws the placeholder pictures for a lost or closed camera, and for a lost server. */

import type { FrameFormat } from "../frame/frame_format.ts";
import { drawNotice, drawTexts } from "./notice.ts";
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

/** Draws the CLOSED picture for a camera outside its hours; `until` is for people. The pixels of a frame of this format. */
export function drawClosed(
  format: FrameFormat,
  { name, until }: { readonly name: string; readonly until: string | undefined },
): Uint8Array<ArrayBuffer> {
  const texts = [publicName(name), ...(until === undefined ? [] : [`until ${until}`])];
  return drawTexts(format, { headline: "CLOSED", texts });
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
