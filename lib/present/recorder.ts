/**
 * A record: one clip, or one after the other, each a file. New ones begin after some time (`segment`), or
 * when something is found (`on`), with what was seen before it.
 */

import { Failure, messageOf } from "../log/failure.ts";
import { type Detection, foundCount } from "../frame/detection.ts";
import type { Frame } from "../frame/frame.ts";
import type { Log } from "../log/log.ts";
import { type Clip, formatProgress } from "./clip.ts";
import { again, formatName, hasNumber, matchPattern, withPattern } from "./clip_name.ts";
import { quotedName, shownName } from "./output_file.ts";

/** What is kept of the time before a find, at the most, in bytes. */
const MOST_BEFORE = 256 * 2 ** 20;

/** A find is told so much later than its frame came, at the most, in milliseconds. */
const LAG = 1000;

export interface RecorderOptions {
  /** Seconds after which a new clip begins; undefined: never. */
  readonly segment: number | undefined;
  /** How many clips are kept on disk; undefined: all. */
  readonly keep: number | undefined;
  /** The filter whose finds are recorded; undefined: everything is. */
  readonly on: string | undefined;
  /** Seconds around a find that are recorded with it. */
  readonly before: number;
  readonly after: number;
  /** Whether it writes stills: a number in their name is ffmpeg's to fill in. */
  readonly stills: boolean;
  readonly log: Log;
}

/** Begins the file of a name; with the number of the first still where there is one for each frame. */
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
  /** Of this run's clips, oldest first. */
  readonly #names: string[] = [];
  #lastName = "";
  /** Times of frames and finds are of the same clock. */
  #foundAt = -Infinity;
  /** The frames before a find, oldest first. */
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
    // Of an earlier run nothing is written over.
    if (hasNumber(this.#pattern)) this.#clips = lastNumber(this.#pattern);
  }

  /** For the status line; undefined where nothing is being written. */
  get status(): string | undefined {
    return this.#clip &&
      `${shownName(this.#clip.name)} ${formatProgress(this.#clip.clip.progress)}`;
  }

  /** Takes note of what a filter found. */
  found(find: Detection): void {
    const { on } = this.#options;
    if (find.filter !== on) return;
    if (foundCount(find) > 0) this.#foundAt = find.capturedAt;
  }

  /** Writes a frame, if it is to be recorded. Throws a `Failure` where it can't. */
  async write(frame: Frame): Promise<boolean> {
    if (this.#failure) throw this.#failure;
    const { on, before, after, segment } = this.#options;
    if (on !== undefined && frame.capturedAt - this.#foundAt > after * 1000) {
      this.#end();
      this.#keepBefore(frame, before * 1000 + LAG);
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

  /** We are asked to stop: what is stuck is given up soon. */
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
    let name = formatName(this.#pattern, { time, ...(!numbered && { number: this.#clips }) });
    if (name === this.#lastName) name = again(name, this.#clips);
    else this.#lastName = name;
    const clip = await this.#open(name, numbered ? this.#clips : undefined);
    this.#names.push(name);
    if (many) log.info(`recording ${shownName(name)}`);
    if (keep !== undefined) this.#remove(keep);
    return { name, clip, since: this.#before[0]?.capturedAt ?? capturedAt };
  }

  /** Ends the clip that is being written; the next one need not wait for it. */
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

  /** Whether a frame is older than what is recorded with the find. */
  #isTooEarly(frame: Frame | undefined): boolean {
    return frame !== undefined && frame.capturedAt < this.#foundAt - this.#options.before * 1000;
  }

  #keepBefore(frame: Frame, milliseconds: number): void {
    this.#before.push(frame);
    const most = Math.floor(MOST_BEFORE / frame.pixels.length);
    while (
      this.#before.length > most ||
      frame.capturedAt - (this.#before[0]?.capturedAt ?? Infinity) > milliseconds
    ) this.#before.shift();
  }

  /** Removes the oldest files of the pattern's names, so that `keep` are left with the new one. */
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
        // somebody has removed it before
      }
      if (this.#names[0] === path) this.#names.shift();
    }
  }
}

/** The highest number of the files of a pattern's names that are there; 0 where there are none. */
function lastNumber(pattern: string): number {
  const [directory, base] = splitPath(pattern);
  try {
    const names = [...Deno.readDirSync(directory || ".")].map(({ name }) => name);
    return Math.max(0, ...names.map((name) => matchPattern(base, name) ?? 0));
  } catch {
    return 0; // no such directory: `open` tells
  }
}

/** The directory, with its slash, and the name in it; on Windows a backslash parts them, too. */
export function splitPath(path: string, os = Deno.build.os): [directory: string, base: string] {
  const at = path.search(os === "windows" ? /[^/\\]*$/ : /[^/]*$/);
  return [path.slice(0, at), path.slice(at)];
}
