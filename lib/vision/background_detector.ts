/**
 * Runs a detector beside the stream: in its own Workers, on the newest frame, at its own rate. Each frame gets the
 * newest report.
 */

import { labelled } from "./boxes.ts";
import { cv } from "./cv.ts";
import type { Report } from "../frame/detection.ts";
import { frameBytes } from "../frame/frame_format.ts";
import { messageOf } from "../log/failure.ts";
import type { DetectorCrew } from "./detector_crew.ts";
import type { FrameFacts } from "./filter.ts";
import { type Picture, readPicture } from "./picture.ts";
import { waitAtMost } from "./wait_at_most.ts";

/** Detection stops after this many failures in a row: each exception in OpenCV leaks memory. */
const MAX_FAILURES = 100;

/** How long `close` waits for the detections under way. */
const CLOSE_TIMEOUT_MS = 500;

export interface BackgroundDetectorOptions {
  /** The maximum number of detections per second; 0: no limit. */
  readonly rate: number;
  readonly draw: boolean;
  /** Whether each frame waits for its own detection, no matter how long that takes. */
  readonly sync: boolean;
  /** What all boxes are, such as "face"; undefined if the reports say it. */
  readonly label: string | undefined;
}

/** Gets the result of a detection, which can come after later frames. */
export interface BackgroundDetectorListener {
  readonly report: (report: Report, facts: FrameFacts) => void;
  readonly fault: (message: string) => void;
}

/** A report, and the frame that it belongs to. */
interface Known {
  readonly report: Report;
  readonly facts: FrameFacts;
}

export class BackgroundDetector {
  /** Fulfilled when the detector has started; rejected if it cannot start. */
  readonly ready: Promise<void>;
  /** Whether its reports are drawn. */
  readonly draw: boolean;
  readonly #crew: DetectorCrew;
  readonly #options: BackgroundDetectorOptions;
  /** The newest report; undefined without one, and after a failure. */
  #known: Known | undefined;
  /** The detections under way, oldest first; each is fulfilled when it and those before it have ended. */
  readonly #pending: Promise<void>[] = [];
  /** How long the last detection took. */
  #lastMs = Infinity;
  #failures = 0;
  #isClosed = false;
  /** When the next detection is due, according to `rate`. */
  #dueAt = -Infinity;
  #previous: FrameFacts | undefined;

  /** Takes over the crew. */
  constructor(crew: DetectorCrew, options: BackgroundDetectorOptions) {
    this.#crew = crew;
    this.#options = options;
    this.draw = options.draw;
    this.ready = crew.ready;
  }

  /**
   * Returns the newest report, with the frame's own things or with `age`, the milliseconds since the frame that it
   * belongs to. Starts a detection on the frame if the crew has a free place. Waits for a detection that is faster than
   * the stream, so that a frame gets its own report; never for a slower one.
   */
  async detect(
    picture: Picture,
    facts: FrameFacts,
    listener: BackgroundDetectorListener,
  ): Promise<Report> {
    const { rate, sync } = this.#options;
    const interval = this.#interval(facts);
    const now = performance.now();
    const isFree = this.#pending.length < this.#crew.places && !this.#crew.hasEnded;
    if (now >= this.#dueAt && isFree && this.#failures < MAX_FAILURES) {
      if (rate > 0) this.#dueAt = nextDue(this.#dueAt, 1000 / rate, now);
      this.#begin(picture, { facts, interval }, listener);
    }
    const last = this.#pending.at(-1);
    if (sync) await last;
    else if (last && this.#lastMs < interval) await waitAtMost(interval, last);
    return this.#reportFor(facts);
  }

  /** Waits for the detections under way, up to `CLOSE_TIMEOUT_MS`, and ends the Workers. */
  async close(): Promise<void> {
    await waitAtMost(CLOSE_TIMEOUT_MS, Promise.all(this.#pending));
    this.#isClosed = true;
    this.#crew.close();
  }

  #reportFor({ sequence, capturedAt }: FrameFacts): Report {
    if (!this.#known) return {};
    const { report, facts } = this.#known;
    if (facts.sequence === sequence) return report;
    return { ...report, age: Math.max(0, Math.round(capturedAt - facts.capturedAt)) };
  }

  /** Milliseconds between two frames of the stream, skipped ones included; 0 for the first frame. */
  #interval(facts: FrameFacts): number {
    const previous = this.#previous;
    this.#previous = facts;
    if (!previous || facts.sequence <= previous.sequence) return 0;
    return (facts.capturedAt - previous.capturedAt) / (facts.sequence - previous.sequence);
  }

  #begin(
    picture: Picture,
    { facts, interval }: { facts: FrameFacts; interval: number },
    listener: BackgroundDetectorListener,
  ): void {
    const startedAt = performance.now();
    const { format } = this.#crew;
    const buffer = new Uint8Array(frameBytes(format));
    const pixels = readPicture(cv, picture, { format, buffer });
    const report = this.#crew.detect(pixels, interval || undefined);
    report.catch(() => {}); // it is awaited below, after those before it
    const detection = this.#finish(report, { before: this.#pending.at(-1), facts, startedAt })
      .catch((thrown) => {
        this.#failures++;
        this.#known = undefined;
        if (!this.#isClosed) listener.fault(messageOf(thrown)); // a Worker that was ended is no fault
      })
      .then((report) => {
        this.#pending.shift();
        if (report) listener.report(report, facts);
      });
    this.#pending.push(detection);
  }

  /** Waits for a report and for those before it, so that reports come in the order of their frames. */
  async #finish(
    detection: Promise<Report>,
    { before, facts, startedAt }: {
      before: Promise<void> | undefined;
      facts: FrameFacts;
      startedAt: number;
    },
  ): Promise<Report> {
    await before;
    const found = await detection.finally(() => this.#lastMs = performance.now() - startedAt);
    const report = labelled(found, this.#options.label);
    this.#failures = 0;
    this.#known = { report, facts };
    return report;
  }
}

/** Keeps a steady period if it can, so that the rate does not drop to a divisor of the stream's rate. */
function nextDue(dueAt: number, period: number, now: number): number {
  return dueAt + period > now ? dueAt + period : now + period;
}
