/** Stills of what is sent: the newest frame as JPEG or PNG. */

import { pngEncoderArguments } from "../../ffmpeg/png_arguments.ts";
import { runFfmpeg } from "../../ffmpeg/run.ts";
import { LinkedAbortController } from "../../async/linked_abort_controller.ts";
import type { Frame } from "../../frame/frame.ts";
import type { Latest } from "../../frame/latest.ts";
import type { PublishedStream } from "../published_stream.ts";
import type { Jpeg } from "../jpeg_encoder.ts";
import { Stills } from "./stills.ts";

/** How long a still may wait for a frame, and how long its encoding may take, in milliseconds. */
const PATIENCE = 3000;

/** Those of the JPEG encoder that all share. They end on abort. */
export function jpegStills(
  published: PublishedStream,
  { signal }: { signal: AbortSignal },
): Stills<Jpeg> {
  const newest = async () => {
    using jpegs = published.subscribeJpegs();
    return await firstOf(jpegs.frames, signal);
  };
  return new Stills(newest, ({ bytes }) => Promise.resolve(bytes));
}

/** Those of an ffmpeg for each frame that is asked for. They end on abort. */
export function pngStills(
  published: PublishedStream,
  { signal }: { signal: AbortSignal },
): Stills<Frame> {
  const newest = async () => {
    using _wanted = published.stream.subscribe();
    return await firstOf(published.frames, signal);
  };
  const args = pngEncoderArguments(published.size);
  return new Stills(newest, async ({ pixels }) => {
    using patience = new Patience(signal);
    return await runFfmpeg(args, pixels, patience);
  });
}

/** The newest value, waiting for one where there is none; undefined where none comes in time. */
async function firstOf<T>(values: Latest<T>, signal: AbortSignal): Promise<T | undefined> {
  using patience = new Patience(signal);
  using reader = values.reader(patience);
  return (await reader.take())?.value;
}

/** Aborted with its parent, and when the patience is over. */
class Patience extends LinkedAbortController {
  readonly #timer = setTimeout(() => this.abort(), PATIENCE);

  override [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    super[Symbol.dispose]();
  }
}
