/**
 * A running capture: a source's bytes in, frames out. It owns the ffmpeg that it starts; each frame's buffer
 * belongs to the caller.
 */

import { formatDuration } from "../log/format_duration.ts";
import { type CaptureRequest, isPaced } from "../ffmpeg/capture_arguments.ts";
import type { CameraMode } from "../ffmpeg/camera_mode.ts";
import { diagnose, firstError, lossOf, wasInterrupted } from "../ffmpeg/diagnose.ts";
import { abortedOr, pause } from "../async/aborted.ts";
import { wallClock } from "../frame/clock.ts";
import { Failure } from "../log/failure.ts";
import type { Frame } from "../frame/frame.ts";
import { frameBytes, type FrameFormat } from "../frame/frame_format.ts";
import { formatFrameSize } from "../frame/frame_size.ts";
import { blacken, formatMask, maskOutside } from "../frame/mask.ts";
import type { Log } from "../log/log.ts";
import { plural } from "../log/plural.ts";
import { shellQuote } from "../log/shell_quote.ts";
import type { FrameSource } from "./frame_source.ts";
import { openCamera } from "./open_camera.ts";
import { openFfmpeg, SHARED_INTERRUPT_MS } from "./open_ffmpeg.ts";
import { Pacer } from "./pacer.ts";
import { ReadAhead } from "./read_ahead.ts";
import { rawFormatOf, RawStdin } from "./raw_stdin.ts";
import { sourceName } from "./source_name.ts";

/** The silence after which a source is lost is at least this many frames long, for low rates. */
const MIN_SILENT_FRAMES = 3;

/** A film that cannot be read to its end: it would fail again at the same place. */
export class DamagedFilm extends Failure {
  override name = "DamagedFilm";
}

/** An open source. */
export class Capture implements AsyncDisposable {
  /** The source as the user named it, without a password. */
  readonly name: string;
  readonly format: FrameFormat;
  /** Frames a second, as ffmpeg announces them; undefined without one. */
  readonly fps: number | undefined;
  readonly #request: CaptureRequest;
  readonly #opened: FrameSource;

  private constructor(request: CaptureRequest, opened: FrameSource) {
    this.name = sourceName(request.source);
    this.format = opened.format;
    this.fps = opened.fps;
    this.#request = request;
    this.#opened = opened;
  }

  /**
   * Starts ffmpeg where the source needs it, and waits for the format. Throws a `Failure` with the reason where the
   * source cannot be opened or a mask is outside its picture, and the signal's reason on abort.
   */
  static async open(
    request: CaptureRequest,
    control: { signal: AbortSignal; log: Log },
  ): Promise<Capture> {
    await using scope = new AsyncDisposableStack();
    const capture = scope.use(await Capture.#open(request, control));
    capture.#checkMasks();
    scope.move(); // the caller owns the capture from here on
    return capture;
  }

  static async #open(
    request: CaptureRequest,
    control: { signal: AbortSignal; log: Log },
  ): Promise<Capture> {
    if (request.source.kind === "device") {
      const { source, mode } = await openCamera(request, request.source, control);
      return new Capture({ ...request, ...(mode && { mode }) }, source);
    }
    const raw = rawFormatOf(request);
    return new Capture(request, raw ? new RawStdin(raw) : await openFfmpeg(request, control));
  }

  /** The mode of a camera; undefined where ffmpeg and the driver have chosen it. */
  get mode(): CameraMode | undefined {
    return this.#request.mode;
  }

  /**
   * The frames: of a live source as ffmpeg gives them, read without a break, since an unread pipe turns into
   * latency; of a film at its own rate. The first has the number `from`. Ends with a file, or on abort. Throws a
   * `Failure` where an endless source ends, or a source gives no frame for `timeout` seconds.
   */
  async *frames(
    { from = 0, timeout, signal }: { from?: number; timeout?: number; signal: AbortSignal },
  ): AsyncGenerator<Frame> {
    const cancel = () => this.#opened.cancel();
    signal.addEventListener("abort", cancel, { once: true });
    let silent = false;
    const silenceMs = timeout &&
      Math.max(timeout, MIN_SILENT_FRAMES / (this.fps ?? Infinity)) * 1000;
    const onSilence = () => {
      silent = true;
      cancel();
    };
    const pacer = this.#pacer();
    await using ahead = this.#readAhead();
    const next = () => ahead ? ahead.next() : this.#opened.next();
    let timer: number | undefined;
    try {
      for (let sequence = from; !signal.aborted; sequence++) {
        if (silenceMs) timer = setTimeout(onSilence, silenceMs);
        const pixels = await next();
        clearTimeout(timer);
        if (!pixels) {
          if (silent && !signal.aborted) {
            throw this.#lost(sequence - from, `no frame for ${formatDuration(timeout ?? 0)}`);
          }
          await this.#checkEnd(sequence - from, signal);
          return;
        }
        const wait = pacer?.wait(performance.now(), ahead) ?? 0;
        if (wait > 0) await pause(wait, signal);
        if (signal.aborted) return;
        blacken(pixels, { format: this.format, masks: this.#request.masks ?? [] });
        yield { format: this.format, pixels, sequence, capturedAt: wallClock() };
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", cancel);
      cancel();
    }
  }

  /** Stops ffmpeg and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened[Symbol.asyncDispose]();
  }

  /** Throws a `Failure` for a mask that is not inside the picture. */
  #checkMasks(): void {
    const outside = maskOutside(this.#request.masks ?? [], this.format);
    if (!outside) return;
    throw new Failure(
      `Cannot mask ${formatMask(outside)} in "${this.name}": ` +
        `its picture has ${formatFrameSize(this.format)} pixels`,
      "a mask is X,Y,WIDTH,HEIGHT in pixels of the picture; correct it (--mask)",
    );
  }

  /** Undefined for a source whose frames are not held back. */
  #pacer(): Pacer | undefined {
    const { source } = this.#request;
    const { fps, took } = this.#opened;
    if (!fps || !isPaced(source)) return undefined;
    // While ffmpeg probed the format, frames have piled up in the pipe.
    return new Pacer({ fps, ...(source.kind === "stream" && { backlog: took }) });
  }

  /** Undefined where the kind of source shows whether it is live. */
  #readAhead(): ReadAhead<Uint8Array<ArrayBuffer>> | undefined {
    const { source } = this.#request;
    if (!this.fps || !isPaced(source) || source.kind !== "stream") return undefined;
    const read = () => this.#opened.next();
    return new ReadAhead({ read, bytes: frameBytes(this.format), interval: 1000 / this.fps });
  }

  /** Throws a `Failure` where a source of this kind does not end in this way. */
  async #checkEnd(frames: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { source } = this.#request;
    const ending = this.#opened.end();
    await abortedOr(ending, signal); // a process can go on after it has closed its stdout
    if (signal.aborted) return;
    const { code, killed, lines } = await ending;
    if (wasInterrupted(lines)) await pause(SHARED_INTERRUPT_MS, signal);
    if (signal.aborted) return;

    if (frames === 0) throw diagnose(lines, source, this.name);
    if (killed) throw this.#lost(frames, `ffmpeg was killed (${killed})`);
    const error = firstError(lines);
    if (source.kind === "file" && error !== undefined) {
      throw new DamagedFilm(
        `"${this.name}" is damaged after ${plural(frames, "frame")}; ffmpeg says: ${error}`,
        `list all errors in it: ffmpeg -v error -i ${shellQuote(this.name)} -f null -`,
      );
    }
    // ffmpeg exits with status 0 even if a live source breaks: only a file ends normally.
    const endless = source.kind === "device" || source.kind === "test";
    const loss = lossOf(lines);
    if (!endless && code === 0 && !(source.kind === "stream" && loss)) return;
    throw this.#lost(frames, loss?.toLowerCase() ?? "ffmpeg ended");
  }

  #lost(frames: number, why: string): Failure {
    return new Failure(
      `Lost "${this.name}" after ${plural(frames, "frame")}: ${why}`,
      this.#request.source.kind === "device"
        ? "check the cable, then start the server again"
        : "--log-level debug shows the whole output of ffmpeg",
    );
  }
}
