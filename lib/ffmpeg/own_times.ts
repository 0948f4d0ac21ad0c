/** How the installed ffmpeg is told to keep the frames' own times. */

import { FfmpegProcess } from "./process.ts";

/** How long ffmpeg may take to list its options, in milliseconds. */
const PATIENCE = 5000;

let asked: Promise<readonly string[]> | undefined;

/**
 * The option for a variable rate: `-fps_mode vfr` since ffmpeg 5.1, `-vsync vfr` before (which 9.0 does not
 * know any more). ffmpeg is asked once, for its options rather than for its version: those that are built
 * from git have none. Throws a `Failure` where ffmpeg can't be started.
 */
export function ownTimesOption(): Promise<readonly string[]> {
  asked ??= ask().catch((thrown) => {
    asked = undefined;
    throw thrown;
  });
  return asked;
}

async function ask(): Promise<readonly string[]> {
  const pipes = { stdin: "null", stdout: "piped", detached: true } as const;
  await using ffmpeg = new FfmpegProcess("ffmpeg", ["-hide_banner", "-h", "long"], pipes);
  const timer = setTimeout(() => ffmpeg.kill(), PATIENCE);
  try {
    return optionIn(await new Response(ffmpeg.stdout).text());
  } finally {
    clearTimeout(timer);
  }
}

/** The option, by the list of `ffmpeg -h long`. */
export function optionIn(list: string): readonly string[] {
  const isOld = /^-vsync\b/m.test(list) && !/^-fps_mode\b/m.test(list);
  return [isOld ? "-vsync" : "-fps_mode", "vfr"];
}
