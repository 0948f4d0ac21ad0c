/** Yields values at an interval while some work is under way. */

import { pause } from "./aborted.ts";
import { type Clock, steadyClock } from "./clock.ts";
import { LinkedAbortController } from "./linked_abort_controller.ts";

/**
 * Runs `work`, and yields `value(n)` at the start (n = 0) and then once per interval until the work ends;
 * undefined values are left out. Returns the result of the work, or fails if it fails. When `signal` aborts
 * or the reader stops, it aborts the work and waits for it.
 */
export async function* whilePending<T, V>(
  work: (control: { signal: AbortSignal }) => Promise<T>,
  { value, interval, signal, clock = steadyClock }: {
    value: (n: number) => V | undefined;
    /** Milliseconds. */
    interval: number;
    signal: AbortSignal;
    clock?: Clock;
  },
): AsyncGenerator<V, T> {
  using working = new LinkedAbortController(signal);
  using waiting = new LinkedAbortController(working.signal);
  const result = work({ signal: working.signal }).finally(() => waiting.abort());
  result.catch(() => {}); // awaited below
  try {
    for (let n = 0; !waiting.signal.aborted; n++) {
      const given = value(n);
      if (given !== undefined) yield given;
      await pause(interval, waiting.signal, clock);
    }
    return await result;
  } finally {
    working.abort();
    await result.catch(() => {}); // thrown above, unless the reader stopped
  }
}
