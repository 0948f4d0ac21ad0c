/** The H.264 encoders of a stream, one for each rung that somebody has watched. It owns them. */

import type { H264EncoderName } from "../ffmpeg/h264_arguments.ts";
import { installedH264Encoders, knownH264Encoders } from "../ffmpeg/h264_encoders.ts";
import type { AccessUnits } from "../frame/access_units.ts";
import type { Log } from "../log/log.ts";
import { type Stream, USUAL_FPS } from "../stream/stream.ts";
import { H264Encoder } from "./h264_encoder.ts";
import { type Rung, rungsFor } from "./rungs.ts";

export class H264Rungs implements AsyncDisposable {
  readonly #stream: Stream;
  readonly #options: { readonly encoder: H264EncoderName; readonly log: Log };
  readonly #rungs: readonly Rung[];
  readonly #encoders = new Map<Rung, H264Encoder>();

  constructor(stream: Stream, options: { encoder: H264EncoderName; log: Log }) {
    this.#stream = stream;
    this.#options = options;
    this.#rungs = stream.frames.isLossless ? [] : rungsFor(stream.format);
  }

  /** Lowest first. Empty without an encoder, and until it is known whether ffmpeg has one. */
  get rungs(): readonly Rung[] {
    const installed = knownH264Encoders();
    if (!installed) void installedH264Encoders();
    return installed?.includes(this.#options.encoder) ? this.#rungs : [];
  }

  /** The units of one of the rungs, until what is returned is disposed of. */
  subscribe(rung: Rung): { units: AccessUnits } & Disposable {
    const encoder = this.#open(rung);
    const watch = encoder.watch();
    return { units: encoder.units, [Symbol.dispose]: () => watch[Symbol.dispose]() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const encoders = [...this.#encoders.values()];
    await Promise.all(encoders.map((encoder) => encoder[Symbol.asyncDispose]()));
  }

  #open(rung: Rung): H264Encoder {
    const { frames, format, fps = USUAL_FPS } = this.#stream;
    const known = this.#encoders.get(rung);
    const encoder = known ?? new H264Encoder(frames, { ...this.#options, ...rung, format, fps });
    this.#encoders.set(rung, encoder);
    return encoder;
  }
}
