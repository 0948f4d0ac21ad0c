/**
 * Runs a chain of filters, in the Worker: the pixels of a frame in, processed pixels out. It owns its Mats
 * and filters. A filter that fails on a frame is skipped for that frame.
 */

import type { Detection } from "../frame/detection.ts";
import { type FrameFormat, grayFormat } from "../frame/frame_format.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import { compose, IDENTITY, moveReport } from "./affine.ts";
import { cv, type Mat } from "./cv.ts";
import { drawReport } from "./draw.ts";
import { faultText } from "./fault.ts";
import type { Report } from "../frame/detection.ts";
import type { Affine, FrameFacts } from "./filter.ts";
import type { BackgroundDetector } from "./background_detector.ts";
import { deletePicture, newPicture, type Picture, readPicture } from "./picture.ts";
import { checkReport } from "./reported.ts";
import { Stage, stageInput, type StagePlan } from "./stage.ts";

/** Gets everything that a chain outputs besides frames. */
export interface ChainListener {
  readonly event: (event: Detection) => void;
  /** A filter failed. Called once for each message. */
  readonly fault: (message: string) => void;
  /** A filter is about to start. */
  readonly starting?: (name: string) => void;
}

/** A filter is left out after this many failures in a row: each exception in OpenCV leaks memory. */
const MAX_FAILURES = 100;

/** The maximum number of different faults that are reported. */
const MAX_FAULTS = 100;

/** Where a report comes from. */
interface Origin {
  readonly plan: StagePlan;
  /** The stage's place in the chain, from 0 on. */
  readonly place: number;
  /** Maps this stage's input to the frame as it arrived. */
  readonly toSource: Affine;
}

/** A stage of the chain, and what belongs to it. */
interface Link extends Origin {
  readonly running: Stage | BackgroundDetector;
  readonly output: FrameFormat;
  /** For a stage that follows another one: the place of that, once it is known which one reports boxes. */
  followed: number;
  /** Failures in a row. */
  failures: number;
}

export class Chain {
  /** The format of the processed frames. */
  readonly output: FrameFormat;
  readonly #format: FrameFormat;
  readonly #listener: ChainListener;
  readonly #links: Link[] = [];
  readonly #faults = new Set<string>();
  #facts: FrameFacts = { sequence: 0, capturedAt: 0 };

  /**
   * Starts the filters. To find its output, each filter processes a black picture once, and is then closed and started
   * again. Throws if a filter throws.
   */
  constructor(plans: StagePlan[], format: FrameFormat, listener: ChainListener) {
    // What only removes the colors does not need them.
    this.#format = plans[0]?.removesColor ? grayFormat(format) : format;
    this.#listener = listener;
    let toSource = IDENTITY;
    let lastId = 0;
    const nextId = () => ++lastId;
    let input = this.#format;
    for (const plan of plans) {
      listener.starting?.(plan.name);
      const output = named(plan, () => Stage.outputFormat(cv, plan, input));
      const origin = { plan, place: this.#links.length, toSource };
      const report = (report: Report) => this.#report(origin, report);
      const following = { frame: format, toSource, nextId };
      const running = named(
        plan,
        () =>
          plan.detector
            ? plan.start(stageInput(input), report) as BackgroundDetector
            : new Stage(cv, plan, { format: input, report, ...(plan.follows && { following }) }),
      );
      this.#links.push({ ...origin, running, output, followed: -1, failures: 0 });
      toSource = compose(toSource, plan.toSource?.(input) ?? scaling(output, input));
      input = output;
    }
    this.output = input;
  }

  /** Waits until the detectors have started. Throws if a detector cannot start. */
  async ready(): Promise<void> {
    await Promise.all(this.#links.map(({ running }) => "detect" in running && running.ready));
  }

  /**
   * Processes a frame. The result can be the given buffer, overwritten. If something outside of the filters
   * fails, the result is the unfiltered frame.
   */
  async process(
    pixels: Uint8Array<ArrayBuffer>,
    facts: FrameFacts,
  ): Promise<Uint8Array<ArrayBuffer>> {
    this.#facts = facts;
    let picture = newPicture(cv, this.#format, pixels);
    try {
      for (const link of this.#links) picture = await this.#run(link, picture);
      return this.#read(picture, pixels);
    } catch (thrown) {
      this.#fault("chain", faultText(thrown));
      deletePicture(picture);
      picture = newPicture(cv, this.#format, pixels);
      return this.#read(picture, pixels);
    } finally {
      deletePicture(picture);
    }
  }

  /** Closes all filters. Detections under way can still end. */
  async close(): Promise<void> {
    for (const { running } of this.#links) await running.close();
  }

  async #run(link: Link, picture: Picture): Promise<Picture> {
    const { plan, running, output } = link;
    if (!(running instanceof Stage)) {
      const known = await running.detect(picture, this.#facts, {
        report: (report, facts) => this.#report(link, report, facts),
        fault: (message) => this.#fault(plan.name, message),
      });
      if (running.draw) drawReport(cv, picture, known);
      return picture;
    }
    if (link.failures === MAX_FAILURES) return picture;
    const failures = link.failures;
    const next = this.#apply(link, running, picture);
    if (link.failures > failures) return next;
    link.failures = 0;
    const { width, height } = output;
    if (plan.own && (next.gray.cols !== width || next.gray.rows !== height)) {
      this.#fault(plan.name, `it changed its size from ${width}x${height}; it is scaled to that`);
    }
    return next;
  }

  /** The result of a stage; the picture without it if it fails. */
  #apply(link: Link, stage: Stage, picture: Picture): Picture {
    const { plan } = link;
    // The user's own filter may change the gray plane and then fail; one in BGR has a copy.
    using kept = plan.own && plan.pixels === "gray" ? picture.gray.clone() : undefined;
    try {
      return stage.process(picture, this.#facts);
    } catch (thrown) {
      this.#fault(plan.name, faultText(thrown));
      if (++link.failures === MAX_FAILURES) {
        this.#fault(plan.name, `left out, it failed ${MAX_FAILURES} times in a row`);
      }
      return kept ? restored(picture, kept) : picture;
    }
  }

  /** Passes on a report: to the stage that follows its filter, or else to the listener. */
  #report(origin: Origin, report: Report, facts = this.#facts): void {
    checkReport(report);
    const { name, follows } = origin.plan;
    const { sequence, capturedAt } = facts;
    const own = { sequence, capturedAt, filter: name };
    const moved = follows ? report : moveReport(report, origin.toSource);
    const follower = this.#followerOf(origin, moved);
    if (follower) follower.observe(moved, own);
    // Again at the end: a report must not overwrite these fields.
    else this.#listener.event({ ...own, ...moved, ...own });
  }

  /** The next stage that follows boxes, if no stage between reports some. */
  #followerOf({ plan, place }: Origin, { boxes }: Report): Stage | undefined {
    if (!boxes || !(plan.finds || plan.own)) return undefined;
    const follower = this.#links.find(({ plan }, at) => at > place && plan.follows);
    if (!follower || follower.followed > place) return undefined;
    follower.followed = place;
    return follower.running instanceof Stage ? follower.running : undefined;
  }

  #fault(name: string, what: string): void {
    const message = `filter ${name}: ${what}`;
    if (this.#faults.has(message) || this.#faults.size === MAX_FAULTS) return;
    this.#faults.add(message);
    this.#listener.fault(message);
  }

  /** The pixels of a picture, scaled to the announced size; in `buffer` if that is long enough. */
  #read(picture: Picture, buffer: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    return readPicture(cv, picture, { format: this.output, buffer });
  }
}

/** The picture with a copy of the gray plane that was kept. */
function restored(picture: Picture, kept: Mat): Picture {
  const gray = kept.clone();
  picture.gray[Symbol.dispose]();
  return { ...picture, gray };
}

/** Runs `start`, and puts the filter's name before the message of an error. */
function named<T>({ name }: StagePlan, start: () => T): T {
  try {
    return start();
  } catch (thrown) {
    throw new Error(`${name}: ${faultText(thrown)}`, { cause: thrown });
  }
}

/** The map for a user's own filter that changes the size: it counts as a scaling. */
function scaling(from: FrameSize, to: FrameSize): Affine {
  return [to.width / from.width, 0, 0, 0, to.height / from.height, 0];
}
