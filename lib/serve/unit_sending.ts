/**
 * Sends H.264 access units in order. A client that acknowledges is on the highest rung that its link carries; one that is
 * behind gets nothing until the next keyframe.
 */

import type { AccessUnit } from "../frame/access_unit.ts";
import type { Taken } from "../frame/latest.ts";
import type { Muxer } from "./muxer.ts";
import { RungControl } from "./rung_control.ts";
import { RungFeed, type RungSource } from "./rung_feed.ts";
import type { Rung } from "./rungs.ts";
import { Sending, type SendingOptions } from "./sending.ts";

/** The H.264 of a stream, as a client wants it. */
export interface UnitChoice {
  readonly source: RungSource;
  /** Lowest first, at least one. */
  readonly rungs: readonly Rung[];
  /** Whether it has the highest rung, and a lower one only if the link cannot carry that. */
  readonly steady: boolean;
}

export class UnitSending extends Sending<AccessUnit> implements Disposable {
  readonly #feed: RungFeed;
  /** For a client that acknowledges. */
  readonly #control: RungControl | undefined;
  /** Whether nothing is sent until the next keyframe. */
  #awaitsKey = false;
  #skipped = 0;
  /** The number of the last unit. */
  #sequence: number | undefined;

  constructor(muxer: Muxer<AccessUnit>, choice: UnitChoice, options: SendingOptions) {
    super(muxer, options);
    const { rungs, source, steady } = choice;
    const { fps } = this;
    if (options.acks) this.#control = new RungControl({ rungs, fps, now: this.clock.now() });
    const control = !this.#control
      ? { rung: middleRung(rungs), isBehind: false }
      : steady
      ? new SteadyRung(this.#control, highest(rungs))
      : this.#control;
    this.#feed = new RungFeed(source, { control, signal: options.signal });
  }

  override get skipped(): number {
    return this.#skipped;
  }

  override acknowledged(count: number): void {
    // The first acknowledgement is that of the answer line.
    const units = this.window?.count === undefined ? count - 1 : count;
    if (units > 0) this.#control?.acknowledged(units, this.clock.now());
    this.#feed.follow();
    super.acknowledged(count);
  }

  protected override roomIn(now: number): number {
    return this.#control?.roomIn(now) ?? 0;
  }

  protected override async next(): Promise<Taken<AccessUnit> | undefined> {
    for (;;) {
      if (this.#control) await this.room();
      const fed = await this.#feed.take();
      if (!fed) return undefined;
      const { unit } = fed;
      if (this.#awaitsKey && !unit.isKey) continue;
      this.#awaitsKey = false;
      // Not what was left out of one rung: the next unit may be of another one.
      const skipped = Math.max(0, unit.sequence - (this.#sequence ?? unit.sequence - 1) - 1);
      this.#sequence = unit.sequence;
      this.#skipped += skipped;
      return { value: unit, skipped };
    }
  }

  protected override leftOut(): void {
    this.#awaitsKey = true;
  }

  protected override noteSent(unit: AccessUnit, bytes: number, now: number): void {
    super.noteSent(unit, bytes, now);
    if (this.#control?.isBehind && unit.isKey) this.#control.restarted(now);
    this.#control?.sent(bytes, now);
  }

  [Symbol.dispose](): void {
    this.#feed[Symbol.dispose]();
  }
}

/** The rung of a client that records: it goes down where the link does not carry it, and never up. */
class SteadyRung implements Pick<RungControl, "rung" | "isBehind"> {
  readonly #control: RungControl;
  #rung: Rung;

  constructor(control: RungControl, rung: Rung) {
    this.#control = control;
    this.#rung = rung;
  }

  get rung(): Rung {
    const { rung, isBehind } = this.#control;
    if (isBehind && rung.rate < this.#rung.rate) this.#rung = rung;
    return this.#rung;
  }

  get isBehind(): boolean {
    return this.#control.isBehind;
  }
}

function highest(rungs: readonly Rung[]): Rung {
  return rungAt(rungs, rungs.length - 1);
}

/** The rung of clients whose link cannot be measured, since they do not acknowledge: the higher one of two in the middle. */
function middleRung(rungs: readonly Rung[]): Rung {
  return rungAt(rungs, rungs.length >> 1);
}

function rungAt(rungs: readonly Rung[], index: number): Rung {
  const rung = rungs[index];
  if (!rung) throw new RangeError("there are no rungs");
  return rung;
}
