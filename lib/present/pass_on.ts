/** A stream that is passed on to a media server: the newest frames, and again when that falls. */

import { pause } from "../frame/aborted.ts";
import { Backoff } from "../frame/backoff.ts";
import { ChildAbort } from "../frame/child_abort.ts";
import { Failure } from "../frame/failure.ts";
import type { Frame } from "../frame/frame.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { Latest } from "../frame/latest.ts";
import type { Log } from "../frame/log.ts";
import { FfmpegOutput } from "./ffmpeg_output.ts";

/** One that lasted so long, in ms, was a success: the next one is tried at once. */
const STEADY = 10_000;

/** How long a frame may take to be written before its media server counts as stuck, in milliseconds. */
const STUCK = 10_000;

/** How a URL may be shown: a password, and the key of a stream, are nobody's business. */
export function withoutSecrets(url: string): string {
  return url.replace(/\/\/[^/@]*@/, "//").replace(/\?.*$/, "");
}

/** Passes frames on until they end, or on abort. Throws no `Failure` for what the far side does. */
export async function passOn(
  frames: Latest<Frame>,
  url: string,
  { size, fps, signal, log }: {
    size: FrameSize;
    fps: number | undefined;
    signal: AbortSignal;
    log: Log;
  },
): Promise<void> {
  const backoff = new Backoff();
  const name = withoutSecrets(url);
  let lost = false;
  while (!signal.aborted && !frames.isEnded) {
    const begun = performance.now();
    try {
      await once(() => {
        if (lost) log.info(`${name} takes the stream again`);
        else log.info(`passing on to ${name}`);
        lost = false;
      });
      return;
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      const why = thrown.message.replace(/^Cannot write ".*": /, "");
      if (!lost) log.warn(`can't pass on to ${name}: ${why}; it is tried again`);
      else log.debug(`can't pass on to ${name}: ${why}`);
      lost = true;
    }
    if (performance.now() - begun >= STEADY) backoff.reset();
    using waiting = new ChildAbort(signal);
    frames.ended.then(() => waiting.abort());
    await pause(backoff.next(), waiting.signal);
  }

  /** One ffmpeg, to its end. `onSteady`: it has taken some seconds. */
  async function once(onSteady: () => void): Promise<void> {
    const output = new FfmpegOutput(url, { size, fps: fps ?? 30 });
    const steady = setTimeout(onSteady, 1500);
    try {
      using reader = frames.reader({ signal });
      for (let taken; (taken = await reader.take());) {
        const stuck = setTimeout(() => output.kill(), STUCK);
        try {
          await output.write(taken.value);
        } finally {
          clearTimeout(stuck);
        }
      }
    } finally {
      clearTimeout(steady);
      await output[Symbol.asyncDispose]().catch(() => {}); // why, `write` has told
    }
  }
}
