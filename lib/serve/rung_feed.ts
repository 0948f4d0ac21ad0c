/**
 * The access units for one viewer: of the rung that its `RungControl` says. It changes at a keyframe of the new rung, and
 * gives the old one until then. The owner disposes of it.
 */

import type { AccessUnit } from "../frame/access_unit.ts";
import type { AccessUnitReader, AccessUnits } from "../frame/access_units.ts";
import type { Ending } from "../frame/latest.ts";
import type { RungControl } from "./rung_control.ts";
import type { Rung } from "./rungs.ts";

/** Where the units come from. */
export interface RungSource {
  subscribeH264(rung: Rung): { units: AccessUnits } & Disposable;
}

/** A unit to send. */
export interface FedUnit {
  readonly unit: AccessUnit;
  readonly rung: Rung;
  /** How many units were left out before it. */
  readonly skipped: number;
}

/** What the feed follows. */
type FeedControl = Pick<RungControl, "rung" | "isBehind"> & Partial<Pick<RungControl, "padding">>;

/** The units of one rung. */
interface Way extends Disposable {
  readonly rung: Rung;
  readonly units: AccessUnits;
  readonly reader: AccessUnitReader;
}

export class RungFeed implements Disposable {
  readonly #source: RungSource;
  readonly #control: FeedControl;
  readonly #signal: AbortSignal;
  #way: Way;
  /** Of the rung to change to, until its first keyframe is there. */
  #next: Way | undefined;
  /** Whether what waits was dropped, since the viewer is behind. */
  #skipped = false;

  constructor(
    source: RungSource,
    { control, signal }: {
      control: FeedControl;
      signal: AbortSignal;
    },
  ) {
    this.#source = source;
    this.#control = control;
    this.#signal = signal;
    this.#way = this.#open(control.rung);
  }

  /** Why no more units come; undefined while they do. */
  get ending(): Ending | undefined {
    return this.#way.units.ending;
  }

  /**
   * Subscribes to the rung that the control says, and leaves one that it no longer says. To be called after
   * acknowledgements: an encoder takes a moment to start.
   */
  follow(): void {
    const { rung } = this.#control;
    if (this.#next && this.#next.rung !== rung) {
      this.#next[Symbol.dispose]();
      this.#next = undefined;
    }
    if (rung !== this.#way.rung) this.#next ??= this.#open(rung);
  }

  /**
   * The next unit, to be sent at once; undefined after the end, or on abort. To be called when the control has room,
   * one call at a time. The owner tells the control that it is `sent`, and `restarted` if that was behind.
   */
  async take(): Promise<FedUnit | undefined> {
    const { isBehind } = this.#control;
    this.follow();
    if (isBehind && this.#next) this.#change();
    if (isBehind && !this.#skipped) this.#way.reader.skipToKey();
    this.#skipped = isBehind;
    // While waiting for a unit of the old rung, the new one's keyframe may have come.
    await this.#way.reader.next(WAIT_MS);
    if (this.#next && this.#next.reader.missed() > 0) this.#change();
    const { rung, reader } = this.#way;
    const taken = await reader.take();
    return taken && { unit: this.#padded(taken.value), rung, skipped: taken.skipped };
  }

  [Symbol.dispose](): void {
    this.#way[Symbol.dispose]();
    this.#next?.[Symbol.dispose]();
  }

  /** Zeros behind a unit belong to Annex B (its B.1.1, trailing_zero_8bits): decoders leave them out. */
  #padded(unit: AccessUnit): AccessUnit {
    const padding = this.#control.padding?.(unit.bytes.length) ?? 0;
    if (padding === 0) return unit;
    const bytes = new Uint8Array(unit.bytes.length + padding);
    bytes.set(unit.bytes);
    return { ...unit, bytes };
  }

  #change(): void {
    if (!this.#next) return;
    this.#way[Symbol.dispose]();
    this.#way = this.#next;
    this.#next = undefined;
  }

  #open(rung: Rung): Way {
    using scope = new DisposableStack();
    const { units } = scope.use(this.#source.subscribeH264(rung));
    const reader = scope.use(units.reader({ signal: this.#signal }));
    const open = scope.move();
    return { rung, units, reader, [Symbol.dispose]: () => open.dispose() };
  }
}

/** After so long without a unit, the rung to change to is looked at. */
const WAIT_MS = 1000;
