/**
 * What makes a stream's pictures for its viewers: a loop that runs only while somebody watches, and starts again after a
 * failure. A subclass says what one run does.
 */

import { pause } from "../async/aborted.ts";
import type { Ending } from "../frame/latest.ts";
import { messageOf } from "../log/failure.ts";
import type { Log } from "../log/log.ts";

/** How long after a failure the loop starts again. */
const RESTART_MS = 1000;

/** How long the loop runs on after its last viewer, who may have changed the view only: to start costs more. */
const LINGER_MS = 2000;

/** Where the pictures go. */
export interface PictureOutput {
  clear(): void;
  end(ending?: Ending): void;
}

/** From the first viewer to the end of the last one. */
export interface Round extends Disposable {
  /** Resolves when no more pictures come, and on abort. After a failure it is called again. */
  run(): Promise<void>;
}

export abstract class WatchedLoop implements AsyncDisposable {
  readonly #output: PictureOutput;
  /** For messages, such as "the JPEG encoder". */
  readonly #what: string;
  readonly #log: Log;
  #watchers = 0;
  /** Ends the current run; undefined: there is none. */
  #stop: AbortController | undefined;
  /** Ends the run after its last viewer. */
  #lingering: number | undefined;
  #running: Promise<void> = Promise.resolve();

  /** `output` ends with `ending`, or when the loop is disposed of. */
  constructor({ output, what, log }: { output: PictureOutput; what: string; log: Log }) {
    this.#output = output;
    this.#what = what;
    this.#log = log;
  }

  /** Called at once when there is a first viewer. Its `run` waits for that of the round before. */
  protected abstract begin(signal: AbortSignal): Round;

  /** Why no more pictures come; undefined as long as they may. */
  protected abstract get ending(): Ending | undefined;

  /** Runs until all callers have disposed of what this returns, and a moment longer. */
  watch(): Disposable {
    this.#watchers++;
    clearTimeout(this.#lingering);
    if (!this.#stop) {
      const { signal } = this.#stop = new AbortController();
      const round = this.begin(signal);
      this.#running = this.#running.then(() => this.#run(round, signal));
    }
    let over = false;
    return {
      [Symbol.dispose]: () => {
        if (!over && --this.#watchers === 0) {
          this.#lingering = setTimeout(() => this.#end(), LINGER_MS);
        }
        over = true;
      },
    };
  }

  /** Stops the loop and ends its pictures, and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#end();
    this.#output.end(this.ending ?? "removed");
    await this.#running;
  }

  #end(): void {
    clearTimeout(this.#lingering);
    this.#stop?.abort();
    this.#stop = undefined;
  }

  async #run(given: Round, signal: AbortSignal): Promise<void> {
    const what = this.#what;
    using round = given;
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        this.#log.debug(`${what} starts: there is a viewer`);
        await round.run();
        break;
      } catch (thrown) {
        if (signal.aborted) break;
        const line = `${what} failed and starts again in 1 s: ${messageOf(thrown)}`;
        if (failures === 0) this.#log.warn(line);
        else this.#log.debug(line);
        await pause(RESTART_MS, signal);
      }
    }
    this.#output.clear(); // the next viewer must not see an old picture
    const { ending } = this;
    if (ending && !signal.aborted) this.#output.end(ending);
    this.#log.debug(`${what} has stopped`);
  }
}
