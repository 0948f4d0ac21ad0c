/** The files that the client writes frames to, by what `-o` names. */

import { Failure } from "../frame/failure.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { Log } from "../frame/log.ts";
import { fileEnding, streamScheme } from "../ffmpeg/output_arguments.ts";
import type { Clip } from "../present/clip.ts";
import { hasPattern } from "../present/clip_name.ts";
import { FfmpegOutput } from "../present/ffmpeg_output.ts";
import { OutputFile } from "../present/output_file.ts";
import { RawOutput } from "../present/raw_output.ts";
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

/** One recorder for each file; they open it with the first frame. */
export function openRecords(
  files: readonly string[],
  options: Omit<RecorderOptions, "log">,
  { size, fps = USUAL_FPS, log }: { size: FrameSize; fps: number | undefined; log: Log },
): Set<Recorder> {
  const open = (name: string): Promise<Clip> => {
    if (fileEnding(name)) return Promise.resolve(new FfmpegOutput(name, { size, fps }));
    if (!/\.y4m$/i.test(name)) return RawOutput.open(name);
    const encoder = new TextEncoder();
    const head = encoder.encode(formatY4mHeader(size, { fps }));
    return RawOutput.open(name, { head, line: encoder.encode(formatY4mFrame()) });
  };
  return new Set(files.map((name) => new Recorder(name, open, { ...options, log })));
}
