/**
 * The rungs of a stream in H.264. Where the source sends H.264 already, the highest one is that, as it is, and only
 * those below it are encoded. While the source is lost, its rung is encoded, too, so that its viewers see NO SIGNAL. It
 * owns the encoders.
 */

import { AccessUnits } from "../frame/access_units.ts";
import type { AccessUnit } from "../frame/access_unit.ts";
import type { Log } from "../log/log.ts";
import type { Stream } from "../stream/stream.ts";
import type { H264Rungs } from "./h264_rungs.ts";
import { PassedOn } from "./passed_on.ts";
import type { Rung } from "./rungs.ts";

/** An encoded rung is of use only if it takes this share of what the source sends, at most. */
const BELOW = 0.7;

/** A newcomer waits for a keyframe no longer than this, in milliseconds. */
const MAX_KEYFRAME_MS = 1250;

/** The rate of a source before it is known, where nothing can be encoded. */
const ASSUMED_RATE = 2_400_000;

/** The rung of the source is another one when its rate has changed by so many times. */
const NEW_RATE = 1.5;

export class SourceRungs implements AsyncDisposable {
  readonly #stream: Stream;
  readonly #encoded: H264Rungs;
  readonly #units = new AccessUnits();
  readonly #passedOn: PassedOn<AccessUnit>;
  #rung: Rung | undefined;
  /** All rungs of the source so far: a viewer may still be on an earlier one. */
  readonly #rungs = new WeakSet<Rung>();

  /** Takes ownership of the encoders. */
  constructor(stream: Stream, encoded: H264Rungs, { log }: { log: Log }) {
    this.#stream = stream;
    this.#encoded = encoded;
    this.#passedOn = new PassedOn({
      passed: () => stream.encoded?.h264?.units,
      encode: () => this.#encode(),
      output: this.#units,
      ending: () => stream.frames.ending,
      ...{ kind: "H.264", log },
    });
  }

  /** Lowest first. Empty where nothing can be encoded and the source sends no H.264. */
  get rungs(): readonly Rung[] {
    const encoded = this.#encoded.rungs;
    const source = this.#sourceRung();
    if (!source) return encoded;
    return [...encoded.filter(({ rate }) => rate <= BELOW * source.rate), source];
  }

  /** The units of one of the rungs, until what is returned is disposed of. */
  subscribe(rung: Rung): { units: AccessUnits } & Disposable {
    if (!this.#rungs.has(rung)) return this.#encoded.subscribe(rung);
    const watch = this.#passedOn.watch();
    return { units: this.#units, [Symbol.dispose]: () => watch[Symbol.dispose]() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#passedOn[Symbol.asyncDispose]();
    await this.#encoded[Symbol.asyncDispose]();
  }

  #encode() {
    const rung = this.#encoded.rungs.at(-1);
    const subscription = rung && this.#encoded.subscribe(rung);
    return subscription && {
      pictures: subscription.units,
      [Symbol.dispose]: () => subscription[Symbol.dispose](),
    };
  }

  /** The rung of the source; undefined if it has not sent H.264. While it is lost, it stays: it may come back. */
  #sourceRung(): Rung | undefined {
    const { encoded: { h264 } = {}, format } = this.#stream;
    const known = this.#rung;
    if (!h264) return known;
    const { rate = this.#encoded.rungs.at(-1)?.rate ?? ASSUMED_RATE, keyframeMs = 0 } = h264;
    const isFirst = keyframeMs <= MAX_KEYFRAME_MS;
    const change = rate / (known?.rate ?? Infinity);
    const isSame = known?.isFirst === isFirst && change < NEW_RATE && change > 1 / NEW_RATE;
    if (known && isSame) return known;
    const { width, height } = format;
    const rung = { rate: Math.round(rate), size: { width, height }, isFirst };
    this.#rungs.add(rung);
    return this.#rung = rung;
  }
}
