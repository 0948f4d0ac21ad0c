/** Passing frames on to those who come after us. */

import type { Frame } from "../frame/frame.ts";
import type { Latest } from "../frame/latest.ts";

/**
 * Puts the frames of `from` into `to`, numbered anew and with times of this host's clock; `offset()` says
 * how far the clock of their times is ahead of it, in milliseconds. Until they end, or on abort.
 */
export async function renumber(
  from: Latest<Frame>,
  to: Latest<Frame>,
  { offset, signal }: { offset: () => number; signal: AbortSignal },
): Promise<void> {
  using reader = from.reader({ signal });
  let sequence = 0;
  for (let taken; (taken = await reader.take());) {
    sequence += taken.skipped;
    const { value } = taken;
    to.put({ ...value, sequence, capturedAt: value.capturedAt - offset() });
    if (!value.kind) sequence++;
  }
  to.end(from.ending);
}
