/** The files that the client writes frames to, by what `-o` names. */

import { Failure } from "../frame/failure.ts";
import type { Find } from "../frame/find.ts";
import type { Frame } from "../frame/frame.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { Log } from "../frame/log.ts";
import { fileEnding, streamScheme } from "../ffmpeg/output_arguments.ts";
import type { Clip } from "../present/clip.ts";
import { hasPattern } from "../present/clip_name.ts";
import { FfmpegOutput } from "../present/ffmpeg_output.ts";
import { OutputFile } from "../present/output_file.ts";
import { RawOutput } from "../present/raw_output.ts";
import type { Outputs } from "./outputs.ts";
import { Recorder, type RecorderOptions } from "../present/recorder.ts";
import { formatY4mFrame, formatY4mHeader } from "../wire/y4m.ts";

/** The rate of a format that wants a constant one, where the source names none. */
const USUAL_FPS = 30;

/** The outputs that are files, and those that are streams to a media server. */
export function sortOutputs(names: readonly string[]): { files: string[]; streams: string[] } {
  const isStream = (name: string) => streamScheme(name) !== undefined;
  return {
    files: names.filter((name) => !isStream(name)),
    streams: names.filter(isStream),
  };
}

/** Throws a `Failure` where a file can't be written; what it holds stays as it is. */
export async function checkOutputs(
  files: readonly string[],
  { segment, on }: { segment: number | undefined; on: string | undefined },
): Promise<void> {
  const many = segment !== undefined || on !== undefined;
  for (const name of files.filter((name) => name !== "-")) {
    if (!many && !hasPattern(name)) (await OutputFile.open(name))[Symbol.dispose]();
    else await checkDirectory(name);
  }
}

async function checkDirectory(name: string): Promise<void> {
  const directory = name.replace(/[^/]*$/, "") || ".";
  const info = await Deno.stat(directory).catch(() => undefined);
  if (!info?.isDirectory) {
    throw new Failure(`Cannot write "${name}": there is no such directory`, "make it first");
  }
}

/** The client's records, one for each file. Disposing of them ends the files well. */
export class Records implements AsyncDisposable {
  /** Frames that were given to all. */
  delivered = 0;
  readonly #outputs: Outputs;
  readonly #records: Set<Recorder>;

  /** Files are opened with their first frame. */
  constructor(
    files: readonly string[],
    options: Omit<RecorderOptions, "log">,
    { size, fps = USUAL_FPS, outputs, signal, log }: {
      size: FrameSize;
      fps: number | undefined;
      outputs: Outputs;
      signal: AbortSignal;
      log: Log;
    },
  ) {
    const open = (name: string, first: number): Promise<Clip> => {
      if (fileEnding(name)) return Promise.resolve(new FfmpegOutput(name, { size, fps, first }));
      if (!/\.y4m$/i.test(name)) return RawOutput.open(name);
      const encoder = new TextEncoder();
      const head = encoder.encode(formatY4mHeader(size, { fps }));
      return RawOutput.open(name, { head, line: encoder.encode(formatY4mFrame()) });
    };
    this.#outputs = outputs;
    this.#records = new Set(files.map((name) => new Recorder(name, open, { ...options, log })));
    for (const _record of this.#records) outputs.add();
    const hurry = () => this.#records.forEach((record) => record.hurry());
    signal.addEventListener("abort", hurry, { once: true });
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
  found(find: Find): void {
    for (const record of this.#records) record.found(find);
  }

  /** Gives a frame to all. */
  async write(frame: Frame): Promise<void> {
    for (const record of this.#records) {
      if (!await this.#outputs.write(() => record.write(frame))) this.#records.delete(record);
    }
    this.delivered++;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const close = (record: Recorder) => this.#outputs.write(() => record.close().then(() => true));
    await Promise.all([...this.#records].map(close));
    this.#records.clear();
  }
}
