/**
 * `faces` on a film, with a clock that is computed: a search takes what it was measured to take on a
 * quiet machine, divided by the Workers, so that the result does not depend on what else is running.
 */

import type { Box } from "../../lib/frame/detection.ts";
import { type Clock, FaceSearch } from "../../lib/vision/face_search.ts";
import type { HaarScan } from "../../lib/vision/haar/haar_scan.ts";
import type { PictureSearch } from "../../lib/vision/search_team.ts";

/** What things cost, in milliseconds. */
export interface Costs {
  /** The search of a picture, on one thread. */
  readonly search: number;
  /** To give a picture to the Workers and get their hits, and what the slowest one takes longer. */
  readonly overhead: number;
  /** To follow the known faces. */
  readonly follow: number;
}

export interface SimulatedFilm {
  readonly pictures: readonly Uint8Array[];
  readonly rate: number;
  readonly width: number;
  readonly height: number;
}

/** The boxes that are known at each picture. `hits` gives those of a search of the whole picture. */
export async function simulate(
  film: SimulatedFilm,
  { scan, hits, workers, costs, neighbours }: {
    scan: HaarScan;
    hits: (pixels: Uint8Array) => Box[];
    workers: number;
    costs: Costs;
    neighbours: number;
  },
): Promise<(readonly Box[])[]> {
  const time = new Time();
  const lasts = costs.search / workers + costs.overhead;
  let ended: (() => void) | undefined;
  const team: PictureSearch = {
    search: (pixels) => {
      const { promise, resolve } = Promise.withResolvers<Box[] | undefined>();
      ended = () => resolve(undefined);
      time.at(time.now() + lasts, () => resolve(hits(pixels)));
      return promise;
    },
    abandon: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const end = ended;
      time.at(time.now() + 1, () => {
        end?.();
        resolve();
      });
      return promise;
    },
    [Symbol.dispose]: () => {},
  };
  const { width, height } = film;
  const search = new FaceSearch({
    ...{ scan, team, neighbours, clock: time },
    picture: { width, height },
  });
  const interval = 1000 / film.rate;
  const found: (readonly Box[])[] = [];
  let newest: readonly Box[] = [];
  let busy = false;
  for (const [number, pixels] of film.pictures.entries()) {
    await time.pass(1000 + number * interval);
    if (!busy) {
      busy = true;
      search.find(pixels, number === 0 ? undefined : interval).then((boxes) =>
        time.at(time.now() + costs.follow, () => {
          busy = false;
          newest = boxes;
        })
      );
    }
    await time.pass(1000 + (number + 1) * interval - 0.01);
    found.push(newest); // a picture that is still waited for has the boxes of an earlier one
  }
  await time.pass(Infinity);
  return found;
}

/** A clock that goes from one event to the next. */
class Time implements Clock {
  #now = 0;
  readonly #events: { readonly at: number; readonly run: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  at(at: number, run: () => void): void {
    this.#events.push({ at, run });
    this.#events.sort((a, b) => a.at - b.at);
  }

  async waitAtMost(milliseconds: number, promise: Promise<unknown>): Promise<void> {
    const late = Promise.withResolvers<void>();
    if (milliseconds < Infinity) this.at(this.#now + milliseconds, late.resolve);
    await Promise.race([promise, late.promise]);
  }

  /** Lets all happen that happens until then. */
  async pass(until: number): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 0)); // all that can go on has gone on
      const next = this.#events[0];
      if (!next || next.at > until) break;
      this.#events.shift();
      this.#now = next.at;
      next.run();
    }
    if (until < Infinity) this.#now = until;
  }
}
