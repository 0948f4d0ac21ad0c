/** One camera's live picture: takes its messages, plays them on a canvas or a video, acknowledges and measures. */

import { now } from "./clock.js";
import { Figures } from "./figures.js";
import { JpegPlayer } from "./jpeg_player.js";
import { stateOf } from "./states.js";

/** How many of the last JPEGs are kept, to find that of a detection. */
const RECENT = 16;

export class LivePicture {
  figures = new Figures();
  /** When the last picture was drawn, by `now()`; undefined since the start and since a pause. */
  drawnAt;
  /** Why the camera's stream has ended; undefined while it has not. */
  ending;
  /** The newest JPEGs, oldest first. */
  recent = [];
  #canvas;
  #video;
  #socket;
  #h264Class;
  #on;
  #player;
  #showsVideo = false;
  #before;

  /**
   * `canvas` shows the picture, or `video` in its place. `on`: `drawn(picture)`, `cannotPlay(why)` for H.264;
   * `h264Class`: its player.
   */
  constructor({ canvas, video }, { socket, h264Class, on = {} }) {
    this.#canvas = canvas;
    this.#video = video;
    this.#socket = socket;
    this.#h264Class = h264Class;
    this.#on = on;
  }

  /** What plays, for people; undefined before the first picture. */
  get wire() {
    return this.#player?.wire;
  }

  /** The picture as something to draw. */
  get image() {
    return this.#showsVideo ? this.#video : this.#canvas;
  }

  put(picture) {
    this.figures.arrived(picture.bytes.length, now());
    if (picture.kind === "jpeg") {
      this.recent.push(picture);
      this.recent.splice(0, this.recent.length - RECENT);
    }
    const player = this.#playerFor(picture);
    if (player) player.put(picture);
    else this.#socket.acknowledge(picture); // nobody has asked for it
  }

  /** The pictures pause, or another connection brings them: what is shown is no longer live. */
  pause() {
    if (this.#showsVideo) this.#keepLast();
    this.#player?.close();
    this.#player = undefined;
    this.#showVideo(false); // the elements are those of the next picture, too
    this.drawnAt = undefined;
    this.recent = [];
    this.figures.restart();
  }

  /** The canvas shows the last picture of the video, which is about to go. */
  #keepLast() {
    const { videoWidth: width, videoHeight: height } = this.#video;
    if (width === 0) return;
    [this.#canvas.width, this.#canvas.height] = [width, height];
    this.#canvas.getContext("2d").drawImage(this.#video, 0, 0);
  }

  /** The state in words, and the figures. */
  at(time, { connection, stream }) {
    const figures = this.figures.at(time);
    const { uncertainty } = this.#socket.clock;
    const { ending, drawnAt } = this;
    const facts = { connection, stream, ending, drawnAt, age: figures.age, uncertainty };
    const state = stateOf({ ...facts, before: this.#before }, time);
    this.#before = state.kind;
    return { state, figures };
  }

  #playerFor({ kind }) {
    const Player = kind === "jpeg" ? JpegPlayer : this.#h264Class;
    if (!Player || this.#player instanceof Player) return Player && this.#player;
    this.#player?.close();
    const player = new Player(this, {
      shown: (picture) => this.#socket.acknowledge(picture),
      failed: (why) => this.#on.cannotPlay?.(why),
    });
    this.#player = player;
    return player;
  }

  get video() {
    return this.#video;
  }

  /** For the players: draws an image. A placeholder is not drawn: the page says in words why there is no picture. */
  show(image, picture) {
    if (picture.placeholder) return;
    const canvas = this.#canvas;
    const [width, height] = [
      image.displayWidth ?? image.width,
      image.displayHeight ?? image.height,
    ];
    if (canvas.width !== width || canvas.height !== height) {
      [canvas.width, canvas.height] = [width, height];
    }
    canvas.getContext("2d").drawImage(image, 0, 0, width, height);
    this.#showVideo(false);
    this.#drawn(picture);
  }

  /** For the players: the video shows a picture. */
  shownVideo(picture) {
    this.#showVideo(!picture.placeholder);
    if (!picture.placeholder) this.#drawn(picture);
  }

  /** The video is there all the time: browsers play nothing that has no box. */
  #showVideo(shows) {
    if (shows === this.#showsVideo) return;
    this.#showsVideo = shows;
    this.#video.classList.toggle("shown", shows);
    this.#canvas.classList.toggle("covered", shows);
  }

  #drawn(picture) {
    const at = now();
    this.drawnAt = at;
    this.figures.drawn(picture, { at, age: this.#socket.clock.age(picture, at) });
    this.#canvas.dataset.sequence = picture.sequence;
    this.#on.drawn?.(picture);
  }
}
