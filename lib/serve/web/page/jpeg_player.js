/** Draws JPEGs: one is decoded at a time, and newer ones replace the one that waits. */

export class JpegPlayer {
  wire = "JPEG";
  #surface;
  #on;
  #waiting;
  #isDrawing = false;
  #isClosed = false;

  /** `surface.show(image, picture)` draws; `on.shown(picture)` follows, also for a picture that cannot be drawn. */
  constructor(surface, on) {
    this.#surface = surface;
    this.#on = on;
  }

  put(picture) {
    this.#waiting = picture;
    if (!this.#isDrawing) this.#draw();
  }

  close() {
    this.#isClosed = true;
    this.#waiting = undefined;
  }

  async #draw() {
    this.#isDrawing = true;
    while (this.#waiting) {
      const picture = this.#waiting;
      this.#waiting = undefined;
      try {
        const blob = new Blob([picture.bytes], { type: "image/jpeg" });
        const bitmap = await createImageBitmap(blob);
        if (!this.#isClosed) this.#surface.show(bitmap, picture);
        bitmap.close();
      } catch (thrown) {
        console.error(`frame ${picture.sequence} cannot be drawn:`, thrown);
      }
      if (!this.#isClosed) this.#on.shown(picture);
    }
    this.#isDrawing = false;
  }
}
