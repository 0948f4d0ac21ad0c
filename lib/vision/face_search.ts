/**
 * Report the faces in each picture of a film. Pictures go in, in the film's order; boxes come out.
 *
 * Workers search one picture after the other, as a whole. Where they are quick enough each picture waits
 * for its own search; else the known faces are followed, and what a search has found is followed from the
 * picture in which it was found. A new scene ends the search of the old one and begins one at once.
 */

import type { Size } from "./cv.ts";
import { FaceFollower } from "./face_follow.ts";
import type { Box } from "../frame/detection.ts";
import { groupBoxes } from "./haar/group_boxes.ts";
import type { HaarScan } from "./haar/haar_scan.ts";
import { SceneCut } from "./scene_cut.ts";
import type { PictureSearch } from "./search_team.ts";

/** The share of the time between two pictures that one may wait for a search. */
const WAITING = 0.7;
/** What a search is taken to last follows the newest one by this share. */
const NEWEST = 0.3;

/** The time, in milliseconds. */
export interface Clock {
  now(): number;
  /** Waits for a promise, for so many milliseconds at the most. */
  atMost(milliseconds: number, promise: Promise<unknown>): Promise<void>;
}

export interface FaceSearchOptions {
  /** Where known faces are followed. */
  readonly scan: HaarScan;
  /** What searches whole pictures. It stays the caller's. */
  readonly team: PictureSearch;
  readonly picture: Size;
  readonly neighbours: number;
  readonly clock: Clock;
}

export class FaceSearch {
  readonly #options: FaceSearchOptions;
  readonly #follower: FaceFollower;
  readonly #cut: SceneCut;
  /** The number of the picture. */
  #number = 0;
  /** The search under way. It is never rejected. */
  #search:
    | { readonly done: Promise<void>; readonly since: number; readonly cut: boolean }
    | undefined;
  /** What was found last, and in which picture. */
  #newest: { readonly number: number; readonly boxes: readonly Box[] } = { number: 0, boxes: [] };
  /** How long a search takes, in milliseconds. */
  #takes = 0;
  /** Why the search has failed, to be told by the next picture. */
  #failure: unknown;

  constructor(options: FaceSearchOptions) {
    this.#options = options;
    this.#follower = new FaceFollower(options.scan, options.neighbours);
    this.#cut = new SceneCut(options.picture);
  }

  /** The faces of a picture, of its own search, however long that takes. */
  async findOwn(pixels: Uint8Array): Promise<Box[]> {
    const hits = await this.#options.team.search(pixels) ?? [];
    return groupBoxes(hits, this.#options.neighbours);
  }

  /**
   * The faces of the film's next picture, of `width*height` bytes, in less than `interval` milliseconds.
   * The first picture waits for its search.
   */
  async find(pixels: Uint8Array, interval = Infinity): Promise<readonly Box[]> {
    const { clock } = this.#options;
    const deadline = clock.now() + interval * WAITING;
    const number = ++this.#number;
    const cut = this.#cut.look(pixels);
    if (cut && this.#search && !this.#search.cut) {
      await clock.atMost(deadline - clock.now(), this.#options.team.abandon());
    }
    // One that is over soon is waited for, so that what it finds counts, and the next one can begin.
    await this.#wait(deadline);
    if (!this.#search) {
      this.#begin(pixels, { number, cut });
      await this.#wait(deadline);
    }
    if (this.#failure) throw this.#failure;
    if (this.#newest.number === number) return this.#newest.boxes;
    return this.#follower.follow(pixels, number);
  }

  /** Waits for the search under way, where it is expected to be over by then. */
  async #wait(deadline: number): Promise<void> {
    const { clock } = this.#options;
    if (!this.#search || this.#search.since + this.#takes > deadline) return;
    await clock.atMost(deadline - clock.now(), this.#search.done);
  }

  #begin(pixels: Uint8Array, { number, cut }: { number: number; cut: boolean }): void {
    const { clock, neighbours, team } = this.#options;
    const since = clock.now();
    const done = team.search(pixels).then((hits) => {
      this.#search = undefined;
      if (!hits) return;
      const took = clock.now() - since;
      this.#takes = number === 1
        ? 0
        : this.#takes + (took - this.#takes) * (this.#takes ? NEWEST : 1);
      const boxes = groupBoxes(hits, neighbours);
      this.#newest = { number, boxes };
      this.#follower.learn(boxes, number);
    }, (failure) => {
      this.#search = undefined;
      this.#failure = failure;
    });
    this.#search = { done, since, cut };
  }
}

/** The real time. */
export const realClock: Clock = {
  now: () => performance.now(),
  atMost: async (milliseconds, promise) => {
    if (milliseconds === Infinity) return void await promise;
    let timer: number | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, milliseconds));
    await Promise.race([promise, late]);
    clearTimeout(timer);
  },
};
