/** Plays H.264 with WebCodecs: each access unit is decoded in order and drawn as soon as it is there. */

import { parameterSets } from "./fmp4.js";
import { parseSps } from "./nal.js";

/** After so many errors without a picture between them the browser cannot play the stream. */
const MAX_ERRORS = 3;

/**
 * A picture that the decoder has taken is acknowledged after so long even if it is not drawn, in milliseconds: some decoders
 * give it out when the next one has come, and the server would wait for it.
 */
const HELD_MS = 250;

export class H264Player {
  wire = "H.264 WebCodecs";
  #surface;
  #on;
  #decoder;
  #codec;
  /** Pictures in the decoder, by their timestamp in microseconds. */
  #pending = new Map();
  #timestamp = 0;
  #errors = 0;
  #needsKey = true;

  /** As JpegPlayer; `on.failed(why)` says that the browser cannot play the stream. */
  constructor(surface, on) {
    this.#surface = surface;
    this.#on = on;
  }

  put(picture) {
    try {
      if (picture.kind === "key") this.#configure(picture);
      // What cannot be decoded is acknowledged, or the server would wait for it.
      if (this.#needsKey) return this.#on.shown(picture);
      this.#pending.set(++this.#timestamp, picture);
      this.#decoder.decode(
        new EncodedVideoChunk({
          type: picture.kind,
          timestamp: this.#timestamp,
          data: picture.bytes,
        }),
      );
      const timestamp = this.#timestamp;
      setTimeout(() => this.#acknowledgeHeld(timestamp), HELD_MS);
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  close() {
    const decoder = this.#decoder;
    this.#decoder = undefined;
    if (decoder && decoder.state !== "closed") decoder.close();
  }

  #acknowledgeHeld(timestamp) {
    const picture = this.#pending.get(timestamp);
    if (picture && this.#decoder?.decodeQueueSize === 0) this.#on.shown(picture);
  }

  /** A keyframe may begin another rung, with another size. */
  #configure({ bytes }) {
    const sets = parameterSets(bytes);
    if (!sets) return; // the codec stays what it was
    const { codec } = parseSps(sets.sps);
    if (this.#codec === codec && this.#decoder?.state === "configured" && !this.#needsKey) return;
    if (!this.#decoder || this.#decoder.state === "closed") {
      const decoder = new VideoDecoder({
        output: (frame) => this.#output(frame),
        error: (thrown) => decoder === this.#decoder && this.#fail(thrown),
      });
      this.#decoder = decoder;
    }
    this.#decoder.configure({ codec, optimizeForLatency: true });
    this.#codec = codec;
    this.#needsKey = false;
  }

  #output(frame) {
    const picture = this.#pending.get(frame.timestamp);
    this.#errors = 0;
    if (picture && this.#decoder) this.#surface.show(frame, picture);
    frame.close();
    // Those before it were given up by the decoder.
    for (const timestamp of this.#pending.keys()) {
      if (timestamp <= frame.timestamp) this.#pending.delete(timestamp);
    }
    if (picture && this.#decoder) this.#on.shown(picture);
  }

  #fail(thrown) {
    console.warn("H.264 cannot be decoded:", thrown);
    const last = [...this.#pending.values()].at(-1);
    this.#pending.clear();
    this.#needsKey = true;
    this.close();
    if (last) this.#on.shown(last);
    if (++this.#errors >= MAX_ERRORS) this.#on.failed(String(thrown?.message ?? thrown));
  }
}
