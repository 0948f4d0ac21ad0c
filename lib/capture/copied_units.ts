/** The H.264 that a source sends, as FLV from ffmpeg: each access unit is given with the number of its frame. */

import { AccessUnits } from "../frame/access_units.ts";
import type { Frame } from "../frame/frame.ts";
import { type FrameSize, isSameSize } from "../frame/frame_size.ts";
import { ByteRate } from "../stats/byte_rate.ts";
import { FlvReader } from "../wire/flv.ts";
import { type PlayableUnit, PlayableUnits } from "../wire/playable_units.ts";
import type { CopiedPackets } from "./copied_packets.ts";
import { FrameMatcher, type FrameTime } from "./frame_matcher.ts";

const READ_BYTES = 65536;

export class CopiedUnits implements CopiedPackets {
  readonly units = new AccessUnits();
  isGiven = false;
  readonly #onGiven: () => void;
  readonly #matcher = new FrameMatcher<PlayableUnit>((unit, time) => this.#put(unit, time));
  #rate = new ByteRate();
  #keyframeMs: number | undefined;
  /** Of the raw frames. */
  #size: FrameSize | undefined;

  /** `onGiven` is called each time the source begins to send H.264 that can be passed on. */
  constructor({ onGiven }: { onGiven: () => void }) {
    this.#onGiven = onGiven;
  }

  /** Bits a second in the last seconds; undefined before that is known. */
  get rate(): number | undefined {
    return this.#rate.bits;
  }

  /** From one keyframe to the next, in milliseconds; undefined before that is known. */
  get keyframeMs(): number | undefined {
    return this.#keyframeMs;
  }

  async read(connection: Deno.Conn): Promise<void> {
    this.#matcher.clearPackets();
    const reader = new FlvReader();
    this.#rate = new ByteRate();
    this.#keyframeMs = undefined;
    const playable = new PlayableUnits();
    const buffer = new Uint8Array(READ_BYTES);
    let keyAt: number | undefined;
    for (let count; (count = await connection.read(buffer)) !== null;) {
      for (const unit of reader.push(buffer.subarray(0, count))) {
        this.#rate.count(unit.bytes.length, unit.time);
        if (unit.isKey) {
          if (keyAt !== undefined) this.#keyframeMs = unit.time - keyAt;
          keyAt = unit.time;
        }
        const checked = playable.check(unit);
        // What follows a gap cannot be decoded before the next keyframe.
        if (checked && !this.#matcher.packet(checked)) this.units.clear();
      }
    }
  }

  captured(frame: Frame): void {
    this.#size = frame.format;
    this.#matcher.frame(frame);
  }

  clear(): void {
    this.isGiven = false;
    this.#matcher.clear();
    this.units.clear();
  }

  #put(unit: PlayableUnit, { sequence, capturedAt }: FrameTime): void {
    const isSame = this.#size && isSameSize(this.#size, unit.size);
    if (!isSame) {
      this.isGiven = false;
      return this.units.clear();
    }
    if (!this.isGiven && !unit.isKey) return;
    if (!this.isGiven) this.#onGiven();
    this.isGiven = true;
    this.units.put({ ...unit, sequence, capturedAt, kind: undefined });
  }
}
