/** What the display shows while there is nothing to show. */

import { abortedOr } from "../frame/aborted.ts";
import type { Frame } from "../frame/frame.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { Latest } from "../frame/latest.ts";
import { drawNotice } from "../frame/notice.ts";

/** How often the picture is drawn anew, in milliseconds. */
const INTERVAL = 1000;

/** The number of a frame that was never received: it is shown and not recorded. */
export const NOT_RECEIVED = -1;

/** Puts a picture that says who is waited for into `shown`, once a second while `absence` gives one. */
export async function standIn(
  shown: Latest<Frame>,
  { size, who, absence, until, signal }: {
    size: FrameSize;
    who: string;
    absence: () => { readonly since: Date; readonly why: string } | undefined;
    until: Promise<void>;
    signal: AbortSignal;
  },
): Promise<void> {
  const timer = setInterval(() => {
    const away = absence();
    if (!away) return;
    const notice = { headline: "WAITING", why: `for ${who}: ${away.why}`, since: away.since };
    const pixels = drawNotice(size, { ...notice, now: new Date() });
    shown.put({ ...size, pixels, sequence: NOT_RECEIVED, capturedAt: Date.now() });
  }, INTERVAL);
  await abortedOr(until, signal);
  clearInterval(timer);
}
