/** How the opened camera's picture travels: H.264 where the browser plays it and the server has it, or as `?wire=` says. */

export class WireChoice {
  /** The player of H.264; undefined where the browser has none. */
  h264Class;
  /** Why it is not what the address asks for; undefined if it is. */
  problem;
  #forced = new URLSearchParams(location.search).get("wire");
  #failure;
  #onChange;

  /** `onChange()` is called when H.264 turns out not to play. */
  constructor(h264Class, onChange) {
    this.h264Class = h264Class;
    this.#onChange = onChange;
  }

  /** The wire of a camera that the server offers in `wires`. */
  of(wires) {
    this.problem = undefined;
    if (this.#forced === "jpeg") return "jpeg";
    if (this.#forced && this.#forced !== "h264") {
      this.problem = `there is no wire "${this.#forced}"`;
    }
    const why = this.#whyNot(wires);
    if (!why) return "h264";
    if (this.#forced === "h264") this.problem = why;
    return "jpeg";
  }

  failed(why) {
    if (this.#failure) return;
    console.warn(`the picture goes on as JPEG; H.264 does not play: ${why}`);
    this.#failure = "this browser cannot play this H.264";
    this.#onChange();
  }

  #whyNot(wires) {
    if (!this.h264Class) return "this browser plays no H.264 here";
    return this.#failure ?? (wires.includes("h264") ? undefined : "the server offers no H.264");
  }
}
