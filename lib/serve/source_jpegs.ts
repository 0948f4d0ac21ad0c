/**
 * The JPEGs of a stream in full size. Where the source sends JPEGs already, those are passed on as they are, and the
 * encoder runs only while the source sends none. It owns the encoder.
 */

import type { Jpeg } from "../frame/jpeg.ts";
import { Latest } from "../frame/latest.ts";
import type { Log } from "../log/log.ts";
import type { Stream } from "../stream/stream.ts";
import type { JpegEncoder } from "./jpeg_encoder.ts";
import { PassedOn } from "./passed_on.ts";

/** What viewers of JPEGs use: an encoder, or this. */
export type JpegSource = Pick<JpegEncoder, "jpegs" | "watch"> & AsyncDisposable;

export class SourceJpegs implements JpegSource {
  readonly jpegs = new Latest<Jpeg>();
  readonly #encoder: JpegEncoder;
  readonly #passedOn: PassedOn<Jpeg>;

  /** Takes ownership of the encoder, of the stream's frames in full size with their colors. */
  constructor(stream: Stream, encoder: JpegEncoder, { log }: { log: Log }) {
    this.#encoder = encoder;
    this.#passedOn = new PassedOn({
      passed: () => stream.encoded?.jpegs,
      encode: () => {
        const watch = encoder.watch();
        return {
          pictures: encoder.jpegs,
          [Symbol.dispose]: () => watch[Symbol.dispose](),
        };
      },
      output: this.jpegs,
      ending: () => stream.frames.ending,
      ...{ kind: "JPEG", log },
    });
  }

  watch(): Disposable {
    return this.#passedOn.watch();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#passedOn[Symbol.asyncDispose]();
    await this.#encoder[Symbol.asyncDispose]();
  }
}
