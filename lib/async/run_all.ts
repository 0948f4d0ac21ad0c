/** The owner of a program's loops. */

import { LinkedAbortController } from "./linked_abort_controller.ts";

/** A loop that runs until its work is done or `signal` is aborted. */
export type Loop = (control: { signal: AbortSignal }) => Promise<void>;

/**
 * Runs loops concurrently until all have ended. The first failure, or the abort of `signal`, aborts all
 * loops. Waits for all of them, then throws the first failure.
 */
export async function runAll(loops: Loop[], { signal }: { signal: AbortSignal }): Promise<void> {
  using controller = new LinkedAbortController(signal);
  const failures: unknown[] = [];
  await Promise.all(loops.map(async (loop) => {
    try {
      await loop({ signal: controller.signal });
    } catch (thrown) {
      failures.push(thrown);
      controller.abort();
    }
  }));
  if (failures.length > 0) throw failures[0];
}
