/** Makes frames of what comes over the wire: decodes them, counts them, and measures their age. It owns the decoder. */

import type { AccessUnit } from "../frame/access_unit.ts";
import type { Frame } from "../frame/frame.ts";
import type { FrameFormat } from "../frame/frame_format.ts";
import { StreamStats } from "../stats/stream_stats.ts";
import type { FrameNote, WireFrame } from "../wire/wire_frame.ts";
import { AgeGauge } from "./age_gauge.ts";
import type { OpenStream } from "./open_stream.ts";
import type { Decoder, Platform } from "./platform.ts";
import type { ReceiverOptions } from "./receiver_options.ts";

const NO_PIXELS = new Uint8Array();

export class FrameMaker implements AsyncDisposable {
  /** What has come so far. */
  readonly stats: StreamStats;
  readonly ages = new AgeGauge();
  /** Whole frames so far, placeholders left out. */
  frames = 0;
  /** The number of the last frame. */
  sequence: number | undefined;
  readonly #platform: Platform;
  readonly #options: Pick<ReceiverOptions, "placeholders" | "undecoded">;
  #stream: Pick<OpenStream, "format" | "lossless"> | undefined;
  #decoder: Decoder | undefined;
  #isReady = true;
  /** Whether frames are made without pixels. */
  #isUndecoded = false;
  /** Access units so far. */
  #units = 0;

  constructor(platform: Platform, options: Pick<ReceiverOptions, "placeholders" | "undecoded">) {
    this.#platform = platform;
    this.#options = options;
    this.stats = new StreamStats(() => platform.clock.now());
  }

  /** Whether the decoder has started. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** From now on the frames are those of `stream`. Throws a `Failure` if there is no decoder for it. */
  async use(stream: Pick<OpenStream, "wire" | "format" | "lossless">): Promise<void> {
    await this.#decoder?.[Symbol.asyncDispose]();
    const { wire, format } = this.#stream = stream;
    this.#isReady = false;
    this.#isUndecoded = wire === "h264" && this.#options.undecoded === true;
    this.#decoder = wire === "mjpeg" || wire === "h264" && !this.#isUndecoded
      ? this.#platform.createDecoder(wire, format)
      : undefined;
  }

  /** The frame; undefined where it cannot be decoded, and counts as missed. Throws a `Failure`. */
  async make(item: WireFrame, format: FrameFormat): Promise<Frame | undefined> {
    const { payload, note } = item;
    const readAt = this.#platform.wallClock();
    // Each note tells about the clocks.
    const age = note && !this.#stream?.lossless ? this.ages.ageOf(note, readAt) : undefined;
    const encoded = this.#encoded(item);
    const pixels = this.#decoder
      ? await this.#decoder.decode(item)
      : this.#isUndecoded
      ? NO_PIXELS
      : payload;
    if (!pixels) return undefined;
    this.#isReady = true;
    const sequence = note?.sequence ?? this.frames;
    const placeholder = note?.placeholder ?? false;
    const skipped = Math.max(0, sequence - (this.sequence ?? sequence - 1) - 1);
    this.stats.count({ bytes: payload.length, skipped, age, placeholder });
    if (!placeholder) {
      this.sequence = sequence;
      this.frames++;
    }
    const kind = placeholder && !this.#options.placeholders ? "placeholder" : undefined;
    const capturedAt = note?.capturedAt ?? readAt;
    return { format, pixels, sequence, capturedAt, kind, ...(encoded && { encoded }) };
  }

  /** Ends the decoder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#decoder?.[Symbol.asyncDispose]();
  }

  /** The access unit that a frame comes as, with its number. */
  #encoded({ payload, note }: WireFrame): Frame["encoded"] {
    if (!note?.unit) return undefined;
    return { unit: unitOf(payload, note, note.unit), number: this.#units++ };
  }
}

function unitOf(
  bytes: Uint8Array<ArrayBuffer>,
  { sequence, capturedAt, placeholder }: FrameNote,
  { isKey, size }: Pick<AccessUnit, "isKey" | "size">,
): AccessUnit {
  const kind = placeholder ? "placeholder" : undefined;
  return { bytes, sequence, capturedAt, kind, isKey, size };
}
