/** The age of frames when they are read, on two hosts with two clocks. Pure. */

import type { FrameNote } from "../wire/wire_frame.ts";
import { ClockOffset, type Offset } from "./clock_offset.ts";

/** The times of so many acknowledgements are kept: more than are ever on their way. */
const KEPT_ACKS = 1024;

/** Times are in milliseconds since the Unix epoch on our clock, unless noted otherwise. */
export class AgeGauge {
  readonly #clock = new ClockOffset();
  /** When acknowledgements left, by their number modulo `KEPT_ACKS`. */
  readonly #ackedAt = new Float64Array(KEPT_ACKS);
  #acks = 0;

  /** How far the server's clock is ahead of ours; undefined while that is not known. */
  get offset(): Offset | undefined {
    return this.#clock.value;
  }

  /** A connection begins: its answer line was acknowledged at `at`. */
  begin(at: number): void {
    this.#acks = 0;
    this.acknowledged(at);
  }

  /** The next acknowledgement leaves at `at`. */
  acknowledged(at: number): void {
    this.#ackedAt[this.#acks++ % KEPT_ACKS] = at;
  }

  /** The age of a frame whose last byte was read at `readAt`; undefined while the offset is not known. */
  ageOf({ capturedAt, ack, readAt: headAt }: FrameNote, readAt: number): number | undefined {
    this.#clock.noteFrame(capturedAt, headAt);
    if (ack && ack.count < this.#acks && ack.count >= this.#acks - KEPT_ACKS) {
      this.#clock.noteAck(ack.at, this.#ackedAt[ack.count % KEPT_ACKS] ?? 0);
    }
    const clock = this.#clock.value;
    return clock && readAt + clock.offset - capturedAt;
  }
}
