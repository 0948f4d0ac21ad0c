/** The owner of a program's loops. */

/** A loop that runs until `signal` is aborted or its work is over; `stop` ends all the loops. */
export type Loop = (control: { signal: AbortSignal; stop: () => void }) => Promise<void>;

/**
 * Runs loops side by side until each is over. The first failure, a call of `stop`, or an abort of
 * `signal` aborts them all; they are waited for, and the first failure is thrown.
 */
export async function together(loops: Loop[], { signal }: { signal: AbortSignal }): Promise<void> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  const all = AbortSignal.any([signal, controller.signal]);
  const failures: unknown[] = [];
  await Promise.all(loops.map(async (loop) => {
    try {
      await loop({ signal: all, stop });
    } catch (thrown) {
      failures.push(thrown);
      stop();
    }
  }));
  if (failures.length > 0) throw failures[0];
}
