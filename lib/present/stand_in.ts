/** What the display shows while the server is away. */

import { abortedOr } from "../frame/aborted.ts";
import type { Frame } from "../frame/frame.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { Latest } from "../frame/latest.ts";
import { drawNotice } from "../frame/notice.ts";

/** How often the picture is drawn anew, in milliseconds. */
const INTERVAL = 1000;

/**
 * Puts a placeholder that says who is waited for into `shown`, once a second while `absence` gives one.
 * `now` is the time on the clock of the frames in `shown`, in milliseconds since the Unix epoch.
 */
export async function standIn(
  shown: Latest<Frame>,
  { size, who, absence, now, until, signal }: {
    size: FrameSize;
    who: string;
    absence: () => { readonly since: Date; readonly why: string } | undefined;
    now: () => number;
    until: Promise<void>;
    signal: AbortSignal;
  },
): Promise<void> {
  const timer = setInterval(() => {
    const away = absence();
    if (!away) return;
    const notice = { headline: "WAITING", why: `for ${who}: ${away.why}`, since: away.since };
    const pixels = drawNotice(size, { ...notice, now: new Date() });
    shown.put({ ...size, pixels, sequence: 0, capturedAt: now(), kind: "placeholder" });
  }, INTERVAL);
  await abortedOr(until, signal);
  clearInterval(timer);
}
