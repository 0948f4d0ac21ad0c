/** Stills of a stream: the newest frame as JPEG or PNG. */

import { pngEncoderArguments } from "../../ffmpeg/png_arguments.ts";
import { runFfmpeg } from "../../ffmpeg/run.ts";
import { LinkedAbortController } from "../../async/linked_abort_controller.ts";
import type { Frame } from "../../frame/frame.ts";
import type { Jpeg } from "../../frame/jpeg.ts";
import type { Latest } from "../../frame/latest.ts";
import type { PublishedStream } from "../published_stream.ts";
import { Stills } from "./stills.ts";

/** How long a still may wait for a frame, and how long its encoding may take, in milliseconds. */
const TIMEOUT_MS = 3000;

/** Stills from the JPEG encoder that all clients share. They end on abort. */
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

/** Stills from an ffmpeg that is started for each. They end on abort. */
export function pngStills(
  published: PublishedStream,
  { signal }: { signal: AbortSignal },
): Stills<Frame> {
  const newest = async () => {
    using _wanted = published.stream.subscribe();
    return await firstOf(published.frames, signal);
  };
  const args = pngEncoderArguments(published.format);
  return new Stills(newest, async ({ pixels }) => {
    using timeout = new Timeout(signal);
    return await runFfmpeg(args, pixels, timeout);
  });
}

/** The newest value; waits if there is none. Undefined if none arrives in time. */
async function firstOf<T>(values: Latest<T>, signal: AbortSignal): Promise<T | undefined> {
  using timeout = new Timeout(signal);
  using reader = values.reader(timeout);
  return (await reader.take())?.value;
}

/** Aborted with its parent, and after `TIMEOUT_MS`. */
class Timeout extends LinkedAbortController {
  readonly #timer = setTimeout(() => this.abort(), TIMEOUT_MS);

  override [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    super[Symbol.dispose]();
  }
}
