/** The name of ffmpeg's option for the frame rate mode, which depends on its version. */

import { FfmpegProcess } from "./process.ts";

/** `-fps_mode` since ffmpeg 5.1; `-vsync` before, which ffmpeg 9.0 no longer has. */
export type FpsModeOption = "-fps_mode" | "-vsync";

/** How long ffmpeg may take to list its options, in milliseconds. */
const LIST_TIMEOUT_MS = 5000;

let asked: Promise<FpsModeOption> | undefined;
let known: FpsModeOption = "-fps_mode";

/** The option that ffmpeg has as far as is known: that of today's versions until ffmpeg was asked. */
export function knownFpsModeOption(): FpsModeOption {
  return known;
}

/** Whether ffmpeg has ended because it does not have the option. */
export function isUnknownOption(lines: readonly string[], option: FpsModeOption): boolean {
  return lines.some((line) => line.includes(`Unrecognized option '${option.slice(1)}'`));
}

/**
 * The option that the installed ffmpeg has. ffmpeg is asked once, for its options and not for its version: builds
 * from git have none. Ends within 5 s. Throws a `Failure` where ffmpeg can't be started.
 */
export function fpsModeOption(): Promise<FpsModeOption> {
  asked ??= ask().catch((thrown) => {
    asked = undefined;
    throw thrown;
  });
  return asked;
}

async function ask(): Promise<FpsModeOption> {
  const pipes = { stdin: "null", stdout: "piped", detached: true } as const;
  await using ffmpeg = new FfmpegProcess("ffmpeg", ["-hide_banner", "-h", "long"], pipes);
  const timer = setTimeout(() => ffmpeg.kill(), LIST_TIMEOUT_MS);
  try {
    return known = optionIn(await new Response(ffmpeg.stdout).text());
  } finally {
    clearTimeout(timer);
  }
}

/** The option in the list of `ffmpeg -h long`. */
export function optionIn(list: string): FpsModeOption {
  return /^-vsync\b/m.test(list) && !/^-fps_mode\b/m.test(list) ? "-vsync" : "-fps_mode";
}
