/** From what the user named to a source: which device, and whether an input is a file or a stream. */

import { deviceName, firstDevice, type Source } from "../ffmpeg/capture_arguments.ts";
import { Failure } from "../log/failure.ts";

/** What the user named; at most one of `device`, `input` and `test`. */
export interface SourceWish {
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

/** Movies that are fetched over http are files too; other things there (cameras) are live. */
const MOVIE_URL = /^https?:\/\/[^?#]+\.(mp4|m4v|mov|mkv|webm|avi|ogv|flv|mpe?g|wmv|gif)([?#]|$)/i;

/** Chooses the source. Throws a `Failure` on a system that has no name for its first camera. */
export async function chooseSource(
  wish: SourceWish,
  { os }: { os: typeof Deno.build.os },
): Promise<Source> {
  const { input, loop, pace } = wish;
  if (wish.test) return { kind: "test" };
  if (input !== undefined) {
    if (input === "-") {
      return { kind: "stream", input: "pipe:0", loop, pace: pace && hasRate(wish.inputOptions) };
    }
    // "file:" keeps a name with a colon, or a leading dash, from being taken for something else.
    if (await isFile(input)) return { kind: "file", input: `file:${input}`, loop, pace };
    const movie = MOVIE_URL.test(input);
    return { kind: movie ? "file" : "stream", input, loop, pace: pace && movie };
  }
  const device = wish.device === undefined ? firstDevice(os) : deviceName(wish.device, os);
  if (device === undefined) {
    throw new Failure(
      "Cannot choose a camera: this system has no name for the first one",
      'name one with --device "NAME" (--list-devices lists them), or try --test',
    );
  }
  return { kind: "device", device };
}

/** Whether what comes by stdin has a rate of its own: raw frames have one only where it is named. */
function hasRate(inputOptions: readonly string[]): boolean {
  const isRaw = inputOptions.some((word, i) => word === "rawvideo" && inputOptions[i - 1] === "-f");
  return !isRaw || inputOptions.includes("-framerate") || inputOptions.includes("-r");
}

/** A pipe, a device or a pattern such as img%03d.png is no plain file. */
async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false; // not there or not a path: ffmpeg opens it as whatever it is, or says why not
  }
}
