/**
 * Detects a server that is lost although its connection stands: nothing comes, or a frame comes so slowly
 * that it will not be whole in any reasonable time.
 */

import { formatBytes } from "../log/format_bytes.ts";
import { formatDuration } from "../log/format_duration.ts";
import { type Clock, steadyClock } from "../async/clock.ts";

/** How often it looks, in milliseconds. */
const INTERVAL_MS = 500;

/** A frame must be on its way to be whole within so many times the limit. */
const MOST_LIMITS = 6;

export interface StallOptions {
  /** How long no byte may come while bytes are due, in milliseconds. */
  readonly limitMs: number;
  /** Called once, with the reason in words. */
  readonly onStall: (why: string) => void;
  readonly clock?: Clock;
}

/** What is known of the frame that is being read, in bytes; `all` is 0 before its head is read. */
export interface Pending {
  readonly come: number;
  readonly all: number;
}

export class StallWatch implements Disposable {
  /** Why the server is lost, in words; undefined while it is not. */
  why: string | undefined;
  readonly #options: StallOptions;
  readonly #clock: Clock;
  #timer: Disposable;
  /** When the wait for bytes began. */
  #since = 0;
  /** Whether bytes are due. */
  #due = false;
  /** The last look at the progress of a frame, or its beginning; and what had come by then. */
  #mark: { readonly at: number; readonly come: number } | undefined;

  constructor(options: StallOptions) {
    this.#options = options;
    this.#clock = options.clock ?? steadyClock;
    this.#timer = this.#clock.after(INTERVAL_MS, this.#look);
  }

  /** The wait for bytes begins; `due`: they must come. */
  begin({ due }: { due: boolean }): void {
    this.#since = this.#clock.now();
    this.#due = due;
  }

  /** The wait is over. Gives its milliseconds. */
  end(): number {
    this.#due = false;
    return this.#clock.now() - this.#since;
  }

  /** A frame is whole. */
  whole(): void {
    this.#mark = undefined;
  }

  /** Looks at how far the frame that is being read has come since the last look. */
  progress({ come, all }: Pending): void {
    if (come === 0) return;
    const now = this.#clock.now();
    this.#mark ??= { at: now, come: 0 };
    const span = now - this.#mark.at;
    const { limitMs } = this.#options;
    if (span < limitMs) return;
    const gained = come - this.#mark.come;
    this.#mark = { at: now, come };
    // A head is a few hundred bytes: in all that time it must have been read.
    const left = all === 0 ? Infinity : (all - come) * span / gained;
    if (left <= MOST_LIMITS * limitMs) return;
    this.#stall(`only ${formatBytes(gained)} came in ${formatDuration(Math.round(span / 1000))}`);
  }

  readonly #look = (): void => {
    const { limitMs } = this.#options;
    if (this.#due && this.#clock.now() - this.#since > limitMs) {
      this.#stall(`nothing came for ${formatDuration(limitMs / 1000)}`);
    }
    this.#timer = this.#clock.after(INTERVAL_MS, this.#look);
  };

  #stall(why: string): void {
    if (this.why !== undefined) return;
    this.why = why;
    this.#due = false;
    this.#options.onStall(why);
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
  }
}
