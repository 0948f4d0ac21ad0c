/**
 * A record: one clip, or several in sequence, each a file. A new clip begins after `segment` seconds, or
 * when something is found (`on`), with the frames before it.
 */

import { Failure, messageOf } from "../log/failure.ts";
import { type Detection, foundCount } from "../frame/detection.ts";
import type { Frame } from "../frame/frame.ts";
import type { Log } from "../log/log.ts";
import { type Clip, formatProgress } from "./clip.ts";
import { again, formatName, hasNumber, matchPattern, withPattern } from "../ffmpeg/clip_name.ts";
import { quotedName, shownName } from "./output_file.ts";
import type { UnitChain } from "./unit_chain.ts";

/** The limit of the frames that are kept from before a detection. */
const MAX_BYTES_BEFORE = 256 * 2 ** 20;

/** A detection is reported at most this long after its frame. */
const MAX_LAG_MS = 1000;

export interface RecorderOptions {
  /** Seconds after which a new clip begins; undefined: never. */
  readonly segment: number | undefined;
  /** How many clips are kept on disk; undefined: all. */
  readonly keep: number | undefined;
  /** The filter, or the label, whose detections are recorded; undefined: everything is. */
  readonly on: string | undefined;
  /** Seconds before and after a detection that are recorded with it. */
  readonly before: number;
  readonly after: number;
  /** Whether it writes stills: ffmpeg fills in a number in their name. */
  readonly stills: boolean;
  /** Where the H.264 that the frames came as is stored as it is: finds what can be. */
  readonly chain?: UnitChain | undefined;
  readonly log: Log;
}

/** Begins a file; with the number of the first still where each frame is a file of its own. */
export type OpenClip = (name: string, firstStill: number | undefined) => Promise<Clip>;

/** The clip that is being written. */
interface Current {
  readonly name: string;
  readonly clip: Clip;
  /** When its first frame was captured. */
  readonly since: number;
}

export class Recorder {
  readonly #pattern: string;
  readonly #open: OpenClip;
  readonly #options: RecorderOptions;
  #clip: Current | undefined;
  #clips = 0;
  /** The names of this run's clips, oldest first. */
  readonly #names: string[] = [];
  #lastName = "";
  /** The time of the last detection, of the same clock as the frames' times. */
  #foundAt = -Infinity;
  /** The frames before a detection, oldest first. */
  readonly #before: Frame[] = [];
  #closing: Promise<void> = Promise.resolve();
  #failure: Failure | undefined;
  /** Whether a clip was begun. */
  #hasRecorded = false;

  constructor(name: string, open: OpenClip, options: RecorderOptions) {
    const many = options.segment !== undefined || options.on !== undefined;
    this.#pattern = many ? withPattern(name) : name;
    this.#open = open;
    this.#options = options;
    // Files of an earlier run are not overwritten.
    if (hasNumber(this.#pattern)) this.#clips = lastNumber(this.#pattern);
  }

  /** For the status line; undefined while no clip is being written. */
  get status(): string | undefined {
    return this.#clip &&
      `${shownName(this.#clip.name)} ${formatProgress(this.#clip.clip.progress)}`;
  }

  /** A filter has looked at a frame. */
  found(detection: Detection): void {
    const { on } = this.#options;
    if (on === undefined || !isFound(on, detection)) return;
    this.#foundAt = detection.capturedAt;
  }

  /**
   * Writes a frame, or keeps it where nothing is found. Returns false when the reader has closed the pipe;
   * throws a `Failure` where it can't be written.
   */
  async write(frame: Frame): Promise<boolean> {
    if (this.#failure) throw this.#failure;
    const { on, before, after, segment, chain } = this.#options;
    const step = chain?.next(frame);
    if (step === "skip") return true;
    if (step === "begin") this.#end();
    if (on !== undefined && frame.capturedAt - this.#foundAt > after * 1000) {
      this.#end();
      this.#keepBefore(frame, before * 1000 + MAX_LAG_MS);
      return true;
    }
    if (
      segment !== undefined && this.#clip && frame.capturedAt - this.#clip.since >= segment * 1000
    ) {
      this.#end();
    }
    while (this.#isTooEarly(this.#before[0])) this.#before.shift();
    this.#clip ??= await this.#begin(frame);
    const { clip } = this.#clip;
    for (let kept; (kept = this.#before.shift());) await clip.write(kept);
    return await clip.write(frame);
  }

  /** The program is asked to stop: a write that is stuck is given up soon. */
  hurry(): void {
    this.#clip?.clip.hurry?.();
  }

  /** Ends the last clip. Throws a `Failure` where one could not be ended well. */
  async close(): Promise<void> {
    const { on, log } = this.#options;
    if (on !== undefined && !this.#hasRecorded) {
      log.info(`nothing recorded to ${this.#pattern}: ${on} found nothing`);
    }
    this.#end();
    await this.#closing;
    if (this.#failure) throw this.#failure;
  }

  /** Closes what is open after a failure, which has been thrown before. */
  async discard(): Promise<void> {
    try {
      await this.#clip?.clip[Symbol.asyncDispose]();
    } catch {
      // its failure has been thrown before
    }
    this.#clip = undefined;
    await this.#closing;
  }

  async #begin({ capturedAt }: Frame): Promise<Current> {
    this.#clips++;
    this.#hasRecorded = true;
    const { log, segment, on, keep, stills } = this.#options;
    const many = segment !== undefined || on !== undefined;
    const time = new Date();
    const numbered = stills && !many && hasNumber(this.#pattern);
    // A record that needs a second file only because the stream has changed.
    const isFurther = !many && this.#names.length > 0;
    const pattern = isFurther ? withPattern(this.#pattern) : this.#pattern;
    let name = formatName(pattern, { time, ...(!numbered && { number: this.#clips }) });
    if (name === this.#lastName) name = again(name, this.#clips);
    else this.#lastName = name;
    const clip = await this.#open(name, numbered ? this.#clips : undefined);
    this.#names.push(name);
    if (many || isFurther) log.info(`recording ${shownName(name)}`);
    if (keep !== undefined) this.#remove(keep);
    return { name, clip, since: this.#before[0]?.capturedAt ?? capturedAt };
  }

  /** Ends the clip that is being written; the next one does not wait for it. */
  #end(): void {
    const ending = this.#clip;
    if (!ending) return;
    this.#clip = undefined;
    const close = async () => {
      try {
        await ending.clip[Symbol.asyncDispose]();
        this.#options.log.info(
          `recorded ${shownName(ending.name)}: ${formatProgress(ending.clip.progress)}`,
        );
      } catch (thrown) {
        this.#failure ??= thrown instanceof Failure ? thrown : new Failure(
          `Cannot finish ${quotedName(ending.name)}: ${messageOf(thrown)}`,
          "check the disk",
        );
      }
    };
    this.#closing = this.#closing.then(close);
  }

  /** Whether a frame is too old to be recorded with the detection. */
  #isTooEarly(frame: Frame | undefined): boolean {
    return frame !== undefined && frame.capturedAt < this.#foundAt - this.#options.before * 1000;
  }

  #keepBefore(frame: Frame, milliseconds: number): void {
    this.#before.push(frame);
    const most = Math.floor(MAX_BYTES_BEFORE / frame.pixels.length);
    while (
      this.#before.length > most ||
      frame.capturedAt - (this.#before[0]?.capturedAt ?? Infinity) > milliseconds
    ) this.#before.shift();
  }

  /** Removes the oldest files whose names fit the pattern, so that `keep` are left with the new one. */
  #remove(keep: number): void {
    const [directory, base] = splitPath(this.#pattern);
    const old: { path: string; at: number }[] = [];
    for (const { name, isFile } of Deno.readDirSync(directory || ".")) {
      const path = `${directory}${name}`;
      const isOwn = matchPattern(base, name) !== undefined;
      if (!isFile || !isOwn || this.#names.includes(path)) continue;
      old.push({ path, at: Deno.statSync(path).mtime?.getTime() ?? 0 });
    }
    old.sort((a, b) => a.at - b.at || (a.path < b.path ? -1 : 1));
    const all = [...old.map(({ path }) => path), ...this.#names];
    for (const path of all.slice(0, Math.max(0, all.length - keep))) {
      this.#options.log.debug(`removing ${path}`);
      try {
        Deno.removeSync(path);
      } catch {
        // it was removed before
      }
      if (this.#names[0] === path) this.#names.shift();
    }
  }
}

/** The highest number of the existing files whose names fit the pattern; 0 where there are none. */
function lastNumber(pattern: string): number {
  const [directory, base] = splitPath(pattern);
  try {
    const names = [...Deno.readDirSync(directory || ".")].map(({ name }) => name);
    return Math.max(0, ...names.map((name) => matchPattern(base, name) ?? 0));
  } catch {
    return 0; // no such directory: `open` reports it
  }
}

/** The directory, with its slash, and the name in it; on Windows a backslash separates them, too. */
export function splitPath(path: string, os = Deno.build.os): [directory: string, base: string] {
  const at = path.search(os === "windows" ? /[^/\\]*$/ : /[^/]*$/);
  return [path.slice(0, at), path.slice(at)];
}

/** Whether a filter of this name has found something, or any filter something with this label. */
function isFound(on: string, detection: Detection): boolean {
  const { filter, of, labels = [] } = detection; // `of`: the detector that track follows
  return ((filter === on || of === on) && foundCount(detection) > 0) || labels.includes(on);
}
