/**
 * The access units of one client, from the rung that it is on. When the rung changes, the units of the old one go on until
 * the new one has a keyframe. It owns its subscriptions.
 */

import { LinkedAbortController } from "../async/linked_abort_controller.ts";
import type { AccessUnit } from "../frame/access_unit.ts";
import type { AccessUnitReader, AccessUnits } from "../frame/access_units.ts";
import type { Taken } from "../frame/latest.ts";
import type { Rung } from "./rungs.ts";

/** Encodes a rung until what is returned is disposed of. */
export type SubscribeRung = (rung: Rung) => { readonly units: AccessUnits } & Disposable;

/** A rung that is read. */
interface Reading extends Disposable {
  readonly rung: Rung;
  readonly reader: AccessUnitReader;
  /** The next unit, once it was asked for. */
  taking: Promise<Taken<AccessUnit> | undefined> | undefined;
}

export class RungReader implements Disposable {
  readonly #subscribe: SubscribeRung;
  readonly #signal: AbortSignal;
  #current: Reading;
  /** The rung to change to. */
  #next: Reading | undefined;
  #needsKey = false;

  constructor(
    rung: Rung,
    { subscribe, signal }: { subscribe: SubscribeRung; signal: AbortSignal },
  ) {
    this.#subscribe = subscribe;
    this.#signal = signal;
    this.#current = this.#open(rung);
  }

  /** The rung that it is on, or changes to. */
  get rung(): Rung {
    return (this.#next ?? this.#current).rung;
  }

  /** Changes to another rung at its next keyframe. */
  change(rung: Rung): void {
    if (rung === this.rung) return;
    this.#next?.[Symbol.dispose]();
    this.#next = rung === this.#current.rung ? undefined : this.#open(rung);
  }

  /** The next `take` gives a keyframe that it has not given. */
  skipToKey(): void {
    this.#needsKey = true;
    this.#current.reader.skipToKey();
  }

  /** The next unit, in order; undefined at the end and on abort. One call at a time. */
  async take(): Promise<Taken<AccessUnit> | undefined> {
    let skipped = 0;
    for (;;) {
      const [from, taken] = await this.#first();
      if (from === this.#next && taken) {
        // Its first unit is a keyframe.
        this.#current[Symbol.dispose]();
        this.#current = from;
        this.#next = undefined;
      } else if (from !== this.#current) {
        from[Symbol.dispose]();
        this.#next = undefined;
        continue;
      }
      if (!taken) return undefined;
      if (!this.#needsKey || taken.value.isKey) {
        this.#needsKey = false;
        return { value: taken.value, skipped: skipped + taken.skipped };
      }
      skipped += taken.skipped + 1;
    }
  }

  [Symbol.dispose](): void {
    this.#next?.[Symbol.dispose]();
    this.#current[Symbol.dispose]();
  }

  /** What comes first, that of the new rung where both have something. */
  async #first(): Promise<readonly [Reading, Taken<AccessUnit> | undefined]> {
    const readings = [...(this.#next ? [this.#next] : []), this.#current];
    return await Promise.race(readings.map(async (reading) => {
      const taken = await (reading.taking ??= reading.reader.take());
      return [reading, taken] as const;
    })).then(([reading, taken]) => {
      reading.taking = undefined;
      return [reading, taken];
    });
  }

  #open(rung: Rung): Reading {
    const stop = new LinkedAbortController(this.#signal);
    const subscription = this.#subscribe(rung);
    const reader = subscription.units.reader({ signal: stop.signal });
    return {
      ...{ rung, reader, taking: undefined },
      [Symbol.dispose]: () => {
        stop.abort();
        stop[Symbol.dispose]();
        reader[Symbol.dispose]();
        subscription[Symbol.dispose]();
      },
    };
  }
}
