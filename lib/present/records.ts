/** The files that the client records to, as `-o` names them. */

import { abortedOr } from "../async/aborted.ts";
import type { Frame } from "../frame/frame.ts";
import type { FrameFormat } from "../frame/frame_format.ts";
import { formatFrameSize } from "../frame/frame_size.ts";
import { Failure } from "../log/failure.ts";
import type { Log } from "../log/log.ts";
import type { Sink, Stream } from "../stream/stream.ts";
import type { Codec } from "../ffmpeg/codecs.ts";
import {
  changedSize,
  codecOf,
  endingsWithTimes,
  ffmpegFormat,
  type FileFormat,
  fileFormat,
  keepsOddSize,
  rawPixels,
  streamFormat,
} from "../ffmpeg/formats.ts";
import { fpsModeOption } from "../ffmpeg/fps_mode.ts";
import { isPacked, type RawPixels } from "../ffmpeg/raw_pixels.ts";
import type { Clip } from "./clip.ts";
import { hasPattern } from "../ffmpeg/clip_name.ts";
import { ConstantRate } from "./constant_rate.ts";
import { FfmpegOutput } from "./ffmpeg_output.ts";
import { DEFAULT_FPS, type MeasuredRate } from "./measure_rate.ts";
import { checkDirectory, OutputFile } from "./output_file.ts";
import { PixelsOutput } from "./pixels_output.ts";
import { RawOutput } from "./raw_output.ts";
import { Recorder, type RecorderOptions } from "./recorder.ts";
import { Timeline, type Timing } from "./timeline.ts";
import { formatY4mFrame, formatY4mHeader } from "../wire/y4m.ts";
import { plural } from "../log/plural.ts";
import { QueuedClip } from "./queued_clip.ts";
import { UnitChain } from "./unit_chain.ts";

/** The user's options for records. */
export interface RecordsOptions extends Omit<RecorderOptions, "log" | "stills"> {
  readonly codec: Codec | undefined;
  readonly crf: number | undefined;
  /** Of the files that `rawPixels` tells. */
  readonly pixels: RawPixels;
  /** Frames a second, for a server that does not announce its rate. */
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

/** Throws a `Failure` where a file can't be written. None is created, and existing files keep their content. */
export async function checkOutputs(
  files: readonly string[],
  { segment, on, stats }: {
    segment: number | undefined;
    on: string | undefined;
    /** The file of --stats. */
    stats?: string | undefined;
  },
): Promise<void> {
  if (stats !== undefined) await OutputFile.check(stats);
  const many = segment !== undefined || on !== undefined;
  for (const name of files.filter((name) => name !== "-")) {
    if (!many && !hasPattern(name)) await OutputFile.check(name);
    else await checkDirectory(name);
  }
  // Asked now, so that the first frame does not wait for it. `FfmpegOutput` reports what fails.
  if (files.some((name) => ffmpegFormat(name)?.asksForOwnTimes)) fpsModeOption().catch(() => {});
}

/** How frames are timed, and who is told of failures. */
export interface RecordsSource extends Pick<Timing, "timed" | "losses"> {
  /** The server's rate, as it announces it. */
  readonly announced: number | undefined;
  /** Whether frames come as H.264 that can be stored as it is. */
  readonly copies?: boolean | undefined;
  /** Called for a record that fails while others continue. */
  readonly report: (failure: Failure) => void;
  readonly log: Log;
}

/** The client's records, one for each file. `run` opens files with their first frame, and closes them. */
export class Records implements Sink {
  readonly name: string;
  readonly #files: readonly string[];
  readonly #options: RecordsOptions;
  readonly #source: RecordsSource;
  readonly #log: Log;
  readonly #records = new Set<Recorder>();
  /** One for films, which need the frames' times, and one for pixels alone, which never wait. */
  readonly #timelines: Timeline[] = [];
  /** Fulfilled when the last record has ended by itself. */
  readonly #over = Promise.withResolvers<void>();
  #writing: Promise<void> = Promise.resolve();
  /** The failure of the last record. */
  #failure: Failure | undefined;

  constructor(files: readonly string[], options: RecordsOptions, source: RecordsSource) {
    this.name = files.join(", ");
    this.#files = files;
    this.#options = options;
    this.#source = source;
    this.#log = source.log;
  }

  /**
   * Records until the stream ends, each record has ended by itself, or on abort. The files are then whole.
   * Throws the `Failure` of the last record; `report` gets those before it.
   */
  async run(
    stream: Pick<Stream, "format" | "frames" | "detections" | "tap">,
    { signal }: { signal: AbortSignal },
  ): Promise<void> {
    this.#begin(stream.format);
    const hurry = () => this.#records.forEach((record) => record.hurry());
    signal.addEventListener("abort", hurry, { once: true });
    try {
      using _detections = stream.detections.listen((detection) => {
        for (const timeline of this.#timelines) timeline.found(detection);
      });
      using _tap = stream.tap((frame) => this.#writing = this.#write(frame));
      await abortedOr(Promise.race([stream.frames.ended, this.#over.promise]), signal);
      await this.#writing;
      for (const timeline of this.#timelines) await timeline.flush();
    } finally {
      await Promise.all(
        [...this.#records].map((record) => this.#end(record, () => record.close())),
      );
      signal.removeEventListener("abort", hurry);
    }
    if (this.#failure) throw this.#failure;
  }

  /** Makes the records, and says which ones get another size. */
  #begin(format: FrameFormat): void {
    const { announced, timed, losses } = this.#source;
    const timing = { announced, chosen: this.#options.fps, timed, losses };
    const isPixelsOnly = (name: string) => fileFormat(name)?.pixelsOnly ?? false;
    this.#follow(this.#files.filter((name) => !isPixelsOnly(name)), timing, format);
    this.#follow(
      this.#files.filter(isPixelsOnly),
      { ...timing, announced: announced ?? this.#options.fps ?? DEFAULT_FPS },
      format,
    );
    for (const name of this.#files) {
      const changed = this.#copies(name) ? undefined : changedSize(name, format, this.#options);
      if (!changed) continue;
      this.#log.info(
        `${name}: ${changed.why}, so the picture gets a black edge and is ` +
          `${formatFrameSize(changed.size)} (${keepsOddSize()} keep ${formatFrameSize(format)})`,
      );
    }
  }

  /** Makes the records of files whose frames have the same times. */
  #follow(files: readonly string[], timing: Timing, format: FrameFormat): void {
    if (files.length === 0) return;
    const records = new Set<Recorder>();
    const timeline = new Timeline(timing, {
      write: async (frame) => {
        for (const record of records) {
          if (!await this.#give(record, frame)) records.delete(record);
        }
      },
      found: (detection) => records.forEach((record) => record.found(detection)),
      measured: (rate) => this.#measured(rate),
    });
    for (const name of files) {
      const fps = () => timeline.fps ?? DEFAULT_FPS;
      const open = (name: string, first?: number) =>
        this.#open(name, { format, fps: fps(), firstStill: first });
      const stills = fileFormat(name)?.stills ?? false;
      const chain = this.#copies(name) ? new UnitChain() : undefined;
      const record = new Recorder(name, open, { ...this.#options, stills, chain, log: this.#log });
      records.add(record);
      this.#records.add(record);
    }
    this.#timelines.push(timeline);
  }

  /** Opens the file of a name, in the format of its ending. */
  async #open(
    name: string,
    { format, fps, firstStill }: {
      format: FrameFormat;
      fps: number;
      firstStill: number | undefined;
    },
  ): Promise<Clip> {
    const { codec, crf, pixels } = this.#options;
    const file = fileFormat(name);
    const clip = await WRITERS[file?.writer ?? "raw"](name, {
      ...{ format, fps, firstStill, codec, crf, copies: this.#copies(name) },
      pixels: rawPixels(name, pixels) ?? "gray",
      onDropped: (count) =>
        this.#log.warn(`${name}: no time at the end to write the last ${plural(count, "frame")}`),
    });
    if (!file?.constantRate) return clip;
    const onCut = (gap: number, filled: number) =>
      this.#log.warn(
        `${name}: a gap of ${gap.toFixed(1)} s is ${filled.toFixed(1)} s long in the record, ` +
          `which has a constant rate (${endingsWithTimes()} keep gaps)`,
      );
    return new ConstantRate(clip, { fps, onCut });
  }

  /** Whether a file gets H.264 as it comes. */
  #copies(name: string): boolean {
    return this.#source.copies === true && codecOf(name, this.#options.codec) === "h264";
  }

  #measured({ fps, isSteady }: MeasuredRate): void {
    const why = isSteady ? "as measured" : "because its frames come too fast to measure it";
    this.#log.info(
      `the server does not announce its rate: recording at ${fps} fps, ${why}; --fps sets it`,
    );
  }

  /** For the status line: one part for each file that is being written. */
  get status(): string[] {
    return [...this.#records].flatMap(({ status }) => status ?? []);
  }

  async #write(frame: Frame): Promise<void> {
    for (const timeline of this.#timelines) await timeline.write(frame);
  }

  /** Gives a frame to a record; false where that has ended it. */
  async #give(record: Recorder, frame: Frame): Promise<boolean> {
    try {
      if (await record.write(frame)) return true;
      await this.#end(record, () => record.discard());
    } catch (thrown) {
      await this.#end(record, async () => {
        await record.discard();
        throw thrown;
      });
    }
    return false;
  }

  /** Ends one record. Its failure is reported, or kept for `run` to throw where it is the last. */
  async #end(record: Recorder, close: () => Promise<void>): Promise<void> {
    try {
      await close();
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      if (this.#records.size > 1) this.#source.report(thrown);
      else this.#failure = thrown;
    } finally {
      this.#records.delete(record);
      if (this.#records.size === 0) this.#over.resolve();
    }
  }
}

/** Opens the file of a name: one function for each writer of the table of formats. */
const WRITERS: {
  readonly [writer in FileFormat["writer"]]: (
    name: string,
    options: Parameters<typeof FfmpegOutput.open>[1] & {
      readonly pixels: RawPixels;
      /** Called at the end with how many frames were not written. */
      readonly onDropped: (count: number) => void;
    },
  ) => Promise<Clip>;
} = {
  ffmpeg: (name, options) =>
    Promise.resolve(new QueuedClip(() => FfmpegOutput.open(name, options), options)),
  y4m: (name, { format, fps }) => RawOutput.open(name, y4mText(format, fps)),
  raw: (name, options) => {
    const open = () => PixelsOutput.open(name, options);
    // A program that reads slower than the camera is to get the newest frames, not a queue of old ones.
    const mayWait = isPacked(options.pixels) && name !== "-";
    return mayWait ? Promise.resolve(new QueuedClip(open, options)) : open();
  },
};

function y4mText(format: FrameFormat, fps: number): { head: Uint8Array; line: Uint8Array } {
  const encoder = new TextEncoder();
  return {
    head: encoder.encode(formatY4mHeader(format, { fps })),
    line: encoder.encode(formatY4mFrame()),
  };
}
