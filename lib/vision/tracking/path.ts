/** The way of an object: all of its centers in, a short list out, however long the object stays. */

export type Place = readonly [x: number, y: number];

/** The most places of a path. */
export const MAX_PLACES = 32;

/** At first, nearer places are not added, in pixels. The distance doubles each time the path is full. */
const FIRST_DISTANCE = 4;

export class Path {
  readonly #places: Place[] = [];
  #distance = FIRST_DISTANCE;
  #last: Place | undefined;

  /** Takes the next center, in pixels. */
  add([x, y]: Place): void {
    const place: Place = [Math.round(x), Math.round(y)];
    this.#last = place;
    const before = this.#places.at(-1);
    if (before && Math.hypot(place[0] - before[0], place[1] - before[1]) < this.#distance) return;
    this.#places.push(place);
    if (this.#places.length < MAX_PLACES) return;
    this.#distance *= 2;
    const kept = this.#places.filter((_, i) => i % 2 === 0);
    this.#places.splice(0, Infinity, ...kept);
  }

  /** The first place, some between, and the last one. */
  get places(): Place[] {
    const [last, end] = [this.#last, this.#places.at(-1)];
    if (!last || (end && end[0] === last[0] && end[1] === last[1])) return [...this.#places];
    return [...this.#places, last];
  }
}
