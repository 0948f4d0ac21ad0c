/** Recording on the server: start, stop, and the files to download. Shown where the server allows it. */

import { $, element, setText, showText } from "./dom.js";
import { pathOf } from "./router.js";
import { byteSize, playingTime } from "./words.js";

export class Recording {
  #button = $("record");
  #name;
  #recording;
  #listed;
  /** What the last state said, and what it said before the last answer: that counts no more. */
  #said;
  #outdated;
  /** Why the last request failed; empty if it did not. */
  #problem = "";

  constructor() {
    this.#button.addEventListener("click", () => this.toggle());
  }

  /** Shows what the state of a camera says; `recording` is undefined where the server does not record. */
  show(name, recording) {
    if (recording && recording === this.#outdated) return;
    this.#said = recording;
    if (name !== this.#name) this.#problem = "";
    this.#name = name;
    this.#recording = recording?.allowed ? recording : undefined;
    this.#button.hidden = !this.#recording;
    const { since, why, files = [] } = this.#recording ?? {};
    const problem = this.#problem || (why ?? "");
    showText($("record-problem"), problem);
    $("recordings").hidden = files.length === 0 && !problem;
    const words = since
      ? `Stop recording ${playingTime((Date.now() - Date.parse(since)) / 1000)} `
      : "Record ";
    setText(this.#button.firstChild, words);
    this.#button.classList.toggle("recording", Boolean(since));
    const text = JSON.stringify([name, files]);
    if (text === this.#listed) return;
    this.#listed = text;
    $("files").replaceChildren(...files.map((file) => this.#item(file)));
  }

  /** Starts a recording, or stops the one that runs. */
  async toggle() {
    if (!this.#recording || this.#button.disabled) return;
    this.#button.disabled = true;
    const action = this.#recording.since ? "stop" : "start";
    try {
      const response = await fetch(`${pathOf(this.#name)}record`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ action }),
      });
      const isJson = response.headers.get("content-type") === "application/json";
      if (!isJson) throw new Error((await response.text()).trim());
      const { recording, error } = await response.json();
      this.#problem = error ? `The recording does not ${action}: ${error}` : "";
      this.#outdated = this.#said;
      this.show(this.#name, recording);
    } catch (thrown) {
      this.#problem = `The recording does not ${action}: ${thrown.message}`;
      this.show(this.#name, this.#recording);
    } finally {
      this.#button.disabled = false;
    }
  }

  #item({ name, bytes, seconds }) {
    const href = `${pathOf(this.#name)}record/${encodeURIComponent(name)}`;
    const link = element("a", { href, download: name }, name);
    return element("li", {}, link, ` ${playingTime(seconds)}, ${byteSize(bytes)}`);
  }
}
