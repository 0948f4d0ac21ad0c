/** The owner of a program's loops. */

import { LinkedAbortController } from "./linked_abort_controller.ts";

/** A loop that runs until `signal` is aborted or its work is over. */
export type Loop = (control: { signal: AbortSignal }) => Promise<void>;

/**
 * Runs loops side by side until each is over. The first failure or an abort of `signal`
 * aborts them all; they are waited for, and the first failure is thrown.
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
