/**
 * Looks over whole pictures for places that may hold a face, a part of the work in each frame, so that
 * no frame costs much. Mats go in, suspects come out; whether they are faces is for the caller to find.
 *
 * What makes it cheap, against a plain `detectMultiScale`: of each two sizes of the window one is left
 * out, and each is searched for in a copy of the picture that is shrunk until the window has the size
 * that the cascade was trained with. There OpenCV steps by two pixels instead of one. A face makes
 * dozens of hits in a plain search, and one of them is enough here. Where nothing has changed since
 * it was last looked at, nothing is looked at.
 */

import { common, grown } from "./boxes.ts";
import type { Cascade } from "./cascade.ts";
import { Changes } from "./changes.ts";
import type { Cv, Mat, Size } from "./cv.ts";
import type { Box } from "./filter.ts";

/** The ratio of a window's size to the next smaller one's. */
const COARSE = 1.21;
/** Windows that are looked at in a frame, in the mean; 10,000 take some 3 ms. */
const BUDGET = 30_000;
/** After so many turns a strip is looked at as a whole, changed or not. */
const WHOLE = 16;

/** One size of the window in one strip of the picture. */
interface Task {
  /** How many times the window is larger than the cascade's own. */
  readonly factor: number;
  /** The strip, in pixels of the picture. */
  readonly strip: Box;
  /** What it looked like when it was last looked at. */
  seen?: Uint8Array;
  turns: number;
}

export class FaceScan implements Disposable {
  readonly #cascade: Cascade;
  readonly #picture: Size;
  readonly #changes: Changes;
  readonly #tasks: Task[];
  #next = 0;
  /** Windows that may be looked at; below 0 where the last task was larger than what was left. */
  #credit = 0;

  /** `min` is the least width of a face in pixels. The cascade stays the caller's. */
  constructor(
    { cv, cascade, width, height }: { cv: Cv; cascade: Cascade } & Size,
    { min }: { min: number },
  ) {
    this.#cascade = cascade;
    this.#picture = { width, height };
    this.#changes = new Changes(cv, this.#picture);
    this.#tasks = plan(this.#picture, { window: cascade.window, min });
  }

  /** Does the next part of the work, in this frame's picture. */
  suspects(mat: Mat): Box[] {
    const found: Box[] = [];
    this.#changes.look(mat);
    this.#credit = Math.min(this.#credit + BUDGET, BUDGET); // what a quiet frame left is not saved
    for (let done = 0; done < this.#tasks.length && this.#credit > 0; done++) {
      const task = this.#tasks[this.#next];
      if (task !== undefined) found.push(...this.#run(mat, task));
      this.#next = (this.#next + 1) % this.#tasks.length;
    }
    return found;
  }

  #run(mat: Mat, task: Task): Box[] {
    if (task.turns++ % WHOLE === 0) delete task.seen;
    const { width, height } = this.#cascade.window;
    const { factor } = task;
    const { changed, seen } = this.#changes.since(task.seen, task.strip);
    task.seen = seen;
    if (changed === undefined) return [];
    // A face of which a part has changed may reach a window further.
    const by = { x: width * factor, y: height * factor, within: this.#picture };
    const part = common(grown(changed, by), task.strip);
    this.#credit -= windows(part, factor, { width, height });
    const oneSize = { scale: 2, neighbours: 0, min: 0, max: Math.max(width, height) };
    return this.#cascade.detectIn(mat, part, oneSize, factor);
  }

  [Symbol.dispose](): void {
    this.#changes[Symbol.dispose]();
  }
}

/** All sizes of the window, each in strips that are small against the budget. */
function plan(picture: Size, { window, min }: { window: Size; min: number }): Task[] {
  const tasks: Task[] = [];
  const least = Math.max(1, min / Math.min(window.width, window.height));
  for (let factor = least;; factor *= COARSE) {
    const rows = picture.height / factor - window.height;
    if (picture.width / factor < window.width || rows < 0) return tasks;
    const all: Box = [0, 0, picture.width, picture.height];
    const strips = Math.ceil(windows(all, factor, window) * 2 / BUDGET);
    for (let strip = 0; strip < strips; strip++) {
      const top = Math.floor(strip * rows / strips * factor);
      // A strip reaches one window further, so that a face between two of them is whole in one.
      const bottom = Math.ceil(((strip + 1) * rows / strips + window.height) * factor);
      const height = Math.min(picture.height, bottom) - top;
      tasks.push({ factor, strip: [0, top, picture.width, height], turns: 0 });
    }
  }
}

/** How many windows OpenCV looks at in a part of the picture. */
function windows([, , width, height]: Box, factor: number, window: Size): number {
  const columns = Math.max(0, width / factor - window.width);
  const rows = Math.max(0, height / factor - window.height);
  return (columns / 2 + 1) * (rows / 2 + 1);
}
