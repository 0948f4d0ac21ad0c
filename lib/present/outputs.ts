/** The outputs of a client: each may end by itself; when the last has ended, so does the client. */

import { Failure } from "../log/failure.ts";
import type { Log } from "../log/log.ts";

export class Outputs {
  readonly #log: Log;
  readonly #stop: () => void;
  #left = 0;
  #failure: Failure | undefined;

  /** `stop` is called when the last one has ended. */
  constructor({ log, stop }: { log: Log; stop: () => void }) {
    this.#log = log;
    this.#stop = stop;
  }

  /** Counts one more output. */
  add(): void {
    this.#left++;
  }

  /** Runs an output to its end: a failure ends this one, and is told in one line. */
  async run(output: () => Promise<void>, { signal }: { signal: AbortSignal }): Promise<void> {
    this.add();
    try {
      await output();
      if (!signal.aborted) this.#ended();
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      this.#ended(thrown);
    }
  }

  /**
   * Lets an output write; false where that has ended it: its reader has gone (`write` gives false), or
   * it failed.
   */
  async write(write: () => Promise<boolean>): Promise<boolean> {
    try {
      if (await write()) return true;
      this.#ended();
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      this.#ended(thrown);
    }
    return false;
  }

  /** One output has ended, by a failure where there is one. */
  #ended(failure?: Failure): void {
    this.#left--;
    if (failure) this.#failure = failure;
    if (this.#left > 0 && failure) this.#log.error(`error: ${failure.message}; the others go on`);
    if (this.#left === 0) this.#stop();
  }

  /** Throws the last failure, whether other outputs ended well or not. */
  judge(): void {
    if (this.#failure) throw this.#failure;
  }
}
