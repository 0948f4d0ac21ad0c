/**
 * The picture in a small window of its own, over other programs. It shows a copy of the picture, so that the marks are
 * in it, and the state if it is not live.
 */

import { element } from "./dom.js";

export class PictureInPicture {
  static isSupported = Boolean(document.pictureInPictureEnabled) &&
    "captureStream" in HTMLCanvasElement.prototype;
  #canvas = element("canvas");
  #video = element("video", { muted: true, playsInline: true });

  /** Whether the window is open. */
  get isOpen() {
    return document.pictureInPictureElement === this.#video;
  }

  /** Opens the window, or closes it. `draw()` gives the first picture. */
  async toggle(draw) {
    if (this.isOpen) return await document.exitPictureInPicture();
    draw();
    this.#video.srcObject ??= this.#canvas.captureStream();
    await this.#video.play();
    await this.#video.requestPictureInPicture();
  }

  /** Copies the picture and its `marks`, if there are some; with a `label`, dark and under it. */
  draw(image, marks, label) {
    const width = image.videoWidth ?? image.width;
    const height = image.videoHeight ?? image.height;
    const canvas = this.#canvas;
    if (canvas.width !== width || canvas.height !== height) {
      [canvas.width, canvas.height] = [width, height];
    }
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0, width, height);
    if (marks) context.drawImage(marks, 0, 0, width, height);
    if (!label) return;
    context.fillStyle = "#000a";
    context.fillRect(0, 0, width, height);
    context.fillStyle = "#fff";
    context.textAlign = "center";
    context.font = `${Math.round(height / 10)}px system-ui, sans-serif`;
    context.fillText(label, width / 2, height / 2, width * 0.9);
  }
}
