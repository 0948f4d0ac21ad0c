/** Sends the newest frames to a media server, and reconnects when that fails. */

import { Backoff } from "../async/backoff.ts";
import { LinkedAbortController } from "../async/linked_abort_controller.ts";
import { Failure } from "../log/failure.ts";
import type { Frame } from "../frame/frame.ts";
import type { FrameFormat } from "../frame/frame_format.ts";
import { formatFrameSize } from "../frame/frame_size.ts";
import type { Latest } from "../frame/latest.ts";
import type { Log } from "../log/log.ts";
import { withoutSecrets } from "../log/redact_url.ts";
import { changedSize } from "../ffmpeg/formats.ts";
import { FfmpegOutput } from "./ffmpeg_output.ts";
import { CaptureClock } from "./frame_clock.ts";
import { DEFAULT_FPS } from "./measure_rate.ts";

/** How often ffmpeg's progress is checked, until the media server accepts the stream. */
const CHECK_MS = 200;

/**
 * Sends frames until they end, or on abort. Throws a `Failure` where the media server has not accepted the
 * stream even once until then.
 */
export async function forward(
  frames: Latest<Frame>,
  url: string,
  { format, fps, crf, signal, log }: {
    format: FrameFormat;
    fps: number | undefined;
    /** The quality of H.264 and VP8. */
    crf: number | undefined;
    signal: AbortSignal;
    log: Log;
  },
): Promise<void> {
  const backoff = new Backoff();
  const name = withoutSecrets(url);
  const changed = changedSize(url, format, {});
  if (changed) {
    log.info(`${name}: ${changed.why}, so the picture is ${formatFrameSize(changed.size)}`);
  }
  using over = new LinkedAbortController(signal);
  frames.ended.then(() => over.abort());
  let lost = false;
  let taken = false;
  let last: Failure | undefined;
  while (!signal.aborted && !frames.isEnded) {
    try {
      await once(() => {
        backoff.begin();
        if (lost) log.info(`${name} accepts the stream again`);
        else log.info(`streaming to ${name}`);
        lost = false;
        taken = true;
      });
      break;
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      const why = thrown.message.replace(/^Cannot write ".*": /, "");
      if (!lost) log.warn(`cannot stream to ${name}: ${why}; retrying`);
      else log.debug(`cannot stream to ${name}: ${why}`);
      lost = true;
      last = new Failure(`Cannot stream to ${name}: ${why}`, thrown.hint);
    }
    await backoff.wait(over.signal);
  }

  if (!taken && last) throw last;

  /** Runs one ffmpeg to its end. `onTaken` is called when the media server accepts the stream. */
  async function once(onTaken: () => void): Promise<void> {
    const output = await FfmpegOutput.open(url, { format, fps: fps ?? DEFAULT_FPS, crf });
    const clock = new CaptureClock();
    const look = setInterval(() => {
      if (!output.hasBegun) return;
      clearInterval(look);
      onTaken();
    }, CHECK_MS);
    try {
      using reader = frames.reader({ signal });
      for (let taken; (taken = await reader.take());) {
        const capturedAt = clock.timeOf(taken.value, performance.now());
        await output.write({ ...taken.value, capturedAt });
      }
    } finally {
      clearInterval(look);
      await output[Symbol.asyncDispose]().catch(() => {}); // `write` has thrown the reason
    }
  }
}
