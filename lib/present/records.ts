/** The files that the client writes frames to, by what `-o` names. */

import type { Detection } from "../frame/detection.ts";
import type { Frame } from "../frame/frame.ts";
import { formatFrameSize, type FrameSize } from "../frame/frame_size.ts";
import type { Log } from "../log/log.ts";
import { changedSize, type Codec, fileFormat, streamFormat } from "../ffmpeg/formats.ts";
import { ownTimesOption } from "../ffmpeg/own_times.ts";
import type { Clip } from "./clip.ts";
import { hasPattern } from "./clip_name.ts";
import { ConstantRate } from "./constant_rate.ts";
import { FfmpegOutput } from "./ffmpeg_output.ts";
import type { MeasuredRate } from "./measure_rate.ts";
import { checkDirectory, OutputFile } from "./output_file.ts";
import { RawOutput } from "./raw_output.ts";
import { Recorder, type RecorderOptions } from "./recorder.ts";
import { Timeline, type Timing } from "./timeline.ts";
import { formatY4mFrame, formatY4mHeader } from "../wire/y4m.ts";
import type { Outputs } from "./outputs.ts";

/** The rate of a format that wants a constant one, where it is not known. */
const USUAL_FPS = 30;

/** What the user says of the records. */
export interface RecordsOptions extends Omit<RecorderOptions, "log" | "stills"> {
  readonly codec: Codec | undefined;
  readonly crf: number | undefined;
  /** Frames a second of a server that does not say it. */
  readonly fps: number | undefined;
}

/** The outputs that are files, and those that are streams to a media server. */
export function sortOutputs(names: readonly string[]): { files: string[]; streams: string[] } {
  const isStream = (name: string) => streamFormat(name) !== undefined;
  return {
    files: names.filter((name) => !isStream(name)),
    streams: names.filter(isStream),
  };
}

/** Throws a `Failure` where a file can't be written. None is made, and what it holds stays as it is. */
export async function checkOutputs(
  files: readonly string[],
  { segment, on }: { segment: number | undefined; on: string | undefined },
): Promise<void> {
  const many = segment !== undefined || on !== undefined;
  for (const name of files.filter((name) => name !== "-")) {
    if (!many && !hasPattern(name)) await OutputFile.check(name);
    else await checkDirectory(name);
  }
  // Asked now, so that the first frame need not wait for it. `FfmpegOutput` tells what fails.
  if (files.some((name) => fileFormat(name)?.asksForOwnTimes)) ownTimesOption().catch(() => {});
}

/** The client's records, one for each file. Disposing of them ends the files well. */
export class Records implements AsyncDisposable {
  /** Frames that were given to all. */
  delivered = 0;
  readonly #options: RecordsOptions;
  readonly #size: FrameSize;
  readonly #outputs: Outputs;
  readonly #log: Log;
  readonly #records = new Set<Recorder>();
  /** Records of films, which need the frames' times, and those of pixels alone, which never wait. */
  readonly #timelines: Timeline[] = [];
  readonly #signal: AbortSignal;
  readonly #hurry = () => this.#records.forEach((record) => record.hurry());

  /** Files are opened with their first frame. */
  constructor(
    files: readonly string[],
    options: RecordsOptions,
    { size, fps, timed, losses, outputs, signal, log }: {
      size: FrameSize;
      /** As the server says. */
      fps: number | undefined;
      outputs: Outputs;
      signal: AbortSignal;
      log: Log;
    } & Pick<Timing, "timed" | "losses">,
  ) {
    this.#options = options;
    this.#size = size;
    this.#outputs = outputs;
    this.#log = log;
    const isFilm = (name: string) => fileFormat(name)?.writer !== "raw";
    const timing = { announced: fps, chosen: options.fps, timed, losses };
    this.#follow(files.filter(isFilm), timing);
    this.#follow(files.filter((name) => !isFilm(name)), {
      ...timing,
      announced: fps ?? options.fps ?? USUAL_FPS,
    });
    for (const name of files) {
      const changed = changedSize(name, size, options);
      if (!changed) continue;
      log.info(
        `${name}: H.264 needs even sides, so the picture gets a black edge and is ` +
          `${formatFrameSize(changed)} (.webm and --codec ffv1 keep ${formatFrameSize(size)})`,
      );
    }
    this.#signal = signal;
    signal.addEventListener("abort", this.#hurry, { once: true });
  }

  /** Makes the records of files whose frames have the same times. */
  #follow(files: readonly string[], timing: Timing): void {
    if (files.length === 0) return;
    const records = new Set<Recorder>();
    const timeline = new Timeline(timing, {
      write: (frame) => this.#give(records, frame),
      found: (find) => records.forEach((record) => record.found(find)),
      measured: (rate) => this.#measured(rate),
    });
    for (const name of files) {
      const fps = () => timeline.fps ?? USUAL_FPS;
      const open = (name: string, first?: number) => this.#open(name, { fps: fps(), first });
      const stills = fileFormat(name)?.stills ?? false;
      const record = new Recorder(name, open, { ...this.#options, stills, log: this.#log });
      records.add(record);
      this.#records.add(record);
      this.#outputs.add();
    }
    this.#timelines.push(timeline);
  }

  /** Opens the file of a name, by its ending. */
  async #open(
    name: string,
    { fps, first }: { fps: number; first: number | undefined },
  ): Promise<Clip> {
    const { codec, crf } = this.#options;
    const format = fileFormat(name);
    const clip = format?.writer === "ffmpeg"
      ? await FfmpegOutput.open(name, { size: this.#size, fps, first, codec, crf })
      : await RawOutput.open(name, format?.writer === "y4m" ? this.#y4m(fps) : {});
    if (!format?.constantRate) return clip;
    const onCut = (gap: number, filled: number) =>
      this.#log.warn(
        `${name}: a gap of ${gap.toFixed(1)} s is ${filled.toFixed(1)} s long in the record, ` +
          "which has a constant rate (.mkv and .mp4 keep gaps)",
      );
    return new ConstantRate(clip, { fps, onCut });
  }

  #y4m(fps: number): { head: Uint8Array; line: Uint8Array } {
    const encoder = new TextEncoder();
    return {
      head: encoder.encode(formatY4mHeader(this.#size, { fps })),
      line: encoder.encode(formatY4mFrame()),
    };
  }

  #measured({ fps, isSteady }: MeasuredRate): void {
    const why = isSteady ? "as measured" : "because its frames come too fast to measure it";
    this.#log.info(
      `the server does not say its rate: recording at ${fps} fps, ${why}; --fps sets it`,
    );
  }

  /** How many are left. */
  get size(): number {
    return this.#records.size;
  }

  /** For the status line. */
  get status(): string[] {
    return [...this.#records].flatMap(({ status }) => status ?? []);
  }

  /** Takes note of what a filter found. */
  found(find: Detection): void {
    for (const timeline of this.#timelines) timeline.found(find);
  }

  /** Gives a frame to all. */
  async write(frame: Frame): Promise<void> {
    for (const timeline of this.#timelines) await timeline.write(frame);
    this.delivered++;
  }

  async #give(records: Set<Recorder>, frame: Frame): Promise<void> {
    for (const record of records) {
      if (await this.#outputs.write(() => record.write(frame))) continue;
      records.delete(record);
      this.#records.delete(record);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timeline of this.#timelines.splice(0)) await timeline.flush();
    const close = (record: Recorder) => this.#outputs.write(() => record.close().then(() => true));
    await Promise.all([...this.#records].map(close));
    this.#records.clear();
    this.#signal.removeEventListener("abort", this.#hurry);
  }
}
