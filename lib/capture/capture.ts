/**
 * A running capture: ffmpeg's stdout goes in, frames come out. It owns the ffmpeg that it starts;
 * each frame's buffer belongs to whoever takes the frame.
 */

import { captureArguments, type CaptureRequest, type Source } from "../ffmpeg/capture_arguments.ts";
import { diagnose, lossOf, wasInterrupted } from "../ffmpeg/diagnose.ts";
import { FfmpegProcess } from "../ffmpeg/process.ts";
import { readWhole } from "../ffmpeg/read_whole.ts";
import { StreamInfo, type VideoStream } from "../ffmpeg/stream_info.ts";
import { pause } from "../frame/aborted.ts";
import { wallClock } from "../frame/clock.ts";
import { Failure } from "../frame/failure.ts";
import type { Frame } from "../frame/frame.ts";
import {
  formatFrameSize,
  frameBytes,
  type FrameSize,
  isFrameSize,
  MAX_SIDE,
} from "../frame/frame_size.ts";
import type { Log } from "../frame/log.ts";

/** After how long a source that has not begun is spoken of, in milliseconds. */
const SLOW_START = 3000;

/**
 * How long an ffmpeg that was interrupted is taken for a part of our own interruption, in
 * milliseconds: Ctrl-C reaches every program of the terminal, and ffmpeg may be the first to end.
 */
const SHARED_INTERRUPT = 1000;

/** Rates below this one are given more time than `timeout` before they count as silent: so many frames. */
const SILENT_FRAMES = 3;

/** An open source. */
export class Capture implements AsyncDisposable {
  /** The source as the user named it. */
  readonly name: string;
  readonly size: FrameSize;
  /** Frames a second, as ffmpeg announces them; undefined where it can't tell. */
  readonly fps: number | undefined;
  readonly #request: CaptureRequest;
  readonly #ffmpeg: FfmpegProcess;

  private constructor(request: CaptureRequest, ffmpeg: FfmpegProcess, output: VideoStream) {
    this.name = sourceName(request.source);
    this.size = output.size;
    this.fps = output.fps;
    this.#request = request;
    this.#ffmpeg = ffmpeg;
  }

  /**
   * Starts ffmpeg and waits until it knows the size. Throws a `Failure` that says why where the
   * source can't be opened, and the signal's reason on abort.
   */
  static async open(
    request: CaptureRequest,
    { signal, log }: { signal: AbortSignal; log: Log },
  ): Promise<Capture> {
    const name = sourceName(request.source);
    const args = captureArguments(request);
    log.debug(`ffmpeg ${args.join(" ")}`);
    await using scope = new AsyncDisposableStack();
    const ffmpeg = scope.use(
      new FfmpegProcess("ffmpeg", args, {
        stdin: args.includes("pipe:0") ? "inherit" : "null",
        stdout: "piped",
      }),
    );
    const slow = setTimeout(() => log.info(`waiting for ${name}`), SLOW_START);
    scope.defer(() => clearTimeout(slow));

    const info = new StreamInfo();
    const output = await new Promise<VideoStream | undefined>((resolve, reject) => {
      ffmpeg.onLine = (line) => {
        log.debug(`ffmpeg: ${line}`);
        info.read(line);
        if (info.output) resolve(info.output);
      };
      ffmpeg.ended.then(() => resolve(undefined), reject);
      const onAbort = () => reject(signal.reason);
      if (signal.aborted) onAbort();
      signal.addEventListener("abort", onAbort, { once: true });
      scope.defer(() => signal.removeEventListener("abort", onAbort));
    });
    if (!output) {
      if (wasInterrupted(ffmpeg.lines)) await pause(SHARED_INTERRUPT, signal);
      signal.throwIfAborted();
      throw diagnose(ffmpeg.lines, request.source, name);
    }
    if (!isFrameSize(output.size)) {
      throw new Failure(
        `Cannot stream "${name}": it is ${
          formatFrameSize(output.size)
        }, wanted: each side 1 to ${MAX_SIDE}`,
        "scale it with --resolution WxH",
      );
    }
    explainScaling(request, info, log);
    clearTimeout(slow);
    scope.move();
    return new Capture(request, ffmpeg, output);
  }

  /**
   * The frames, as fast as ffmpeg gives them: read without a break, since an unread pipe turns into
   * latency. They are numbered from `from` on. Ends with a file, or on abort. Throws a `Failure` where a
   * source ends that should not, or gives no frame for `timeout` seconds.
   */
  async *frames(
    { from = 0, timeout, signal }: { from?: number; timeout?: number; signal: AbortSignal },
  ): AsyncGenerator<Frame> {
    const bytes = frameBytes(this.size);
    const reader = this.#ffmpeg.stdout.getReader({ mode: "byob" });
    const cancel = () => void reader.cancel().catch(() => {}); // the pipe is closed already
    signal.addEventListener("abort", cancel, { once: true });
    let silent = false;
    const patience = timeout && Math.max(timeout, SILENT_FRAMES / (this.fps ?? Infinity)) * 1000;
    const onSilence = () => {
      silent = true;
      cancel();
    };
    let timer: number | undefined;
    try {
      for (let sequence = from; !signal.aborted; sequence++) {
        if (patience) timer = setTimeout(onSilence, patience);
        const pixels = await readWhole(reader, bytes);
        clearTimeout(timer);
        if (pixels.length < bytes) {
          if (silent && !signal.aborted) {
            throw this.#lost(sequence - from, `no frame for ${timeout} s`);
          }
          await this.#judgeEnd(sequence - from, signal);
          return;
        }
        yield { ...this.size, pixels, sequence, capturedAt: wallClock() };
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", cancel);
      cancel();
    }
  }

  /** Stops ffmpeg and waits for its end. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#ffmpeg[Symbol.asyncDispose]();
  }

  /** Throws a `Failure` where ffmpeg's end is none that a source of this kind may have. */
  async #judgeEnd(frames: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { source } = this.#request;
    const { lines } = this.#ffmpeg;
    const { code, signal: killed } = await this.#ffmpeg.ended;
    if (wasInterrupted(lines)) await pause(SHARED_INTERRUPT, signal);
    if (signal.aborted) return;

    if (frames === 0) throw diagnose(lines, source, this.name);
    if (killed) throw this.#lost(frames, `ffmpeg was killed (${killed})`);
    // A live source that breaks ends ffmpeg with status 0 all the same: only a file may just end.
    const endless = source.kind === "device" || source.kind === "test";
    const loss = lossOf(lines);
    if (!endless && code === 0 && !(source.kind === "stream" && loss)) return;
    throw this.#lost(frames, loss?.toLowerCase() ?? "ffmpeg ended");
  }

  #lost(frames: number, why: string): Failure {
    return new Failure(
      `Lost "${this.name}" after ${frames} frames: ${why}`,
      this.#request.source.kind === "device"
        ? "check the cable, then start the server again"
        : "--log-level debug shows all that ffmpeg prints",
    );
  }
}

/** The source as the user named it, without a password: clients get to see it. */
export function sourceName(source: Source): string {
  switch (source.kind) {
    case "device":
      return source.device;
    case "test":
      return "test picture";
    default:
      return source.input === "pipe:0" ? "stdin" : withoutPassword(source.input);
  }
}

function withoutPassword(input: string): string {
  return input.replace(/^file:/, "").replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, "$1");
}

/** Says so where the source has another size than was asked for: cameras pick their own. */
function explainScaling({ size, source }: CaptureRequest, { input }: StreamInfo, log: Log): void {
  if (!size || !input || source.kind === "test") return;
  const [has, wanted] = [formatFrameSize(input.size), formatFrameSize(size)];
  if (has !== wanted) log.info(`${sourceName(source)} gives ${has}, scaled to ${wanted}`);
}
