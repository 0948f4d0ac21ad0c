/** The H.264 that a server sends, as it comes: each access unit with the number and time of the stream's frame. */

import { AccessUnits } from "../frame/access_units.ts";
import type { EncodedFrames } from "../frame/encoded_frames.ts";
import type { Frame } from "../frame/frame.ts";
import { type FrameSize, isSameSize } from "../frame/frame_size.ts";
import type { Ending } from "../frame/latest.ts";
import { ByteRate } from "../stats/byte_rate.ts";

export class ReceivedUnits {
  readonly #units = new AccessUnits();
  /** Of the stream's frames. */
  readonly #size: FrameSize;
  readonly #rate = new ByteRate();
  #keyframeMs: number | undefined;
  #keyAt: number | undefined;
  /** The number of the last unit. */
  #last: number | undefined;
  #isGiven = false;

  constructor(size: FrameSize) {
    this.#size = size;
  }

  /** The units; nothing while the server is away, sends another format, or pictures of another size. */
  get encoded(): EncodedFrames {
    if (!this.#isGiven) return {};
    return { h264: { units: this.#units, rate: this.#rate.bits, keyframeMs: this.#keyframeMs } };
  }

  /** Takes each frame of the stream, in order. */
  put({ encoded, sequence, capturedAt, kind }: Frame): void {
    if (!encoded || !isSameSize(encoded.unit.size, this.#size)) return this.#clear();
    const { unit, number } = encoded;
    // What follows a gap cannot be decoded before the next keyframe.
    if (this.#last !== undefined && number !== this.#last + 1) this.#units.clear();
    this.#last = number;
    this.#rate.count(unit.bytes.length, capturedAt);
    if (unit.isKey) {
      if (this.#keyAt !== undefined) this.#keyframeMs = capturedAt - this.#keyAt;
      this.#keyAt = capturedAt;
    }
    this.#isGiven ||= unit.isKey;
    this.#units.put({ ...unit, sequence, capturedAt, kind });
  }

  end(ending: Ending): void {
    this.#units.end(ending);
  }

  #clear(): void {
    this.#isGiven = false;
    this.#keyAt = undefined;
    this.#units.clear();
  }
}
