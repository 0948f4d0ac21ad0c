/**
 * Notices that a server is lost although its connection stands: nothing comes, or a frame comes so slowly
 * that it will not be whole in any time that makes sense. Times are those of `clock`, in milliseconds.
 */

/** How often it looks, in milliseconds. */
const INTERVAL = 500;

/** A frame under way must be on its way to be whole within so many times the patience. */
const MOST_PATIENCES = 6;

export interface StallOptions {
  /** How long nothing may come that must come, in milliseconds. */
  readonly patience: number;
  /** Called once, with the reason in words. */
  readonly onStall: (why: string) => void;
  readonly clock?: () => number;
}

/** What is known of the frame under way, in bytes; `all` is 0 while its head is not read. */
export interface Pending {
  readonly come: number;
  readonly all: number;
}

export class StallWatch implements Disposable {
  /** Why the server is lost, in words; undefined while it is not. */
  why: string | undefined;
  readonly #options: StallOptions;
  readonly #clock: () => number;
  readonly #timer: number;
  /** When the wait for bytes began. */
  #since = 0;
  /** Whether bytes must come. */
  #owed = false;
  /** Since when a frame is under way, or the last look at its progress; and what had come by then. */
  #mark: { readonly at: number; readonly come: number } | undefined;

  constructor(options: StallOptions) {
    this.#options = options;
    this.#clock = options.clock ?? (() => performance.now());
    this.#timer = setInterval(() => {
      if (this.#owed && this.#clock() - this.#since > options.patience) {
        this.#stall(`nothing came for ${options.patience / 1000} s`);
      }
    }, INTERVAL);
  }

  /** Bytes are waited for now; `owed`: they must come. */
  begin({ owed }: { owed: boolean }): void {
    this.#since = this.#clock();
    this.#owed = owed;
  }

  /** They have come, or will not; after how many milliseconds. */
  end(): number {
    this.#owed = false;
    return this.#clock() - this.#since;
  }

  /** A frame is whole. */
  whole(): void {
    this.#mark = undefined;
  }

  /** Looks at how far the frame under way has come since the last look. */
  progress({ come, all }: Pending): void {
    if (come === 0) return;
    const now = this.#clock();
    this.#mark ??= { at: now, come: 0 };
    const span = now - this.#mark.at;
    const { patience } = this.#options;
    if (span < patience) return;
    const gained = come - this.#mark.come;
    this.#mark = { at: now, come };
    // A head is a few hundred bytes: in all that time it must have been read.
    const left = all === 0 ? Infinity : (all - come) * span / gained;
    if (left <= MOST_PATIENCES * patience) return;
    this.#stall(`only ${gained} bytes came in ${(span / 1000).toFixed(0)} s`);
  }

  #stall(why: string): void {
    if (this.why !== undefined) return;
    this.why = why;
    this.#owed = false;
    this.#options.onStall(why);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
