/** A stream that is passed on to a media server. */

import type { Log } from "../log/log.ts";
import type { Sink, Stream } from "../stream/stream.ts";
import { withoutSecrets } from "../log/redact_url.ts";
import { forward } from "./forward.ts";

/** Sends the newest frames to a URL, and again when that fails. */
export class MediaServer implements Sink {
  readonly name: string;
  readonly #url: string;
  readonly #crf: number | undefined;
  readonly #log: Log;

  /** `crf` is the quality of H.264 and VP8. */
  constructor(url: string, { crf, log }: { crf: number | undefined; log: Log }) {
    this.name = withoutSecrets(url);
    this.#url = url;
    this.#crf = crf;
    this.#log = log;
  }

  /** Throws a `Failure` where the media server has not accepted the stream even once. */
  async run(
    stream: Pick<Stream, "format" | "fps" | "frames" | "subscribe">,
    { signal }: { signal: AbortSignal },
  ): Promise<void> {
    using _subscription = stream.subscribe();
    const { format, fps } = stream;
    await forward(stream.frames, this.#url, {
      format,
      fps,
      crf: this.#crf,
      signal,
      log: this.#log,
    });
  }
}
