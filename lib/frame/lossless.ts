/**
 * Values for readers that need every one of them: the writer waits until each such reader has taken the newest value.
 * So nothing is skipped, and one value at most waits.
 */

import { Latest, type LatestReader } from "./latest.ts";

/** The newest value; its writer waits for the readers of `every` value. */
export class Lossless<T> extends Latest<T> {
  override readonly isLossless = true;
  /** The members that the first value waits for. */
  readonly #members: number;
  #joined = 0;
  #isBegun = false;
  /** The readers of every value. */
  readonly #readers = new Set<LatestReader<T>>();
  /** Wakes the writer that waits for room. */
  #wake = () => {};

  /**
   * `members`: how many must have joined before there is room for the first value; later ones wait while nobody is
   * joined. 0: the values wait for the readers alone.
   */
  constructor({ members }: { members: number }) {
    super();
    this.#members = members;
  }

  override room({ signal }: { signal: AbortSignal }): Promise<void> {
    return this.#hasRoom ? Promise.resolve() : this.#awaitRoom(signal);
  }

  override put(value: T): void {
    this.#isBegun = true;
    super.put(value);
  }

  override join({ signal }: { signal: AbortSignal }): Disposable {
    let isOver = signal.aborted;
    if (!isOver) this.#joined++;
    const leave = () => {
      signal.removeEventListener("abort", leave);
      if (!isOver) this.#joined--;
      isOver = true;
    };
    signal.addEventListener("abort", leave, { once: true });
    this.#wake();
    return { [Symbol.dispose]: leave };
  }

  override end(...[ending]: Parameters<Latest<T>["end"]>): void {
    super.end(ending);
    this.#wake();
  }

  override reader(
    { signal, every = false }: { signal: AbortSignal; every?: boolean },
  ): LatestReader<T> {
    const reader = super.reader({ signal });
    if (!every || signal.aborted) return reader;
    this.#readers.add(reader);
    const leave = () => {
      signal.removeEventListener("abort", leave);
      this.#readers.delete(reader);
      this.#wake();
    };
    // On abort too: its owner may be stuck in a write for long.
    signal.addEventListener("abort", leave, { once: true });
    return {
      ...reader,
      take: async () => {
        const taken = await reader.take();
        this.#wake();
        return taken;
      },
      [Symbol.dispose]: () => {
        leave();
        reader[Symbol.dispose]();
      },
    };
  }

  get #hasRoom(): boolean {
    const needed = this.#isBegun ? Math.min(1, this.#members) : this.#members;
    if (this.#joined < needed) return false;
    return [...this.#readers].every((reader) => reader.missed() === 0);
  }

  async #awaitRoom(signal: AbortSignal): Promise<void> {
    const wake = () => this.#wake();
    signal.addEventListener("abort", wake, { once: true });
    while (!signal.aborted && !this.isEnded && !this.#hasRoom) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    signal.removeEventListener("abort", wake);
  }
}
