/**
 * The access units of an encoder, for one writer and many readers: those since the newest keyframe. Each reader gets
 * them in order. A reader whose next unit is no longer there gets the newest keyframe: never a unit with a gap before
 * it. The writer never waits.
 */

import type { AccessUnit } from "./access_unit.ts";
import type { Ending, LatestReader } from "./latest.ts";

/** A new reader begins at the newest keyframe if at most this many units have followed it, otherwise at the next one. */
const MAX_CATCH_UP = 8;

/** The maximum number of units that are kept, for encoders that give keyframes too rarely. */
const MAX_KEPT = 300;

/** One reader of `AccessUnits`. */
export interface AccessUnitReader extends LatestReader<AccessUnit> {
  /** The number of units that `take` would give without waiting. */
  missed(): number;
  /** Drops the units that wait: the next `take` gives a keyframe that this reader has not taken. */
  skipToKey(): void;
}

export class AccessUnits {
  /** Whether the writer waits for its readers. */
  readonly isLossless = false;
  /** The units since the newest keyframe; without that keyframe if there are too many. */
  #kept: AccessUnit[] = [];
  /** The number of the first kept unit; units are numbered from 0. */
  #first = 0;
  /** Whether the next unit must be a keyframe. */
  #needsKey = true;
  #ending: Ending | undefined;
  readonly #waiting = new Set<() => void>();

  /** Adds a unit and wakes the waiting readers. A unit that no decoder can use (no keyframe before it) is dropped. */
  put(unit: AccessUnit): void {
    if (this.#ending || !unit.isKey && this.#needsKey) return;
    if (unit.isKey) this.#drop(this.#kept.length);
    else if (this.#kept.length === MAX_KEPT) this.#drop(1);
    this.#needsKey = false;
    this.#kept.push(unit);
    this.#wake();
  }

  /** Removes the units: all readers wait for the next keyframe. */
  clear(): void {
    this.#drop(this.#kept.length);
    this.#needsKey = true;
  }

  /** Ends the units, with the reason. Each reader still gets those that wait for it. Only the first call counts. */
  end(ending: Ending = "over"): void {
    this.#ending ??= ending;
    this.#wake();
  }

  /** Why no more units come; undefined before `end`. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  /**
   * Creates a reader. Its first unit is a keyframe. The abort of `signal` ends the reader and its `take`; disposing
   * of it removes its listener from the signal.
   */
  reader({ signal }: { signal: AbortSignal }): AccessUnitReader {
    let place = this.#begin(0);
    /** The number of the unit behind the last one taken; undefined before the first. */
    let counted: number | undefined;
    let wake: (() => void) | undefined;
    const onAbort = () => wake?.();
    signal.addEventListener("abort", onAbort, { once: true });
    const waiting = () => this.#nextFor(place);
    const wait = async (milliseconds?: number) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      this.#waiting.add(resolve);
      const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds);
      await promise;
      clearTimeout(timer);
      this.#waiting.delete(resolve);
      wake = undefined;
    };
    return {
      take: async () => {
        while (!signal.aborted) {
          const at = waiting();
          const value = at === undefined ? undefined : this.#kept[at - this.#first];
          if (at !== undefined && value) {
            const skipped = at - (counted ?? at);
            counted = at + 1;
            place = { from: counted, needsKey: false };
            return { value, skipped };
          }
          if (this.#ending) return undefined;
          await wait();
        }
        return undefined;
      },
      missed: () => {
        const at = waiting();
        return at === undefined ? 0 : this.#count - at;
      },
      next: async (milliseconds) => {
        if (signal.aborted || this.#ending || waiting() !== undefined) return;
        await wait(milliseconds);
      },
      skipToKey: () => place = this.#begin(place.from),
      [Symbol.dispose]: () => signal.removeEventListener("abort", onAbort),
    };
  }

  /** The number of units that were put. */
  get #count(): number {
    return this.#first + this.#kept.length;
  }

  /** Where a reader begins that has taken the units below `taken`: at the newest keyframe, or at the next one. */
  #begin(taken: number): Place {
    const isNear = this.#kept.length <= 1 + MAX_CATCH_UP && this.#first >= taken;
    return { from: isNear ? this.#first : this.#count, needsKey: true };
  }

  /** The number of the unit that a reader takes next; undefined if it must wait. */
  #nextFor({ from, needsKey }: Place): number | undefined {
    if (!needsKey && from >= this.#first) return from < this.#count ? from : undefined;
    return this.#kept[0]?.isKey && this.#first >= from ? this.#first : undefined;
  }

  #drop(count: number): void {
    this.#kept.splice(0, count);
    this.#first += count;
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}

/** Where a reader is: at the unit of this number, or, if it needs one, at the first keyframe from there on. */
interface Place {
  readonly from: number;
  readonly needsKey: boolean;
}
