/** Chooses the source from the user's options: which device, and whether an input is a file or a stream. */

import { deviceName, firstDevice, type Source } from "../ffmpeg/capture_arguments.ts";
import { Failure } from "../log/failure.ts";

/** The user's options; at most one of `device`, `input` and `test`. */
export interface SourceOptions {
  readonly device?: string | undefined;
  /** A file, a URL, or `-` for stdin. */
  readonly input?: string | undefined;
  readonly test: boolean;
  readonly loop: boolean;
  /** Play films at their own rate. */
  readonly pace: boolean;
  /** ffmpeg's own options for the source. */
  readonly inputOptions: readonly string[];
}

/** Films fetched over HTTP are files, too; other HTTP sources (cameras) are live. */
const FILM_URL = /^https?:\/\/[^?#]+\.(mp4|m4v|mov|mkv|webm|avi|ogv|flv|mpe?g|wmv|gif)([?#]|$)/i;

/** Chooses the source. Throws a `Failure` on a system without a name for its first camera. */
export async function chooseSource(
  options: SourceOptions,
  { os }: { os: typeof Deno.build.os },
): Promise<Source> {
  const { input, loop, pace } = options;
  if (options.test) return { kind: "test" };
  if (input !== undefined) {
    if (input === "-") {
      return { kind: "stream", input: "pipe:0", loop, pace: pace && hasRate(options.inputOptions) };
    }
    // With "file:", ffmpeg takes a name with a colon or a leading dash for a file.
    if (await isFile(input)) return { kind: "file", input: `file:${input}`, loop, pace };
    const isFilm = FILM_URL.test(input);
    return { kind: isFilm ? "file" : "stream", input, loop, pace: pace && isFilm };
  }
  const device = options.device === undefined ? firstDevice(os) : deviceName(options.device, os);
  if (device === undefined) {
    throw new Failure(
      "Cannot choose a camera: this system has no name for the first camera",
      'name one with --device "NAME" (--list-devices lists them), or try --test',
    );
  }
  return { kind: "device", device };
}

/** Whether the source is raw frames on stdin without a rate, although the user does not ask for all at once. */
export function isUnpacedRaw({ input, pace, inputOptions }: SourceOptions): boolean {
  return input === "-" && pace && !hasRate(inputOptions);
}

/** Whether the frames on stdin have a rate of their own: raw frames have one only with an option for it. */
function hasRate(inputOptions: readonly string[]): boolean {
  const isRaw = inputOptions.some((word, i) => word === "rawvideo" && inputOptions[i - 1] === "-f");
  return !isRaw || inputOptions.includes("-framerate") || inputOptions.includes("-r");
}

/** A pipe, a device or a pattern such as img%03d.png is not a regular file. */
async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false; // not a path, or no such file: ffmpeg opens it or reports the reason
  }
}
