/** Which H.264 encoders the installed ffmpeg has. It is asked once. */

import { H264_ENCODERS, type H264EncoderName } from "./h264_arguments.ts";
import { FfmpegProcess } from "./process.ts";

/** How long ffmpeg may take to list its encoders, in milliseconds. */
const LIST_TIMEOUT_MS = 5000;

let asked: Promise<readonly H264EncoderName[]> | undefined;
let known: readonly H264EncoderName[] | undefined;

/** The encoders, as far as ffmpeg was asked; undefined before it has answered. */
export function knownH264Encoders(): readonly H264EncoderName[] | undefined {
  return known;
}

/** The encoders that the installed ffmpeg has. Ends within 5 s; none where ffmpeg can't be started. */
export function installedH264Encoders(): Promise<readonly H264EncoderName[]> {
  return asked ??= ask().catch(() => []).then((names) => known = names);
}

async function ask(): Promise<readonly H264EncoderName[]> {
  const pipes = { stdin: "null", stdout: "piped", detached: true } as const;
  await using ffmpeg = new FfmpegProcess("ffmpeg", ["-hide_banner", "-encoders"], pipes);
  const timer = setTimeout(() => ffmpeg.kill(), LIST_TIMEOUT_MS);
  try {
    return h264EncodersIn(await new Response(ffmpeg.stdout).text());
  } finally {
    clearTimeout(timer);
  }
}

/** The encoders in the list of `ffmpeg -encoders`. */
export function h264EncodersIn(list: string): readonly H264EncoderName[] {
  const listed = new Set([...list.matchAll(/^ V\S* (\S+)/gm)].map(([, name]) => name));
  return H264_ENCODERS.filter((name) => listed.has(name));
}
