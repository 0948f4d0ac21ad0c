/** Waiting that ends on abort. */

/** Waits for `until`, or for the abort of `signal`, whichever is first. Fails as `until` does. */
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

/** Waits so many milliseconds; ends early on abort. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  await abortedOr(promise, signal);
  clearTimeout(timer);
}
