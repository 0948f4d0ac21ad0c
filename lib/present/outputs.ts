/** The outputs of a client. It owns the sinks: each can end by itself; when the last has ended, so does the client. */

import { runAll } from "../async/run_all.ts";
import { Failure } from "../log/failure.ts";
import type { Log } from "../log/log.ts";
import type { Sink, Stream } from "../stream/stream.ts";

export class Outputs {
  readonly #log: Log;
  readonly #stop: () => void;
  readonly #sinks: Sink[] = [];
  /** Outputs that have not ended. */
  #left = 0;
  #failure: Failure | undefined;

  /** `stop` is called when the last output has ended before the stream. */
  constructor({ log, stop }: { log: Log; stop: () => void }) {
    this.#log = log;
    this.#stop = stop;
  }

  /** Adds a sink for `run`. */
  add(sink: Sink): void {
    this.#sinks.push(sink);
    this.#left++;
  }

  /** Counts an output that does not end by itself: a server, which has another owner. */
  hold(): void {
    this.#left++;
  }

  /** Runs the sinks until each has ended. A sink that fails ends alone, with one line. */
  async run(stream: Stream, { signal }: { signal: AbortSignal }): Promise<void> {
    const loops = this.#sinks.map((sink) => async ({ signal }: { signal: AbortSignal }) => {
      try {
        await sink.run(stream, { signal });
      } catch (thrown) {
        if (!(thrown instanceof Failure)) throw thrown;
        if (--this.#left > 0) this.report(thrown);
        else this.#failure = thrown;
        if (this.#left === 0 && !stream.frames.isEnded) this.#stop();
        return;
      }
      if (signal.aborted) return;
      if (--this.#left === 0 && !stream.frames.isEnded) this.#stop();
    });
    await runAll(loops, { signal });
  }

  /** Logs the failure of an output, and keeps it for the end: the other outputs continue. */
  readonly report = (failure: Failure): void => {
    this.#failure = failure;
    this.#log.error(`error: ${failure.message}; the other outputs continue`);
  };

  /** Throws the last failure, whether other outputs ended well or not. */
  throwIfFailed(): void {
    if (this.#failure) throw this.#failure;
  }
}
