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
  /** Why the last request failed, as a sentence; empty if it did not. */
  #problem = "";
  /** The film that this page has ended last: its name; undefined without one, and since the next start. */
  #done;
  /** Whether the server is there. */
  #isOpen = false;

  constructor() {
    this.#button.addEventListener("click", () => this.toggle());
  }

  /**
   * Shows what the state of a camera says; `recording` is undefined where the server does not record. `isOpen`: whether
   * the server is there, or this is what it said last. `isThere`: whether the camera can be recorded. `lost`: whether it
   * has no signal.
   */
  show(name, recording, { isOpen, isThere, lost }) {
    if (isOpen && !this.#isOpen) this.#problem = ""; // it was that of the time without the server
    this.#isOpen = isOpen;
    if (recording && recording === this.#outdated) recording = this.#recording;
    else this.#said = recording;
    if (name !== this.#name) this.#problem = this.#done = undefined;
    this.#name = name;
    this.#recording = recording?.allowed ? recording : undefined;
    this.#button.hidden = !this.#recording || !isThere;
    const { since, why, files = [] } = this.#recording ?? {};
    const problem = this.#problem ||
      (why && isThere ? `The recording ended: ${sentence(why)}` : "");
    showText($("record-problem"), problem);
    const done = files.find(({ name }) => name === this.#done);
    this.#showDone(problem ? undefined : done);
    $("recordings").hidden = files.length === 0;
    setText(this.#button.firstChild, isOpen ? wordsOf(since, lost) : "Record ");
    this.#button.classList.toggle("recording", Boolean(isOpen && since));
    const text = JSON.stringify([name, files]);
    if (text === this.#listed) return;
    this.#listed = text;
    $("files").replaceChildren(...files.map((file) => this.#item(file)));
  }

  /** Starts a recording, or stops the one that runs. */
  async toggle() {
    if (!this.#recording || this.#button.disabled || this.#button.hidden) return;
    if (!this.#isOpen) {
      return void (this.#problem = "The page has no connection to the server: nothing is changed.");
    }
    this.#button.disabled = true;
    const before = this.#recording.files[0]?.name;
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
      this.#problem = error ? `The recording does not ${action}: ${sentence(error)}` : "";
      const [{ name } = {}] = recording.files;
      this.#done = action === "stop" && name !== before ? name : undefined;
      this.#outdated = this.#said;
      this.#recording = recording;
    } catch (thrown) {
      // A fetch that gets no answer says so in words that differ from browser to browser.
      const why = thrown instanceof TypeError ? "the server does not answer" : thrown.message;
      this.#problem = `The recording does not ${action}: ${sentence(why)}`;
    } finally {
      this.#button.disabled = false;
    }
  }

  #item(file) {
    const { name } = file;
    const href = `${pathOf(this.#name)}record/${encodeURIComponent(name)}`;
    const link = element("a", { href, download: name }, name);
    return element("li", {}, link, this.#factsOf(file).slice(name.length));
  }

  /** The link stays the same element, or it would lose the focus and clicks. */
  #showDone(file) {
    const target = $("record-done");
    if (target.dataset.file === file?.name) return;
    if (file) target.dataset.file = file.name;
    else delete target.dataset.file;
    target.replaceChildren(...(file ? ["Recorded ", ...this.#item(file).childNodes] : []));
    target.hidden = !file;
  }

  #factsOf({ name, bytes, seconds }) {
    return `${name} ${playingTime(seconds)}, ${byteSize(bytes)}`;
  }
}

/** What the button says: `Stop recording 0:12`. Without a signal nothing is written. */
function wordsOf(since, lost) {
  if (!since) return "Record ";
  if (lost) return "Stop recording (it waits for a picture) ";
  return `Stop recording ${playingTime((Date.now() - Date.parse(since)) / 1000)} `;
}

/** The end of a sentence. */
function sentence(words) {
  return words.endsWith(".") ? words : `${words}.`;
}
