/** Saves a still: the newest frame from the server, or the picture that is shown where that is another one. */

import { $, element, showText } from "./dom.js";

export class Still {
  #link = $("still");
  #shown;

  /**
   * `shown()` gives what is to be saved: `{ name, moment, image, isOpen }`. `moment`: the picture of a past moment as
   * `{ blob, capturedAt }`, undefined for the live one; `image`: the live picture as something to draw, undefined before
   * the first one; `isOpen`: whether the server can be asked.
   */
  constructor(shown) {
    this.#shown = shown;
    this.#link.addEventListener("click", (event) => this.#save(event));
  }

  /** Forgets what was said of the last one. */
  clear() {
    showText($("still-said"), "");
  }

  #save(event) {
    const { name, moment, image, isOpen } = this.#shown();
    this.clear();
    if (moment) {
      event.preventDefault();
      return download(moment.blob, `${name}_${fileTime(moment.capturedAt)}.jpg`);
    }
    const file = `${name}_${fileTime(Date.now())}.png`;
    this.#link.download = file;
    if (isOpen) return;
    event.preventDefault();
    if (!image) return showText($("still-said"), "There is no picture to save.");
    copyOf(image).toBlob((blob) => blob && download(blob, file));
    showText($("still-said"), "Saved the picture that is shown: the server gives no newer one.");
  }
}

function copyOf(image) {
  const [width, height] = [image.videoWidth ?? image.width, image.videoHeight ?? image.height];
  const canvas = element("canvas", { width, height });
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas;
}

function download(blob, name) {
  const url = URL.createObjectURL(blob);
  element("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000); // the download has begun
}

/** A time as a part of a file's name. */
function fileTime(time) {
  return new Date(time).toISOString().slice(0, 19).replace("T", "_").replaceAll(":", "-");
}
