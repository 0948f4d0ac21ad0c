/** Draws what the filters have found over the picture, as the client's window does. */

import { markColor } from "./mark_colors.js";

/** How long a detection is drawn, in milliseconds. */
const MARK_MS = 1000;

export class Marks {
  #canvas;
  /** The last detection of each filter, and when it arrived. */
  #found = new Map();

  /** `canvas` lies over the picture, with the same size. */
  constructor(canvas) {
    this.#canvas = canvas;
  }

  found(detection) {
    if (detection.event) return; // an object entered or left; its box is in the next detection
    const origin = `${detection.filter} ${detection.of ?? ""}`;
    this.#found.set(origin, { detection, at: performance.now() });
  }

  clear() {
    this.#found.clear();
    this.#erase();
  }

  /** Draws those of the last moment. `state` has the size of the detections' coordinates. */
  draw(state, { width, height }) {
    const now = performance.now();
    for (const [filter, { at }] of this.#found) {
      if (now - at > MARK_MS) this.#found.delete(filter);
    }
    this.#fit(width, height);
    for (const { detection } of this.#found.values()) this.#drawOne(detection, state);
  }

  /** Draws one detection alone. */
  drawOnly(detection, state, { width, height }) {
    this.#fit(width, height);
    this.#drawOne(detection, state);
  }

  #fit(width, height) {
    const canvas = this.#canvas;
    if (canvas.width === width && canvas.height === height) return this.#erase();
    [canvas.width, canvas.height] = [width, height];
  }

  #erase() {
    this.#canvas.getContext("2d").clearRect(0, 0, this.#canvas.width, this.#canvas.height);
  }

  #drawOne(detection, state) {
    if (!state?.marks) return;
    const { width, height } = this.#canvas;
    const context = this.#canvas.getContext("2d");
    const [x, y] = [width / state.width, height / state.height];
    context.lineWidth = Math.max(2, width / 320);
    context.strokeStyle = context.fillStyle = markColor();
    for (const [i, [left, top, boxWidth, boxHeight]] of entries(detection.boxes).entries()) {
      context.strokeStyle = markColor(detection.ids?.[i], detection.labels?.[i]);
      context.strokeRect(left * x, top * y, boxWidth * x, boxHeight * y);
    }
    context.strokeStyle = markColor();
    context.beginPath();
    for (const [x1, y1, x2, y2] of entries(detection.lines)) {
      context.moveTo(x1 * x, y1 * y);
      context.lineTo(x2 * x, y2 * y);
    }
    context.stroke();
    for (const [px, py] of entries(detection.points)) {
      context.fillRect(px * x - 2, py * y - 2, 4, 4);
    }
  }
}

/** The entries of a list in a detection; none if it is not a list of lists (a filter of the user's may send one). */
function entries(list) {
  return Array.isArray(list) ? list.filter(Array.isArray) : [];
}
