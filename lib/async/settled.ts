/** Waits for all promises, and loses no failure. */

/** Waits until all have settled, then throws what the first of them has thrown. */
export async function settled(all: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(all);
  const rejected = results.find((result) => result.status === "rejected");
  if (rejected) throw rejected.reason;
}
