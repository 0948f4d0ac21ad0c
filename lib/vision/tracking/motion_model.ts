/**
 * Where an object is between two detections: its last box, moved at a speed that a Kalman filter estimates.
 *
 * The model is that of SORT (A. Bewley et al., "Simple online and realtime tracking", 2016): constant velocity. Its
 * matrices do not mix the axes, so each axis has a filter of its own. The noises are shares of the object's size, as in
 * DeepSORT and ByteTrack (Y. Zhang et al., 2022), but by time and not by frame: detections come at any rate. The size has no velocity: a detector's sizes flicker
 * more than objects grow.
 */

import type { Box } from "../../frame/detection.ts";
import type { FrameSize } from "../../frame/frame_size.ts";

/** The standard deviation of a detected center, as a share of the object's size. */
const MEASURED = 1 / 20;
/** How much the speed of an object changes in a second, in its own sizes a second. */
const SPEED_CHANGE = 1.5;
/** How much of each new size goes into the usual one: a box shrinks at edges and behind things. */
const SIZE_SHARE = 0.1;
/** The speed of an object that was detected once, in its own sizes a second: 0, give or take this. */
const FIRST_SPEED = 5;

/** The center of an object on one axis. Positions are in pixels, times in seconds. */
class Axis {
  position: number;
  speed = 0;
  /** The covariance of position and speed. */
  #pp: number;
  #ps = 0;
  #ss: number;

  constructor(position: number, size: number) {
    this.position = position;
    this.#pp = (MEASURED * size) ** 2;
    this.#ss = (FIRST_SPEED * size) ** 2;
  }

  /** Takes a detected position, `seconds` after the last one. */
  correct(measured: number, seconds: number, size: number): void {
    const change = (SPEED_CHANGE * size) ** 2; // of the speed, a second
    const [ps, ss] = [this.#ps, this.#ss];
    this.position += this.speed * seconds;
    this.#pp += 2 * seconds * ps + seconds ** 2 * ss + change * seconds ** 3 / 3;
    this.#ps += seconds * ss + change * seconds ** 2 / 2;
    this.#ss += change * seconds;
    const sum = this.#pp + (MEASURED * size) ** 2;
    const [gain, speedGain] = [this.#pp / sum, this.#ps / sum];
    const off = measured - this.position;
    this.position += gain * off;
    this.speed += speedGain * off;
    this.#ss -= speedGain * this.#ps;
    this.#pp *= 1 - gain;
    this.#ps *= 1 - gain;
  }
}

export class MotionModel {
  /** The usual side of the object, in pixels: of a square of its area. */
  side: number;
  readonly #frame: FrameSize | undefined;
  #box: Box;
  #at: number;
  readonly #x: Axis;
  readonly #y: Axis;

  /** `box` in pixels, detected `at` milliseconds. In a `frame`, what leaves it is expected at its edge. */
  constructor(box: Box, at: number, frame?: FrameSize) {
    this.#box = box;
    this.#frame = frame;
    this.side = sizeOf(box);
    this.#at = at;
    const [x, y] = centerOf(box);
    this.#x = new Axis(x, sizeOf(box));
    this.#y = new Axis(y, sizeOf(box));
  }

  /** When the object was detected the last time, in milliseconds. */
  get at(): number {
    return this.#at;
  }

  /** The speed in pixels a second. */
  get speed(): [x: number, y: number] {
    return [this.#x.speed, this.#y.speed];
  }

  /** Takes the box of a later detection. */
  correct(box: Box, at: number): void {
    const seconds = Math.max(0, at - this.#at) / 1000;
    const [x, y] = centerOf(box);
    this.#x.correct(x, seconds, sizeOf(box));
    this.#y.correct(y, seconds, sizeOf(box));
    this.#box = box;
    this.#at = at;
    this.side += SIZE_SHARE * (sizeOf(box) - this.side);
  }

  /**
   * The box at a time, in milliseconds: the detected one at the time of the last detection, and moved later, as far as
   * its center stays in the frame.
   */
  boxAt(at: number): Box {
    const seconds = Math.max(0, at - this.#at) / 1000;
    const [x, y, width, height] = this.#box;
    if (seconds === 0) return this.#box;
    const { width: right = Infinity, height: bottom = Infinity } = this.#frame ?? {};
    const [halfX, halfY] = [width / 2, height / 2];
    return [
      moved(x + halfX, this.#x.speed * seconds, right) - halfX,
      moved(y + halfY, this.#y.speed * seconds, bottom) - halfY,
      width,
      height,
    ];
  }
}

export function centerOf([x, y, width, height]: Box): [x: number, y: number] {
  return [x + width / 2, y + height / 2];
}

/** Moves a position, at most to an edge of the frame. */
function moved(from: number, by: number, end: number): number {
  if (end === Infinity) return from + by;
  return Math.min(Math.max(from + by, Math.min(0, from)), Math.max(end, from));
}

/** The side of a square of the same area, at least 1. */
export function sizeOf([, , width, height]: Box): number {
  return Math.max(1, Math.sqrt(width * height));
}
