/**
 * A viewer on a simulated link, in simulated time: encoders with a bounded rate, the queue of a link, and the loop that
 * sends.
 */

import type { AccessUnit } from "../../lib/frame/access_unit.ts";
import { AccessUnits } from "../../lib/frame/access_units.ts";
import { RungControl } from "../../lib/serve/rung_control.ts";
import { RungFeed } from "../../lib/serve/rung_feed.ts";
import { type Rung, rungsFor } from "../../lib/serve/rungs.ts";

const FPS = 30;
/** How long an encoder takes to start, and between its keyframes, in milliseconds. */
const START_MS = 120;
const KEYFRAME_MS = 800;

/** The encoder of a rung, which runs while somebody has subscribed. */
class SimulatedEncoder {
  units = new AccessUnits();
  watchers = 0;
  startedAt = -Infinity;
  #lastKeyAt = -Infinity;
  /** How many bits fit into the bound now. */
  #credit = 0;
  readonly #rung: Rung;
  readonly #share: number;

  constructor(rung: Rung, share: number) {
    this.#rung = rung;
    this.#share = share;
  }

  frame(sequence: number, now: number): void {
    const { rate, size } = this.#rung;
    if (this.watchers === 0 || now < this.startedAt + START_MS) {
      this.#lastKeyAt = -Infinity;
      return this.units.clear();
    }
    const isKey = now >= this.#lastKeyAt + KEYFRAME_MS;
    if (this.#lastKeyAt === -Infinity) this.#credit = rate / 10;
    this.#credit = Math.min(rate / 10, this.#credit + rate / FPS);
    const bits = isKey ? 0.8 * this.#credit : Math.min(this.#credit, this.#share * rate / FPS);
    this.#credit -= bits;
    if (isKey) this.#lastKeyAt = now;
    const bytes = new Uint8Array(Math.round(bits / 8));
    this.units.put({ bytes, isKey, size, sequence, capturedAt: now, kind: undefined });
  }
}

/** A frame that was drawn. */
export interface Drawn {
  readonly at: number;
  readonly age: number;
  readonly rate: number;
}

export interface SimulationOptions {
  /** Milliseconds. */
  readonly lasts: number;
  /** Bits per second that the link carries at a time. */
  readonly link: (now: number) => number;
  /** How many bits pass at once after a pause. */
  readonly burst?: number;
  /** The round trip of an idle link, in milliseconds. */
  readonly rtt: number;
  /** Lowest first; those of 640x480 by default. */
  readonly rungs?: readonly Rung[];
  /** How much of its rate an encoder uses between keyframes. */
  readonly share?: number;
  /** How long the client waits before it acknowledges, in addition. */
  readonly pause?: (now: number) => number;
}

/** Runs it, and returns what was drawn. */
export async function simulate(options: SimulationOptions): Promise<{
  drawn: Drawn[];
  /** The rates that the control chose, with the times. */
  changes: { at: number; rate: number }[];
}> {
  const { lasts, link, rtt, share = 0.85, pause = () => 0 } = options;
  const { rungs = rungsFor({ width: 640, height: 480 }) } = options;
  const encoders = new Map(rungs.map((rung) => [rung, new SimulatedEncoder(rung, share)]));
  let now = 0;
  const control = new RungControl({ rungs, fps: FPS, now });
  const stop = new AbortController();
  const { signal } = stop;
  const source = {
    subscribeH264(rung: Rung) {
      const encoder = encoders.get(rung)!;
      if (encoder.watchers++ === 0) encoder.startedAt = now;
      return { units: encoder.units, [Symbol.dispose]: () => void encoder.watchers-- };
    },
  };
  using feed = new RungFeed(source, { control, signal });
  /** On the link, oldest first: bits that are left, and then when it is acknowledged. */
  const queue: { unit: AccessUnit; rate: number; left: number }[] = [];
  const arriving: { unit: AccessUnit; rate: number; at: number; ackAt: number }[] = [];
  let acknowledged = Promise.withResolvers<void>();
  let previous: number | undefined;
  const sending = (async () => {
    while (!signal.aborted) {
      if (control.roomIn(now) > 0) {
        await acknowledged.promise;
        continue;
      }
      const fed = await feed.take();
      if (!fed) break;
      const { unit, rung, skipped } = fed;
      // What a decoder needs: a keyframe, or the unit that follows the one before.
      const follows = previous !== undefined && skipped === 0 && unit.sequence === previous + 1;
      if (!unit.isKey && !follows) throw new Error(`a gap before ${unit.sequence} at ${now}`);
      if (control.isBehind) control.restarted(now);
      previous = unit.sequence;
      control.sent(unit.bytes.length, now);
      queue.push({ unit, rate: rung.rate, left: 8 * unit.bytes.length });
    }
  })();
  const drawn: Drawn[] = [];
  const changes = [{ at: 0, rate: control.rung.rate }];
  let sequence = 0;
  const { burst = 0 } = options;
  let saved = 0;
  for (; now < lasts; now++) {
    if (now >= sequence * 1000 / FPS) {
      for (const encoder of encoders.values()) encoder.frame(sequence, now);
      sequence++;
    }
    let bits = saved + link(now) / 1000;
    for (let first; bits > 0 && (first = queue[0]);) {
      const carried = Math.min(bits, first.left);
      bits -= carried;
      if ((first.left -= carried) > 0) break;
      queue.shift();
      const at = now + rtt / 2 + pause(now);
      arriving.push({ unit: first.unit, rate: first.rate, at, ackAt: at + rtt / 2 });
    }
    saved = Math.min(bits, burst);
    for (let first; (first = arriving[0]) && first.ackAt <= now;) {
      arriving.shift();
      drawn.push({ at: first.at, age: first.at - first.unit.capturedAt, rate: first.rate });
      control.acknowledged(1, now);
      feed.follow();
      if (changes.at(-1)?.rate !== control.rung.rate) {
        changes.push({ at: now, rate: control.rung.rate });
      }
      acknowledged.resolve();
      acknowledged = Promise.withResolvers();
    }
    for (let i = 0; i < 12; i++) await Promise.resolve();
  }
  stop.abort();
  acknowledged.resolve();
  await sending;
  return { drawn, changes };
}
