/**
 * A source that comes back: when a capture is lost, it starts another, and gives placeholders until frames
 * come. It owns the running capture.
 */

import { formatDuration } from "../log/format_duration.ts";
import { plural } from "../log/plural.ts";
import type { CaptureRequest, Source } from "../ffmpeg/capture_arguments.ts";
import { Backoff } from "../async/backoff.ts";
import { LinkedAbortController } from "../async/linked_abort_controller.ts";
import { whilePending } from "../async/while_pending.ts";
import { wallClock } from "../frame/clock.ts";
import { Failure, messageOf } from "../log/failure.ts";
import type { Frame } from "../frame/frame.ts";
import type { Closure, Outage } from "../frame/outage.ts";
import type { FrameFormat } from "../frame/frame_format.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { Log } from "../log/log.ts";
import { Capture, DamagedFilm } from "./capture.ts";
import { type CaptureHours, ClosedTime } from "./closed_time.ts";
import type { CopiedOutput } from "./copied_output.ts";
import { sourceName } from "./source_name.ts";

/** How often a placeholder is drawn while the source is lost, in milliseconds. */
const PLACEHOLDER_INTERVAL_MS = 1000;

/** How long a source may take to open again, in milliseconds. */
const OPEN_LIMIT_MS = 30_000;

export interface SteadyOptions {
  /** What happens when the source is lost. */
  readonly onLoss: "retry" | "hold" | "exit";
  /** Seconds without a frame after which a source is lost. */
  readonly sourceTimeout: number;
  /** Draws the placeholder for a lost source: the pixels of a frame of this format. */
  readonly drawPlaceholder: (
    format: FrameFormat,
    outage: Outage & { readonly name: string },
  ) => Uint8Array<ArrayBuffer>;
  /** When it is captured; undefined: always. */
  readonly hours?: CaptureHours | undefined;
  readonly log: Log;
  /** Takes what the source sends, as it is; undefined: nothing. It stays the caller's. */
  readonly copied?: CopiedOutput | undefined;
}

export class SteadyCapture implements AsyncDisposable {
  /** The source, as the user gave it. */
  readonly name: string;
  readonly format: FrameFormat;
  /** Frames a second, as first announced. */
  readonly fps: number | undefined;
  /** How often the capture has started again. */
  restarts = 0;
  readonly #request: CaptureRequest;
  readonly #options: SteadyOptions;
  readonly #closed: ClosedTime;
  #backoff = new Backoff();
  /** Undefined before the source was open for the first time, and while it is closed. */
  #capture: Capture | undefined;
  #outage: Outage | undefined;
  /** When the source was lost, by the steady clock. */
  #lostAt = 0;

  private constructor(
    request: CaptureRequest,
    options: SteadyOptions,
    first: Pick<Capture, "format" | "fps"> & Partial<Pick<Capture, "mode">>,
  ) {
    this.#options = options;
    this.name = sourceName(request.source);
    this.format = first.format;
    this.fps = first.fps;
    this.#closed = new ClosedTime(options.hours, { name: this.name, log: options.log });
    // The mode that worked is used again. A camera that comes back with another size is scaled to the stream's.
    this.#request = { ...request, fit: first.format, ...(first.mode && { mode: first.mode }) };
  }

  /**
   * Opens the source. Throws a `Failure` if it cannot, the signal's reason on abort. With `orLost` it does not fail:
   * the source counts as lost, its pictures have that size, and it is opened as a lost one is.
   */
  static async open(
    given: CaptureRequest,
    options: SteadyOptions & { signal: AbortSignal; orLost?: FrameSize | undefined },
  ): Promise<SteadyCapture> {
    const { copied, hours } = options;
    const request = { ...given, ...(copied && { copies: copied.paths }) };
    if (hours && !hours.opening.state.isOpen) {
      return new SteadyCapture(request, options, unopened(request, hours.size));
    }
    using opening = new LinkedAbortController(options.signal);
    // Other cameras wait for this one: one that gives no picture in time counts as lost.
    const mayLose = options.orLost && options.onLoss !== "exit" && !isStdin(request.source);
    const timer = mayLose
      ? setTimeout(() => opening.abort(), 1000 * options.sourceTimeout)
      : undefined;
    try {
      const capture = await Capture.open(request, { ...options, signal: opening.signal });
      const opened = new SteadyCapture(request, options, capture);
      opened.#capture = capture;
      return opened;
    } catch (thrown) {
      const { orLost } = options;
      const isLate = mayLose && opening.signal.aborted && !options.signal.aborted;
      if (!orLost || options.onLoss === "exit") throw thrown;
      if (!isLate && !(thrown instanceof Failure)) throw thrown;
      const lost = new SteadyCapture(request, options, unopened(request, orLost));
      const why = isLate
        ? `it sent no frame for ${options.sourceTimeout} s`
        : reasonOf(messageOf(thrown));
      lost.#noteLoss(why, "cannot open");
      return lost;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Since when the source is lost, and why; undefined while it is there. */
  get outage(): Outage | undefined {
    return this.#outage;
  }

  /** Since when the source is closed, and until when; undefined in its hours. */
  get closure(): Closure | undefined {
    return this.#closed.closure;
  }

  /**
   * The frames, numbered from 0 without a gap, and, once a second while the source is lost or closed,
   * a placeholder with the number of the frame that comes next. Ends with a file, or on
   * abort, which is no error. Throws a `Failure` where the source is lost and is not to be, or can't be, opened again.
   */
  async *frames({ signal }: { signal: AbortSignal }): AsyncGenerator<Frame> {
    const { hours } = this.#options;
    if (!hours) return yield* this.#openFrames(0, { signal });
    let sequence = 0;
    while (!signal.aborted) {
      {
        using open = hours.opening.whileOpen(signal);
        if (!open.signal.aborted) {
          for await (const frame of this.#openFrames(sequence, open)) {
            if (!frame.kind) sequence = frame.sequence + 1;
            yield frame;
          }
          if (!open.signal.aborted) return; // a film has ended
        }
      }
      if (signal.aborted) return;
      await this.#close();
      yield* whilePending(({ signal }) => hours.opening.untilOpen(signal), {
        value: () => this.#closed.picture(this.format, sequence),
        interval: PLACEHOLDER_INTERVAL_MS,
        signal,
      });
      this.#closed.note();
    }
  }

  /** The frames from one number on, until the source ends, or on abort. */
  async *#openFrames(from: number, { signal }: { signal: AbortSignal }): AsyncGenerator<Frame> {
    const { onLoss, sourceTimeout } = this.#options;
    const { source } = this.#request;
    const timeout = isStdin(source) ? {} : { timeout: sourceTimeout };
    let sequence = from;
    for (;;) {
      this.#backoff.begin();
      const capture = this.#capture;
      try {
        if (capture) {
          for await (const frame of capture.frames({ from: sequence, ...timeout, signal })) {
            this.#noteReturn();
            sequence = frame.sequence + 1;
            this.#options.copied?.captured(frame);
            yield frame;
          }
          if (signal.aborted || !isLive(source)) return;
          throw new Failure(
            `Lost "${this.name}" after ${plural(sequence, "frame")}: it ended`,
            "check the network and the source",
          );
        }
      } catch (thrown) {
        if (signal.aborted) return;
        const isOver = thrown instanceof DamagedFilm || isStdin(source);
        if (onLoss === "exit" || isOver || !(thrown instanceof Failure)) throw thrown;
        this.#noteLoss(reasonOf(thrown.message), "lost");
      }
      yield* whilePending(({ signal }) => this.#reopen(signal), {
        // After its hours have begun it is open in a moment.
        value: (n) => n === 0 && !this.#outage ? undefined : this.#placeholder(sequence),
        interval: PLACEHOLDER_INTERVAL_MS,
        signal,
      });
      if (signal.aborted) return;
    }
  }

  /** Stops the running capture. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#capture?.[Symbol.asyncDispose]() ?? Promise.resolve();
  }

  /** Ends the capture at the end of the hours. */
  async #close(): Promise<void> {
    this.#options.copied?.clear(); // first: nothing of the source is passed on while it ends
    await this.#capture?.[Symbol.asyncDispose]();
    this.#capture = undefined;
    this.#outage = undefined;
    this.#backoff = new Backoff();
    this.#closed.note();
  }

  #noteLoss(why: string, what: "lost" | "cannot open"): void {
    if (!this.#outage) this.#options.log.warn(`${what} ${this.name}: ${why}; retrying`);
    if (!this.#outage) this.#lostAt = performance.now();
    this.#options.copied?.clear();
    this.#outage = { since: this.#outage?.since ?? new Date(), why };
  }

  #noteReturn(): void {
    if (!this.#outage) return;
    const outage = formatDuration(Math.round((performance.now() - this.#lostAt) / 1000));
    this.#options.log.info(`${this.name} is back after ${outage}`);
    this.#outage = undefined;
  }

  #placeholder(sequence: number): Frame {
    const outage = this.#outage ?? { since: new Date(), why: "it is being opened" };
    const pixels = this.#options.drawPlaceholder(this.format, { ...outage, name: this.name });
    return { format: this.format, pixels, sequence, capturedAt: wallClock(), kind: "placeholder" };
  }

  /** Ends the lost capture and opens another, however long it takes. Returns on abort. */
  async #reopen(signal: AbortSignal): Promise<void> {
    const { log } = this.#options;
    const quiet: Log = {
      ...log,
      error: log.debug,
      warn: log.debug,
      info: log.debug,
      debug: log.debug,
    };
    await this.#capture?.[Symbol.asyncDispose]();
    while (!signal.aborted) {
      await this.#backoff.wait(signal);
      if (signal.aborted) return;
      try {
        using opening = new LinkedAbortController(signal);
        const timer = setTimeout(() => opening.abort(), OPEN_LIMIT_MS);
        const control = { signal: opening.signal, log: quiet };
        this.#capture = await Capture.open(this.#request, control)
          .finally(() => clearTimeout(timer));
        if (this.#outage) this.restarts++; // not at the beginning of its hours
        return;
      } catch (thrown) {
        if (signal.aborted) return;
        const why = thrown instanceof Failure ? reasonOf(thrown.message) : "it does not answer";
        if (this.#options.onLoss === "exit") { // at the beginning of its hours
          throw new Failure(
            `Cannot open "${this.name}": ${why}`,
            "check it, and start the server again",
          );
        }
        if (this.#outage) this.#outage = { ...this.#outage, why };
        else this.#noteLoss(why, "cannot open");
        log.debug(`${this.name} cannot be opened: ${messageOf(thrown)}`);
      }
    }
  }
}

/** What is taken for the source before it could be opened. */
function unopened({ pixels = "gray", fps }: CaptureRequest, size: FrameSize) {
  return { format: { width: size.width, height: size.height, pixels }, fps };
}

/** A pipe cannot be opened a second time. */
function isStdin(source: Source): boolean {
  return source.kind === "stream" && source.input === "pipe:0";
}

/** Whether an end is a loss, even if ffmpeg reports no error. */
function isLive(source: Source): boolean {
  return source.kind !== "file" && !isStdin(source);
}

/** The part of a message behind `Lost "NAME" after N frames:`. */
function reasonOf(message: string): string {
  return message.replace(/^[^"]*".*?"[^:]*: /, "");
}
