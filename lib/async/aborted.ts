/** Waits that end on abort. */

import { type Clock, steadyClock } from "./clock.ts";

/** Waits for `until` or for the abort of `signal`, whichever comes first. Fails if `until` fails. */
export async function abortedOr(until: Promise<unknown>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const onAbort = () => resolve();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([until, promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** The value of a promise. Throws the signal's reason on abort; what the promise then becomes is ignored. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  promise.catch(() => {}); // thrown below, or ignored after an abort
  await abortedOr(promise, signal);
  signal.throwIfAborted();
  return await promise;
}

/** Waits for a time; ends early on abort. */
export async function pause(
  milliseconds: number,
  signal: AbortSignal,
  clock: Clock = steadyClock,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  using _timer = clock.after(milliseconds, resolve);
  await abortedOr(promise, signal);
}
