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
import type { Outage } from "../frame/outage.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { Log } from "../log/log.ts";
import { Capture, DamagedFilm } from "./capture.ts";

/** How often a placeholder is drawn while the source is lost, in milliseconds. */
const PLACEHOLDER_INTERVAL_MS = 1000;

/** How long a source may take to open again, in milliseconds. */
const OPEN_LIMIT_MS = 30_000;

export interface SteadyOptions {
  /** What happens when the source is lost. */
  readonly onLoss: "retry" | "hold" | "exit";
  /** Seconds without a frame after which a source is lost. */
  readonly sourceTimeout: number;
  /** Draws the placeholder for a lost source: `width*height` bytes, gray. */
  readonly drawPlaceholder: (
    size: FrameSize,
    outage: Outage & { readonly name: string },
  ) => Uint8Array<ArrayBuffer>;
  readonly log: Log;
}

export class SteadyCapture implements AsyncDisposable {
  /** The source, as the user gave it. */
  readonly name: string;
  readonly size: FrameSize;
  /** Frames a second, as first announced. */
  readonly fps: number | undefined;
  /** How often the capture has started again. */
  restarts = 0;
  readonly #request: CaptureRequest;
  readonly #options: SteadyOptions;
  readonly #backoff = new Backoff();
  #capture: Capture;
  #outage: Outage | undefined;
  /** When the source was lost, by the steady clock. */
  #lostAt = 0;

  private constructor(request: CaptureRequest, options: SteadyOptions, first: Capture) {
    this.#capture = first;
    this.#options = options;
    this.name = first.name;
    this.size = first.size;
    this.fps = first.fps;
    // The mode that worked is used again. A camera that comes back with another size is scaled to the stream's.
    this.#request = { ...request, fit: first.size, ...(first.mode && { mode: first.mode }) };
  }

  /** Opens the source. Throws a `Failure` if it cannot, the signal's reason on abort. */
  static async open(
    request: CaptureRequest,
    options: SteadyOptions & { signal: AbortSignal },
  ): Promise<SteadyCapture> {
    return new SteadyCapture(request, options, await Capture.open(request, options));
  }

  /** Since when the source is lost, and why; undefined while it is there. */
  get outage(): Outage | undefined {
    return this.#outage;
  }

  /**
   * The frames, numbered from 0 without a gap, and, once a second while the source is lost,
   * a placeholder with the number of the frame that comes next. Ends with a file, or on
   * abort. Throws a `Failure` where the source is lost and is not to be, or can't be, opened again.
   */
  async *frames({ signal }: { signal: AbortSignal }): AsyncGenerator<Frame> {
    const { onLoss, sourceTimeout, log } = this.#options;
    const { source } = this.#request;
    const timeout = isStdin(source) ? {} : { timeout: sourceTimeout };
    let sequence = 0;
    for (;;) {
      this.#backoff.begin();
      try {
        for await (const frame of this.#capture.frames({ from: sequence, ...timeout, signal })) {
          this.#noteReturn();
          sequence = frame.sequence + 1;
          yield frame;
        }
        if (signal.aborted || !isLive(source)) return;
        throw new Failure(
          `Lost "${this.name}" after ${plural(sequence, "frame")}: it ended`,
          "check the network and the source",
        );
      } catch (thrown) {
        signal.throwIfAborted();
        const isOver = thrown instanceof DamagedFilm || isStdin(source);
        if (onLoss === "exit" || isOver || !(thrown instanceof Failure)) throw thrown;
        const why = reasonOf(thrown.message);
        if (!this.#outage) log.warn(`lost ${this.name}: ${why}; retrying`);
        if (!this.#outage) this.#lostAt = performance.now();
        this.#outage = { since: this.#outage?.since ?? new Date(), why };
      }
      yield* whilePending(({ signal }) => this.#reopen(signal), {
        value: () => this.#placeholder(sequence),
        interval: PLACEHOLDER_INTERVAL_MS,
        signal,
      });
      if (signal.aborted) return;
    }
  }

  /** Stops the running capture. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#capture[Symbol.asyncDispose]();
  }

  #noteReturn(): void {
    if (!this.#outage) return;
    const outage = formatDuration(Math.round((performance.now() - this.#lostAt) / 1000));
    this.#options.log.info(`${this.name} is back after ${outage}`);
    this.#outage = undefined;
  }

  #placeholder(sequence: number): Frame {
    const outage = this.#outage ?? { since: new Date(), why: "" };
    const pixels = this.#options.drawPlaceholder(this.size, { ...outage, name: this.name });
    return { ...this.size, pixels, sequence, capturedAt: wallClock(), kind: "placeholder" };
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
    await this.#capture[Symbol.asyncDispose]();
    while (!signal.aborted) {
      await this.#backoff.wait(signal);
      if (signal.aborted) return;
      try {
        using opening = new LinkedAbortController(signal);
        const timer = setTimeout(() => opening.abort(), OPEN_LIMIT_MS);
        const control = { signal: opening.signal, log: quiet };
        this.#capture = await Capture.open(this.#request, control)
          .finally(() => clearTimeout(timer));
        this.restarts++;
        return;
      } catch (thrown) {
        if (signal.aborted) return;
        const why = thrown instanceof Failure ? reasonOf(thrown.message) : "it does not answer";
        if (this.#outage) this.#outage = { ...this.#outage, why };
        log.debug(`${this.name} cannot be opened: ${messageOf(thrown)}`);
      }
    }
  }
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
