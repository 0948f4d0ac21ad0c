/** The pictures that stand in for frames while a camera or a server is away. */

import { abortedOr } from "../async/aborted.ts";
import type { Frame } from "../frame/frame.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { Latest } from "../frame/latest.ts";
import { drawNotice } from "./notice.ts";

/** How often the picture is drawn anew, in milliseconds. */
const INTERVAL = 1000;

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

/**
 * Puts a placeholder that says who is waited for into `shown`, once a second while `outage` gives one.
 * `now` is the time on the clock of the frames in `shown`, in milliseconds since the Unix epoch.
 */
export async function showPlaceholder(
  shown: Latest<Frame>,
  { size, who, outage, now, until, signal }: {
    size: FrameSize;
    who: string;
    outage: () => { readonly since: Date; readonly why: string } | undefined;
    now: () => number;
    until: Promise<void>;
    signal: AbortSignal;
  },
): Promise<void> {
  const timer = setInterval(() => {
    const away = outage();
    if (!away) return;
    const notice = { headline: "WAITING", why: `for ${who}: ${away.why}`, since: away.since };
    const pixels = drawNotice(size, { ...notice, now: new Date() });
    shown.put({ ...size, pixels, sequence: 0, capturedAt: now(), kind: "placeholder" });
  }, INTERVAL);
  await abortedOr(until, signal);
  clearInterval(timer);
}
