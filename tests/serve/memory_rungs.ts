/** The H.264 of a stream whose units tests put by hand, the same ones on each rung. */

import type { AccessUnit } from "../../lib/frame/access_unit.ts";
import { AccessUnits } from "../../lib/frame/access_units.ts";
import type { RungSource } from "../../lib/serve/rung_feed.ts";
import type { Rung } from "../../lib/serve/rungs.ts";

const size = { width: 4, height: 4 };

export class MemoryRungs implements RungSource {
  readonly rungs: readonly Rung[] = [300, 600, 1200, 2400].map((k) => ({ rate: 1000 * k, size }));
  /** Those that somebody has subscribed to, in kilobits per second. */
  readonly watched: number[] = [];
  readonly #units = new Map(this.rungs.map((rung) => [rung, new AccessUnits()]));

  subscribeH264(rung: Rung): { units: AccessUnits } & Disposable {
    const units = this.#units.get(rung);
    if (!units) throw new RangeError("it is not one of the rungs");
    const name = rung.rate / 1000;
    this.watched.push(name);
    return {
      units,
      [Symbol.dispose]: () => {
        this.watched.splice(this.watched.indexOf(name), 1);
        if (!this.watched.includes(name)) units.clear();
      },
    };
  }

  /** The encoder of each rung that is watched, or of one, gives a unit; its last byte is the number of its rung. */
  put(
    sequence: number,
    { isKey = false, kind, rung, length = 6 }: Partial<AccessUnit> & {
      rung?: number;
      length?: number;
    } = {},
  ): void {
    for (const [i, [{ rate }, units]] of [...this.#units].entries()) {
      if (!this.watched.includes(rate / 1000) || rung !== undefined && rung !== i) continue;
      const bytes = new Uint8Array(length).fill(i);
      bytes.set([0, 0, 0, 1, isKey ? 0x67 : 0x41]);
      units.put({ bytes, isKey, size, sequence, capturedAt: sequence, kind });
    }
  }

  end(): void {
    for (const units of this.#units.values()) units.end();
  }
}
