/** One camera: its live picture, with state, figures, marks, detections and the pictures of past moments. */

import { DetectionList } from "./detection_list.js";
import { $, setText } from "./dom.js";
import { LivePicture } from "./live_picture.js";
import { Marks } from "./marks.js";
import { pictureOf } from "./moment_picture.js";
import { showNotice } from "./notice.js";
import { PictureInPicture } from "./pip.js";
import { Recording } from "./recording.js";
import { pathOf } from "./router.js";
import { PAST_MOMENT } from "./states.js";
import { Still } from "./still.js";
import { bitrate, timeOfDay } from "./words.js";

const FIGURES = ["size", "rate", "age", "skipped", "clients", "wire"];

export class View {
  /** The name of the camera; undefined while the view is closed. */
  name;
  picture;
  pip = new PictureInPicture();
  recording = new Recording();
  #socket;
  #wire;
  #stage = $("stage");
  #canvas = $("picture");
  #marks = new Marks($("marks-layer"));
  #showsMarks = true;
  /** What was chosen with the button; undefined before that. */
  #marksChoice;
  #list = new DetectionList((moment) => this.#showMoment(moment));
  #stream;
  #isOpen = false;
  /** Whether a filter has detected something, or has looked for it. */
  #detects = false;
  #still = new Still(() => this.#toSave());
  #label = "";
  /** The picture of a moment that is shown in place of the live one. */
  #moment;

  /** `wire`: the WireChoice. */
  constructor({ socket, wire }) {
    this.#socket = socket;
    this.#wire = wire;
    $("back-to-live").addEventListener("click", () => this.backToLive());
  }

  /** Opens a camera, in place of the one before. `preview`: a canvas with a picture of it, until the first one comes. */
  open(name, preview) {
    if (name === this.name) return;
    this.close();
    this.name = name;
    $("view").hidden = false;
    this.picture = new LivePicture({ canvas: this.#canvas, video: $("video") }, {
      socket: this.#socket,
      h264Class: this.#wire.h264Class,
      on: {
        drawn: () => this.#drawn(),
        cannotPlay: (why) => this.#wire.failed(why),
      },
    });
    if (preview?.dataset.sequence) {
      [this.#canvas.width, this.#canvas.height] = [preview.width, preview.height];
      this.#canvas.getContext("2d").drawImage(preview, 0, 0);
    }
    $("still").href = `${pathOf(name)}snapshot.png`;
  }

  close() {
    this.backToLive();
    this.picture?.pause();
    this.#still.clear();
    this.#detects = false;
    this.name = this.picture = this.#stream = undefined;
    this.#marks.clear();
    this.#list.clear();
    const { width, height } = this.#canvas;
    this.#canvas.getContext("2d").clearRect(0, 0, width, height);
    delete this.#canvas.dataset.sequence;
    for (const id of FIGURES) setText($(id), "–");
    $("view").hidden = true;
  }

  /** What to watch of this camera. */
  wanted({ number, wires = [] }) {
    if (!number) return {};
    return { [this.name]: { width: 0, wire: this.#wire.of(wires), detections: true } };
  }

  found(detection) {
    this.#detects = true;
    this.#marks.found(detection);
    const live = this.picture;
    this.#list.add(detection, (detection) => pictureOf(detection, live));
  }

  /** Shows the state and the figures. Returns the state. */
  update(now, { connection, stream, several }) {
    this.#stream = stream;
    const isOpen = connection.kind === "open";
    if (isOpen && !this.#isOpen) this.#still.clear();
    this.#isOpen = isOpen;
    const { state, figures } = this.picture.at(now, { connection, stream });
    // A client calls what it gets "stream", unless it was asked for by its name.
    const isNamed = several || this.name !== "stream";
    const title = isNamed ? this.name : stream?.state?.name ?? this.name;
    setText($("name"), title);
    document.title = `${title} – Framewire`;
    this.#canvas.setAttribute("aria-label", `live picture of ${title}`);
    this.#stage.dataset.state = state.kind;
    this.#label = state.kind === "live" ? "" : state.label;
    showNotice($("notice"), state);
    this.#showMarks(stream?.state ?? undefined);
    if (this.pip.isOpen && this.#label) this.#copy();
    this.#showFigures(state, figures);
    const { recording = stream?.recording, lost } = stream?.state ?? {};
    const isThere = Boolean(stream?.state);
    this.recording.show(this.name, recording, { isOpen, isThere, lost });
    return this.#moment ? PAST_MOMENT : state;
  }

  toggleMarks() {
    this.#marksChoice = !this.#showsMarks;
    this.#showMarks(this.#stream?.state ?? undefined);
  }

  /** Marks that the filters have drawn in the picture are not shown over it again, where they would be a frame apart. */
  #showMarks({ drawn = false, marks = false } = {}) {
    $("marks").hidden = !marks || !(this.#detects || drawn);
    this.#showsMarks = this.#marksChoice ?? !drawn;
    $("marks").setAttribute("aria-pressed", String(this.#showsMarks));
    $("marks").title = drawn ? "the filters have drawn the marks in the picture already" : "";
    $("marks-layer").hidden = !this.#showsMarks;
  }

  /** For Still. */
  #toSave() {
    const { blob, detection } = this.#moment ?? {};
    return {
      name: this.name,
      moment: blob && { blob, capturedAt: detection.capturedAt },
      image: this.#canvas.dataset.sequence ? this.picture.image : undefined,
      isOpen: this.#isOpen && Boolean(this.#stream?.state),
    };
  }

  togglePip() {
    this.pip.toggle(() => this.#copy()).catch((thrown) => {
      console.warn("picture in picture:", thrown); // the browser has asked, and the answer was no
    });
  }

  /** Whether the picture of a past moment was shown. */
  backToLive() {
    if (!this.#moment) return false;
    URL.revokeObjectURL(this.#moment.url);
    this.#moment = undefined;
    this.#stage.classList.remove("past");
    $("moment").hidden = $("past").hidden = true;
    this.#marks.clear();
    return true;
  }

  #showFigures(state, figures) {
    const shown = state.kind === "live" || state.kind === "behind";
    const { image, wire } = this.picture;
    const [width, height] = [image.videoWidth ?? image.width, image.videoHeight ?? image.height];
    setText($("size"), shown ? `${width}×${height}` : "–");
    setText($("rate"), shown ? `${figures.fps.toFixed(1)} fps` : "–");
    setText($("age"), shown && figures.age !== undefined ? this.#age(figures.age) : "–");
    setText($("skipped"), String(this.picture.figures.skipped));
    setText($("clients"), String(this.#stream?.state?.clients ?? "–"));
    const playing = shown && wire ? `${wire}, ${bitrate(figures.bitrate)}` : "–";
    setText($("wire"), this.#wire.problem ? `${playing} (${this.#wire.problem})` : playing);
  }

  /** A negative age that the uncertainty does not explain is shown: a clock is wrong. */
  #age(age) {
    const { uncertainty } = this.#socket.clock;
    const shown = age < -uncertainty ? age : Math.max(0, age);
    return `${shown.toFixed(0)} ms ±${Math.ceil(uncertainty)}`;
  }

  #drawn() {
    if (!this.#moment) this.#marks.draw(this.#stream?.state, this.#size);
    if (this.pip.isOpen) this.#copy();
  }

  get #size() {
    const { image } = this.picture;
    return {
      width: image.videoWidth ?? image.width,
      height: image.videoHeight ?? image.height,
    };
  }

  #copy() {
    const marks = this.#showsMarks ? $("marks-layer") : undefined;
    this.pip.draw(this.picture.image, marks, this.#label);
  }

  async #showMoment({ blob, detection }) {
    this.backToLive();
    const moment = { url: URL.createObjectURL(blob), blob, detection };
    this.#moment = moment;
    const image = $("moment");
    image.src = moment.url;
    const words = `${detection.filter}, ${timeOfDay(detection.capturedAt)}: not live`;
    image.alt = words;
    await image.decode().catch(() => {}); // another one was opened, or it shows as broken
    if (this.#moment !== moment) return;
    const size = { width: image.naturalWidth, height: image.naturalHeight };
    this.#marks.drawOnly(detection, this.#stream?.state, size);
    this.#stage.classList.add("past");
    setText($("past-words"), words);
    image.hidden = $("past").hidden = false;
    $("back-to-live").focus();
  }
}
