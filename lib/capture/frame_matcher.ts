/**
 * Gives each copied packet of a source the number and time of its frame. Both come from one ffmpeg in the same order,
 * over two pipes, so the n-th packet belongs to the n-th frame, whichever arrives first. A decoder can leave a packet
 * without a frame, though: a surplus that stays shows it. Pure.
 */

import type { Frame } from "../frame/frame.ts";

/** What a packet gets from its frame. */
export type FrameTime = Pick<Frame, "sequence" | "capturedAt">;

/**
 * A surplus that is the same after so many frames is one: on a busy machine one pipe is ahead of the other as well, but
 * never by the same for long. Until then packets are late by as many frames.
 */
const STEADY_FRAMES = 150;

/** The most that wait: more than a source sends while it is probed. */
const MAX_WAITING = 300;

export class FrameMatcher<T> {
  readonly #onMatch: (packet: T, time: FrameTime) => void;
  #packets: T[] = [];
  #times: FrameTime[] = [];
  /** Packets that wait, or frames (negative), after the last frame, and for how many frames it has been so. */
  #surplus = 0;
  #steady = 0;

  /** `onMatch` gets every packet, in order, when its frame is there. */
  constructor(onMatch: (packet: T, time: FrameTime) => void) {
    this.#onMatch = onMatch;
  }

  /** A packet has come. Returns false, and forgets all, if far too many wait. */
  packet(packet: T): boolean {
    this.#packets.push(packet);
    this.#match();
    if (this.#packets.length <= MAX_WAITING) return true;
    this.clear();
    return false;
  }

  /** A frame has come. */
  frame({ sequence, capturedAt }: FrameTime): void {
    const time = { sequence, capturedAt };
    this.#times.push(time);
    this.#match();
    if (this.#times.length > MAX_WAITING) this.#times.shift();
    const surplus = this.#packets.length - this.#times.length;
    this.#steady = surplus === this.#surplus ? this.#steady + 1 : 0;
    this.#surplus = surplus;
    // One frame can always be on its way in the other pipe.
    if (this.#steady < STEADY_FRAMES || surplus === 0 || surplus === -1) return;
    this.#steady = 0;
    for (const late of this.#packets.splice(0)) this.#onMatch(late, time);
    if (surplus < 0) this.#times.splice(0, -surplus - 1);
  }

  /** Forgets the packets that wait: another ffmpeg has started. */
  clearPackets(): void {
    this.#packets = [];
  }

  /** Forgets all that waits: the source begins again. */
  clear(): void {
    [this.#packets, this.#times, this.#surplus, this.#steady] = [[], [], 0, 0];
  }

  #match(): void {
    const count = Math.min(this.#packets.length, this.#times.length);
    if (count === 0) return;
    const times = this.#times.splice(0, count);
    this.#packets.splice(0, count).forEach((packet, i) => {
      const time = times[i];
      if (time) this.#onMatch(packet, time);
    });
  }
}
