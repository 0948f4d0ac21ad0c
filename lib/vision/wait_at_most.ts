/** Waiting with a time limit. */

/** Waits for a promise, but no longer than `milliseconds`. Fails if the promise fails first. */
export async function waitAtMost(milliseconds: number, promise: Promise<unknown>): Promise<void> {
  if (milliseconds === Infinity) return void await promise;
  let timer: number | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, milliseconds));
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
