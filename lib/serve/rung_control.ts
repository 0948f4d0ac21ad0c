/**
 * Which rung a viewer is on, from its acknowledgements: the highest one that its link carries. It also says when the
 * next frame may be sent, and when a viewer is so far behind that it should get nothing until the next keyframe. All times are
 * of one steady clock, in milliseconds. Pure.
 */

import { LinkEstimate } from "./link_estimate.ts";
import type { Rung } from "./rungs.ts";

/** How much of the stream may be on its way beyond the round trip, and at least how many frames. */
const WINDOW_MS = 250;
const LEAST_WINDOW = 3;

/** Nothing more is sent while the link needs so long for what is on its way: pictures would get old there. */
const MAX_DRAIN_MS = 120;

/** A viewer is behind if the link needs so long, or nothing could be sent for so long. */
const BEHIND_DRAIN_MS = 250;
const BEHIND_BLOCKED_MS = 350;

/** After that, a keyframe is sent when the link needs at most so long for the rest. */
const RESTART_DRAIN_MS = 40;

/** A rung is too high if its frames take so much longer than the round trip, or wait so often, the mean of a second. */
const MAX_MEAN_DELAY_MS = 60;
const MAX_BLOCKED = 0.2;
const MEAN_MS = 1000;

/** A higher rung is tried if no frame has waited so long, and the link seems to carry so many times its rate. */
const MAX_CALM_DELAY_MS = 80;
const ROOM = 1.4;

/**
 * First it is tried for so long with frames that are padded to so many times its rate: links that let short bursts
 * through look quicker than they are, and the padding can end at once. It has failed if a frame waits so long.
 */
const PROBE_MS = 500;
const PROBE_ROOM = 1.15;
const MAX_PROBE_DELAY_MS = 60;
/** After so long, what has waited for the padding is through. */
const PROBE_DRAIN_MS = 300;

/** The rung to go down to has at most this share of what the link carries now. */
const SAFE = 0.85;

/** At the beginning a viewer goes up after so long; later, after so long on its rung. */
const FIRST_UP_MS = 300;
const UP_MS = 1500;
/** A rung takes effect with its keyframe: what acknowledgements say before that is about the one before. */
const SETTLE_MS = 1200;

/** After a rung was too high, it is tried again after so long; twice as long each time, up to a limit. */
const RETRY_MS = 8000;
const MAX_RETRY_MS = 120_000;
/** A rung that lasted so long was not too high. */
const PROVEN_MS = 30_000;

export class RungControl {
  readonly #rungs: readonly Rung[];
  readonly #fps: number;
  readonly #link = new LinkEstimate();
  #index: number;
  #changedAt: number;
  #hasChanged = false;
  /** Whether the last change was one up. */
  #hasGoneUp = false;
  readonly #startedAt: number;
  /** Since when nothing could be sent; undefined while there is room. */
  #blockedAt: number | undefined;
  /** The share of the last second in which nothing could be sent, about. */
  #blocked = 0;
  #blockedNotedAt: number;
  #isBehind = false;
  /** The rung that is tried with padding, since when, and the one below, which has passed; undefined while none is tried. */
  #probe: { readonly index: number; readonly since: number; readonly passed: number } | undefined;
  /** The frames from then on count: those before waited for padding. */
  #calmSince = -Infinity;
  /** For each rung how often it was too high, and when it may be tried again. */
  readonly #failures: number[];
  readonly #retryAt: number[];

  /** `rungs`: lowest first, at least one. `fps`: the rate of the stream. */
  constructor({ rungs, fps, now }: { rungs: readonly Rung[]; fps: number; now: number }) {
    this.#rungs = rungs;
    this.#fps = fps;
    // The lowest looks bad on the links that most viewers have.
    const first = rungs.findIndex(({ isFirst }) => isFirst);
    this.#index = first < 0 ? Math.min(1, rungs.length - 1) : first;
    this.#startedAt = this.#changedAt = this.#blockedNotedAt = now;
    this.#failures = rungs.map(() => 0);
    this.#retryAt = rungs.map(() => -Infinity);
  }

  /** The rung to be on now. It takes effect with its next keyframe; until then, the one before is sent. */
  get rung(): Rung {
    const rung = this.#rungs[this.#index];
    if (!rung) throw new RangeError("there are no rungs");
    return rung;
  }

  /** Whether nothing is to be sent until a keyframe is, of `rung`. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** The number of frames on their way. */
  get waiting(): number {
    return this.#link.frames;
  }

  /** What the link carries, in bits per second; undefined before it is known. */
  get linkRate(): number | undefined {
    return this.#link.rate;
  }

  /** By how many bytes a frame of so many is to be padded with zeros, to try what the link carries; mostly 0. */
  padding(bytes: number): number {
    const rate = this.#probe && this.#rungs[this.#probe.index]?.rate;
    if (rate === undefined) return 0;
    return Math.max(0, Math.round(PROBE_ROOM * rate / this.#fps / 8) - bytes);
  }

  /** After how many milliseconds a frame may be sent: 0 at once, Infinity after the next acknowledgement. */
  roomIn(now: number): number {
    this.#noteBlocked(now);
    const room = this.#hasRoom(now);
    if (room) this.#blockedAt = undefined;
    else this.#blockedAt ??= now;
    return room ? 0 : Infinity;
  }

  /** Notes that a frame is sent. */
  sent(bytes: number, now: number): void {
    this.#link.sent(bytes, now);
  }

  /** Notes that a keyframe is sent after `isBehind`. Call `sent` as well. */
  restarted(now: number): void {
    this.#isBehind = false;
    this.#blockedAt = undefined;
    this.#changedAt = now;
  }

  /** Notes acknowledgements; more than were sent do not count. */
  acknowledged(count: number, now: number): void {
    this.#noteBlocked(now);
    if (!this.#link.acknowledged(count, now)) return;
    const present = this.#link.presentRate ?? 0;
    if (this.#isBehind) {
      // The frames that were on their way tell more precisely what the link carries.
      this.#index = Math.min(this.#index, this.#bestFor(SAFE * present));
      return;
    }
    const blockedFor = now - (this.#blockedAt ?? now);
    if (this.#link.drainMs(now) > BEHIND_DRAIN_MS || blockedFor > BEHIND_BLOCKED_MS) {
      this.#goDown(present, now);
      this.#isBehind = true;
      return;
    }
    this.#adapt(present, now);
  }

  /** Changes the rung where the frames of the last second show that it should. */
  #adapt(present: number, now: number): void {
    const link = this.#link;
    const settled = now - this.#changedAt;
    const isNew = !this.#hasChanged;
    if (this.#probe) return this.#watchProbe(this.#probe, now);
    const since = Math.max(now - MEAN_MS, this.#changedAt, this.#calmSince);
    const { mean, longest, count } = link.delays(since);
    const isSlow = mean > MAX_MEAN_DELAY_MS && count > this.#fps / 4 ||
      !link.isSure && link.rtt > MAX_MEAN_DELAY_MS && count > this.#fps / 2;
    if (isSlow || this.#blocked > MAX_BLOCKED) {
      // After a way up, only the new rung can be the reason.
      if (settled > SETTLE_MS || isNew || this.#hasGoneUp) this.#goDown(present, now);
    } else if (
      link.isSure && longest < MAX_CALM_DELAY_MS && settled > (isNew ? FIRST_UP_MS : UP_MS)
    ) {
      const next = this.#index + 1;
      if (this.#canTry(next, now)) this.#probe = { index: next, since: now, passed: this.#index };
    }
    if (settled > PROVEN_MS) this.#failures[this.#index] = 0;
  }

  /** Ends the probe when a frame waits, and tries the next rung if none did for so long. */
  #watchProbe(
    { index, since, passed }: { index: number; since: number; passed: number },
    now: number,
  ): void {
    const isOver = now - since > PROBE_MS;
    if (this.#link.delays(since).longest > MAX_PROBE_DELAY_MS) {
      this.#fail(index, now);
      this.#probe = undefined;
      this.#calmSince = now + PROBE_DRAIN_MS;
      if (passed > this.#index) this.#change(passed, now);
    } else if (isOver && this.#canTry(index + 1, now)) {
      this.#probe = { index: index + 1, since: now, passed: index };
    } else if (isOver) {
      this.#change(index, now);
    }
  }

  #noteBlocked(now: number): void {
    const share = 1 - Math.exp((this.#blockedNotedAt - now) / MEAN_MS);
    this.#blocked += ((this.#blockedAt === undefined ? 0 : 1) - this.#blocked) * share;
    this.#blockedNotedAt = now;
  }

  #hasRoom(now: number): boolean {
    const drain = this.#link.drainMs(now);
    if (this.#isBehind) return drain < RESTART_DRAIN_MS;
    const window = Math.ceil(this.#fps * (WINDOW_MS + this.#link.rtt) / 1000);
    return this.#link.frames < Math.max(LEAST_WINDOW, window) &&
      (drain < MAX_DRAIN_MS || this.#link.frames === 0);
  }

  /** To the highest rung that the link carries now, at least one down. */
  #goDown(present: number, now: number): void {
    const failed = this.#index;
    if (failed === 0) return;
    this.#fail(failed, now);
    this.#change(Math.max(0, Math.min(failed - 1, this.#bestFor(SAFE * present))), now);
  }

  /** Notes that a rung was too high. */
  #fail(index: number, now: number): void {
    const failures = this.#failures[index] = (this.#failures[index] ?? 0) + 1;
    const wait = Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** (failures - 1));
    for (let i = index; i < this.#rungs.length; i++) this.#retryAt[i] = now + wait;
  }

  /** Whether the link seems to carry a rung with room, and it has not failed lately. */
  #canTry(index: number, now: number): boolean {
    if (index >= this.#rungs.length || now < (this.#retryAt[index] ?? Infinity)) return false;
    const { rate = 0, provenRate } = this.#link;
    // One keyframe and a few others can also have waited for each other.
    const isEarly = now - this.#startedAt < FIRST_UP_MS + PROBE_MS;
    return index <= this.#bestFor((isEarly ? Math.min(rate, provenRate) : rate) / ROOM);
  }

  #change(index: number, now: number): void {
    this.#hasGoneUp = index > this.#index;
    this.#index = index;
    this.#changedAt = now;
    this.#hasChanged = true;
    this.#blocked = 0;
    this.#probe = undefined;
  }

  /** The highest rung of at most this rate, or the lowest. */
  #bestFor(rate: number): number {
    return Math.max(0, this.#rungs.findLastIndex((rung) => rung.rate <= rate));
  }
}
