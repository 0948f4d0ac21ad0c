/** Plays H.264 with MediaSource, where WebCodecs is missing (pages over plain HTTP), and stays at the live edge. */

import { concat, fragment, initSegment, parameterSets, TIMESCALE } from "./fmp4.js";
import { parseSps } from "./nal.js";

/** More than this in the buffer is played faster; more than the second is jumped over; in seconds. */
const [AHEAD, FAR_AHEAD] = [0.06, 0.25];
const CATCH_UP_RATE = 1.1;
/** How far behind the newest frame a jump lands, and how much of the past is kept, in seconds. */
const [EDGE, KEPT] = [0.02, 6];
/** Bounds of the time between two frames, in milliseconds; a first guess is made before it is known. */
const [SHORTEST_MS, LONGEST_MS, GUESS_MS] = [5, 1000, 33];
/**
 * A picture that is in the buffer is acknowledged after so long even if it is not shown, in milliseconds: a video that has
 * run dry shows its last pictures when more have come, and the server would wait for them.
 */
const UNSHOWN_MS = 100;
/** How much a new interval counts in the mean. */
const SHARE = 0.1;

export class MsePlayer {
  wire = "H.264 MediaSource";
  #surface;
  #on;
  #video;
  #source;
  #buffer;
  #codec;
  #url;
  #isClosed = false;
  /** What is to be appended next. */
  #waiting = [];
  /** Pictures that are not shown yet, with their number and their time in the video in seconds. */
  #pending = [];
  #number = 0;
  /** The number of the last picture that is in the buffer, or will be with the current append. */
  #appended = 0;
  /** The end of the last frame, in ticks. */
  #end = 0;
  #interval = GUESS_MS;
  #lastCapturedAt;

  /** Shows the picture in `surface.video`. As H264Player otherwise. */
  constructor(surface, on) {
    this.#surface = surface;
    this.#on = on;
    this.#video = surface.video;
    const Source = globalThis.ManagedMediaSource ?? MediaSource;
    this.#source = new Source();
    this.#url = URL.createObjectURL(this.#source);
    this.#video.disableRemotePlayback = true; // ManagedMediaSource wants it
    this.#video.onerror = () => this.#fail(this.#video.error?.message);
    this.#video.src = this.#url;
    this.#source.addEventListener("sourceopen", () => this.#append());
    this.#followFrames();
  }

  put(picture) {
    if (picture.kind === "key") this.#begin(picture);
    if (!this.#codec) return this.#on.shown(picture);
    const { bytes, capturedAt, kind } = picture;
    const passed = capturedAt - (this.#lastCapturedAt ?? capturedAt - this.#interval);
    this.#lastCapturedAt = capturedAt;
    const interval = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, passed));
    this.#interval += SHARE * (interval - this.#interval);
    // Without a gap, whatever was left out: the video goes on at the newest frame.
    const duration = Math.round(this.#interval * TIMESCALE / 1000);
    const [time, number] = [this.#end, ++this.#number];
    this.#end += duration;
    this.#pending.push({ picture, number, time: time / TIMESCALE });
    const isKey = kind === "key";
    this.#waiting.push({ number, bytes: fragment(bytes, { number, time, duration, isKey }) });
    this.#append();
  }

  close() {
    this.#isClosed = true;
    this.#video.onerror = null;
    this.#video.removeAttribute("src");
    this.#video.load();
    URL.revokeObjectURL(this.#url);
  }

  /** A keyframe may begin another rung, with another size. */
  #begin({ bytes }) {
    const sets = parameterSets(bytes);
    if (!sets) return; // the codec stays what it was
    const { codec, width, height } = parseSps(sets.sps);
    const key = [codec, ...sets.sps, ...sets.pps].join();
    if (key === this.#codec) return;
    this.#codec = key;
    this.#waiting.push({ type: `video/mp4; codecs="${codec}"` });
    this.#waiting.push({ number: this.#number, bytes: initSegment({ ...sets, width, height }) });
  }

  /** Appends what waits, in one piece up to the next change of the codec. */
  #append() {
    if (this.#isClosed || this.#source.readyState !== "open" || this.#buffer?.updating) return;
    try {
      if (this.#waiting[0]?.type) this.#setType(this.#waiting.shift().type);
      if (this.#waiting.length > 0) {
        const until = this.#waiting.findIndex((piece) => piece.type);
        const pieces = this.#waiting.splice(0, until < 0 ? this.#waiting.length : until);
        this.#appended = pieces.at(-1).number;
        this.#buffer.appendBuffer(concat(pieces.map(({ bytes }) => bytes)));
      } else {
        this.#forget();
      }
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #setType(type) {
    if (this.#buffer) return this.#buffer.changeType?.(type);
    this.#buffer = this.#source.addSourceBuffer(type);
    this.#buffer.mode = "sequence";
    this.#buffer.addEventListener("updateend", () => {
      this.#stayLive();
      this.#acknowledgeUnshown();
      this.#append();
    });
  }

  #acknowledgeUnshown() {
    const last = this.#pending.findLast(({ number }) => number <= this.#appended);
    if (!last) return;
    setTimeout(() => {
      if (!this.#isClosed && this.#pending.includes(last)) this.#on.shown(last.picture);
    }, UNSHOWN_MS);
  }

  /** Removes what was played. */
  #forget() {
    const { buffered } = this.#buffer ?? {};
    if (!buffered?.length) return;
    const past = this.#video.currentTime - KEPT;
    if (past - buffered.start(0) > KEPT) this.#buffer.remove(0, past);
  }

  /** Keeps the video at the newest frame: a little faster, or with a jump. */
  #stayLive() {
    const video = this.#video;
    const { buffered } = video;
    if (this.#isClosed || buffered.length === 0) return;
    if (video.paused) video.play().catch(() => {}); // the next append tries again
    const end = buffered.end(buffered.length - 1);
    const ahead = end - video.currentTime;
    video.playbackRate = ahead > AHEAD ? CATCH_UP_RATE : 1;
    const isOutside = video.currentTime < buffered.start(buffered.length - 1);
    if ((ahead > FAR_AHEAD || isOutside) && !video.seeking) video.currentTime = end - EDGE;
  }

  /** Reports each frame that is shown. The frames before it were left out. */
  #followFrames() {
    const onFrame = (_, { mediaTime }) => {
      if (this.#isClosed) return;
      let shown;
      // A frame's time is rounded by the browser.
      while (this.#pending[0]?.time <= mediaTime + 0.002) shown = this.#pending.shift().picture;
      if (shown) {
        this.#surface.shownVideo(shown);
        this.#on.shown(shown);
      }
      this.#video.requestVideoFrameCallback(onFrame);
    };
    this.#video.requestVideoFrameCallback(onFrame);
  }

  #fail(thrown) {
    if (!this.#isClosed) this.#on.failed(String(thrown?.message ?? thrown ?? "unknown error"));
  }
}
