/** Draws what the filters have found over the picture, as the client's window does. */

import { markColor } from "./mark_colors.js";

/** How long a detection is drawn, in milliseconds. */
const MARK_MS = 1000;

/** More labels than these would hide the picture; a longer label is cut. */
const MAX_LABELS = 300;
const MAX_LETTERS = 40;

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
    for (const points of entries(detection.landmarks)) {
      for (const [px, py] of entries(points)) context.fillRect(px * x - 2, py * y - 2, 4, 4);
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
    this.#drawLabels(detection, [x, y]);
  }

  /** The labels last: no line runs through them. Without boxes they are those of the whole picture, in its corner. */
  #drawLabels(detection, [x, y]) {
    const { boxes, labels, ids } = detection;
    if (!Array.isArray(labels)) return;
    const context = this.#canvas.getContext("2d");
    const size = Math.round(Math.min(22, Math.max(12, this.#canvas.width / 45)));
    context.font = `600 ${size}px system-ui, sans-serif`;
    context.textBaseline = "middle";
    const height = size + 6;
    for (const [i, label] of labels.slice(0, MAX_LABELS).entries()) {
      if (typeof label !== "string") continue;
      const [left, top] = boxes ? entries(boxes)[i] ?? [] : [0, i * height / y];
      if (left === undefined) continue;
      const line = labelLine(detection, i);
      const width = context.measureText(line).width + 8;
      const at = within(left * x - context.lineWidth / 2, this.#canvas.width - width);
      // Above the box; inside of it where there is no room.
      const above = boxes ? top * y - height : top * y;
      const upper = above < 0 ? top * y : above;
      context.fillStyle = markColor(ids?.[i], label);
      context.fillRect(at, upper, width, height);
      context.fillStyle = "#000"; // all colors of marks are bright
      context.fillText(line, at + 4, upper + height / 2 + 1);
    }
  }
}

/** The text of a label: `person 87%`, or `3 person` for an object with a number. */
function labelLine({ labels, scores, ids }, i) {
  const [id, score] = [ids?.[i], scores?.[i]];
  const label = labels[i].slice(0, MAX_LETTERS);
  if (Number.isInteger(id)) return `${id} ${label}`;
  return Number.isFinite(score) ? `${label} ${Math.round(score * 100)}%` : label;
}

/** A place from 0 to `most`. */
function within(value, most) {
  return Math.max(0, Math.min(value, most));
}

/** The entries of a list in a detection; none if it is not a list of lists (a filter of the user's may send one). */
function entries(list) {
  return Array.isArray(list) ? list.filter(Array.isArray) : [];
}
