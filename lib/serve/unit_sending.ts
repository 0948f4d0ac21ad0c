/**
 * Sends H.264 access units in order. A client that acknowledges is on the highest rung that its link carries; one that is
 * behind gets nothing until the next keyframe.
 */

import type { AccessUnit } from "../frame/access_unit.ts";
import type { Taken } from "../frame/latest.ts";
import type { Muxer } from "./muxer.ts";
import { RungControl } from "./rung_control.ts";
import { RungReader, type SubscribeRung } from "./rung_reader.ts";
import type { Rung } from "./rungs.ts";
import { Sending, type SendingOptions } from "./sending.ts";

/** The H.264 of a stream, as a client wants it. */
export interface UnitChoice {
  /** Lowest first, at least one. */
  readonly rungs: readonly Rung[];
  readonly subscribe: SubscribeRung;
  /** Whether it has the highest rung, and a lower one only if the link cannot carry that. */
  readonly steady: boolean;
}

export class UnitSending extends Sending<AccessUnit> implements Disposable {
  readonly #reader: RungReader;
  readonly #steady: boolean;
  /** For a client that acknowledges. */
  readonly #control: RungControl | undefined;
  #skipped = 0;
  /** Whether nothing is sent until the next keyframe, since the client is behind. */
  #awaitsKey = false;

  constructor(muxer: Muxer<AccessUnit>, choice: UnitChoice, options: SendingOptions) {
    super(muxer, options);
    const { rungs, subscribe, steady } = choice;
    const { fps } = this;
    this.#steady = steady;
    if (options.acks) this.#control = new RungControl({ rungs, fps, now: this.clock.now() });
    const first = steady ? rungs.at(-1) : this.#control?.rung;
    this.#reader = new RungReader(first ?? middleRung(rungs), {
      subscribe,
      signal: options.signal,
    });
  }

  override get skipped(): number {
    return this.#skipped;
  }

  override acknowledged(count: number): void {
    // The first acknowledgement is that of the answer line.
    const frames = this.window?.count === undefined ? count - 1 : count;
    this.#control?.acknowledged(Math.max(0, frames), this.clock.now());
    super.acknowledged(count);
  }

  protected override roomIn(now: number): number {
    return this.#control?.roomIn(now) ?? 0;
  }

  protected override async next(): Promise<Taken<AccessUnit> | undefined> {
    const control = this.#control;
    if (control) await this.room();
    if (control) this.#follow(control);
    const taken = await this.#reader.take();
    this.#skipped += taken?.skipped ?? 0;
    return taken;
  }

  protected override leftOut(): void {
    this.#reader.skipToKey();
  }

  protected override noteSent(unit: AccessUnit, bytes: number, now: number): void {
    super.noteSent(unit, bytes, now);
    if (this.#awaitsKey && unit.isKey) {
      this.#awaitsKey = false;
      this.#control?.restarted(now);
    }
    this.#control?.sent(bytes, now);
  }

  [Symbol.dispose](): void {
    this.#reader[Symbol.dispose]();
  }

  /** Does what the client's link needs: another rung, a pause until the next keyframe. */
  #follow(control: RungControl): void {
    const { rung, isBehind } = control;
    if (isBehind && !this.#awaitsKey) {
      this.#awaitsKey = true;
      this.#reader.skipToKey();
    }
    const mayChange = !this.#steady || isBehind && rung.rate < this.#reader.rung.rate;
    if (mayChange) this.#reader.change(rung);
  }
}

/** The rung of clients whose link cannot be measured, since they do not acknowledge: the higher one of two in the middle. */
function middleRung(rungs: readonly Rung[]): Rung {
  const rung = rungs[rungs.length >> 1];
  if (!rung) throw new RangeError("there are no rungs");
  return rung;
}
