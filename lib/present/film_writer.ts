/**
 * A film that somebody records from a web page, while others watch: written as `-o film.mp4` is, to a file or into
 * memory. It owns its ffmpeg. The stream does not wait for it: frames that it has no room for are left out.
 */

import { changedSize } from "../ffmpeg/formats.ts";
import { fpsModeOption } from "../ffmpeg/fps_mode.ts";
import type { Frame } from "../frame/frame.ts";
import type { FrameFormat } from "../frame/frame_format.ts";
import { formatFrameSize } from "../frame/frame_size.ts";
import type { Log } from "../log/log.ts";
import { plural } from "../log/plural.ts";
import { type Clip, formatProgress, type Progress } from "./clip.ts";
import { FfmpegOutput } from "./ffmpeg_output.ts";
import { CaptureClock } from "./frame_clock.ts";
import { DEFAULT_FPS } from "./measure_rate.ts";
import { QueuedClip } from "./queued_clip.ts";

export interface FilmWriterOptions {
  /** The name of the file; in memory it says only the format. */
  readonly name: string;
  /** Gets the bytes of the film, and owns them; undefined: ffmpeg writes the file. */
  readonly take?: ((bytes: Uint8Array) => void) | undefined;
  readonly format: FrameFormat;
  /** Frames per second, as the source announces them. */
  readonly fps: number | undefined;
  readonly log: Log;
}

export class FilmWriter implements Clip {
  readonly #name: string;
  readonly #log: Log;
  readonly #clip: QueuedClip;
  readonly #clock = new CaptureClock();
  #leftOut = 0;

  /** Starts ffmpeg; `offer` and `write` throw where that fails. */
  constructor({ name, take, format, fps = DEFAULT_FPS, log }: FilmWriterOptions) {
    this.#name = name;
    this.#log = log;
    const changed = changedSize(name, format, {});
    const edge = changed
      ? `: ${changed.why}, so the picture gets a black edge and is ${formatFrameSize(changed.size)}`
      : "";
    log.info(`recording ${name}${edge}`);
    const open = () => FfmpegOutput.open(name, { format, fps, take });
    this.#clip = new QueuedClip(open, { onDropped: (count) => this.#leftOut += count });
  }

  /** Asks ffmpeg, once, what the first film would otherwise wait for. A film reports what fails. */
  static prepare(): void {
    fpsModeOption().catch(() => {});
  }

  get progress(): Progress {
    return this.#clip.progress;
  }

  hurry(): void {
    this.#clip.hurry();
  }

  /** Takes a frame if there is room for it. Throws a `Failure` where those before it can't be written. */
  offer(frame: Frame): boolean {
    const taken = this.#clip.offer(this.#timed(frame));
    if (!taken) this.#leftOut++;
    return taken;
  }

  /** Takes a frame, and waits for room. Throws as `offer` does. */
  async write(frame: Frame): Promise<boolean> {
    return await this.#clip.write(this.#timed(frame));
  }

  /** Ends the film. Throws a `Failure` where that failed. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#clip[Symbol.asyncDispose]();
    } finally {
      const left = this.#leftOut;
      const rest = left > 0 ? `, ${plural(left, "frame")} left out: the encoder was too slow` : "";
      this.#log.info(`recorded ${this.#name}: ${formatProgress(this.progress)}${rest}`);
    }
  }

  #timed(frame: Frame): Frame {
    return { ...frame, capturedAt: this.#clock.timeOf(frame, performance.now()) };
  }
}
