/** The list of detections beside the picture. Each entry opens the picture of its moment. */

import { now } from "./clock.js";
import { DetectionGroups, lineOf } from "./detections.js";
import { $, element, setText } from "./dom.js";
import { Moments } from "./moments.js";

/** The picture of a group is renewed no more often than this, in milliseconds. */
const RENEW_MS = 1000;

export class DetectionList {
  #groups = new DetectionGroups();
  #moments = new Moments();
  /** The entry of each group that is listed, and when its picture was taken. */
  #entries = new Map();
  #list = $("events");
  #section = $("found");
  #onOpen;

  /** `onOpen({ blob, detection })` shows the picture of a moment. */
  constructor(onOpen) {
    this.#onOpen = onOpen;
  }

  /** `picture(detection)` resolves to a JPEG (a Blob) of its moment, or to undefined. */
  async add(detection, picture) {
    this.#section.dataset.heard = detection.filter;
    const added = this.#groups.add(detection);
    if (!added) return;
    const { group, isNew, isBest } = added;
    if (isNew) this.#insert(group);
    const entry = this.#entries.get(group);
    setText(entry.button, lineOf(group));
    if (!isBest || now() - entry.takenAt < RENEW_MS) return;
    entry.takenAt = now();
    const blob = await picture(detection);
    if (!blob) return;
    this.#moments.keep(group, { blob, detection });
    entry.button.disabled = false;
  }

  /** Empties the list, for another camera. */
  clear() {
    this.#groups = new DetectionGroups();
    this.#moments = new Moments();
    this.#entries.clear();
    this.#list.replaceChildren();
    this.#section.hidden = true;
    delete this.#section.dataset.heard;
  }

  #insert(group) {
    const button = element("button", { type: "button", disabled: true });
    button.addEventListener("click", () => {
      const moment = this.#moments.get(group);
      if (moment) this.#onOpen(moment);
      else button.disabled = true; // newer ones have taken its place
    });
    const item = element("li", {}, button);
    this.#entries.set(group, { item, button, takenAt: -Infinity });
    this.#list.prepend(item);
    this.#section.hidden = false;
    for (const [old, { item }] of this.#entries) {
      if (this.#groups.groups.includes(old)) continue;
      item.remove();
      this.#entries.delete(old);
    }
  }
}
