/**
 * Finds the faces in each picture of a film: pictures in, in order; boxes out.
 *
 * Workers search one whole picture after the other. If they are fast enough, each picture waits for its
 * own search. Otherwise the known faces are followed, and each face that a search finds is followed from
 * the searched picture on. A scene cut stops the search under way and starts a new one.
 */

import { waitAtMost } from "./wait_at_most.ts";
import type { Size } from "./cv.ts";
import { FaceFollower } from "./face_follow.ts";
import type { Box } from "../frame/detection.ts";
import { groupBoxes } from "./haar/group_boxes.ts";
import type { HaarScan } from "./haar/haar_scan.ts";
import { SceneCut } from "./scene_cut.ts";
import type { PictureSearch } from "./search_team.ts";

/** The share of the time between two pictures that a picture can wait for a search. */
const WAIT_SHARE = 0.7;
/** The weight of the newest search in the mean duration of a search. */
const SMOOTHING = 0.3;

/** A clock in milliseconds. */
export interface Clock {
  now(): number;
  /** Waits for a promise, but no longer than `milliseconds`. */
  waitAtMost(milliseconds: number, promise: Promise<unknown>): Promise<void>;
}

export interface FaceSearchOptions {
  /** Searches near known faces. */
  readonly scan: HaarScan;
  /** Searches whole pictures. The caller owns it. */
  readonly team: PictureSearch;
  readonly picture: Size;
  readonly neighbours: number;
  readonly clock: Clock;
}

export class FaceSearch {
  readonly #options: FaceSearchOptions;
  readonly #follower: FaceFollower;
  readonly #cut: SceneCut;
  /** The number of the last picture, from 1. */
  #number = 0;
  /** The search under way; `done` is never rejected. */
  #search:
    | { readonly done: Promise<void>; readonly since: number; readonly cut: boolean }
    | undefined;
  /** The result of the last search, and its picture. */
  #newest: { readonly number: number; readonly boxes: readonly Box[] } = { number: 0, boxes: [] };
  /** How long a search takes: a moving mean. */
  #searchMs = 0;
  /** Why the search failed; the next picture throws it. */
  #failure: unknown;

  constructor(options: FaceSearchOptions) {
    this.#options = options;
    this.#follower = new FaceFollower(options.scan, options.neighbours);
    this.#cut = new SceneCut(options.picture);
  }

  /** Finds the faces of a picture with its own search, no matter how long that takes. */
  async findOwn(pixels: Uint8Array): Promise<Box[]> {
    const hits = await this.#options.team.search(pixels) ?? [];
    return groupBoxes(hits, this.#options.neighbours);
  }

  /**
   * Finds the faces of the film's next picture, of `width*height` bytes, in less than `interval`
   * milliseconds. The first picture waits for its search.
   */
  async find(pixels: Uint8Array, interval = Infinity): Promise<readonly Box[]> {
    const { clock } = this.#options;
    const deadline = clock.now() + interval * WAIT_SHARE;
    const number = ++this.#number;
    const cut = this.#cut.isCut(pixels);
    if (cut && this.#search && !this.#search.cut) {
      await clock.waitAtMost(deadline - clock.now(), this.#options.team.abandon());
    }
    // Wait for a search that ends soon, to use its result and to start the next one.
    await this.#wait(deadline);
    if (!this.#search) {
      this.#begin(pixels, { number, cut });
      await this.#wait(deadline);
    }
    if (this.#failure) throw this.#failure;
    if (this.#newest.number === number) return this.#newest.boxes;
    return this.#follower.follow(pixels, number);
  }

  /** Waits for the search under way if it should end before `deadline`. */
  async #wait(deadline: number): Promise<void> {
    const { clock } = this.#options;
    if (!this.#search || this.#search.since + this.#searchMs > deadline) return;
    await clock.waitAtMost(deadline - clock.now(), this.#search.done);
  }

  #begin(pixels: Uint8Array, { number, cut }: { number: number; cut: boolean }): void {
    const { clock, neighbours, team } = this.#options;
    const since = clock.now();
    const done = team.search(pixels).then((hits) => {
      this.#search = undefined;
      if (!hits) return;
      const tookMs = clock.now() - since;
      this.#searchMs = number === 1
        ? 0
        : this.#searchMs + (tookMs - this.#searchMs) * (this.#searchMs ? SMOOTHING : 1);
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

/** The clock of the platform. */
export const realClock: Clock = { now: () => performance.now(), waitAtMost };
