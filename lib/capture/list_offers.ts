/** Asks a camera what it offers: its name in, formats, sizes and rates out. */

import { abortable } from "../async/aborted.ts";
import { LinkedAbortController } from "../async/linked_abort_controller.ts";
import type { CameraOffer } from "../ffmpeg/camera_mode.ts";
import {
  readAvfoundationModes,
  readDshowList,
  readV4l2CtlFormats,
  readV4l2List,
} from "../ffmpeg/camera_offers.ts";
import { offerArguments } from "../ffmpeg/capture_arguments.ts";
import { FfmpegProcess } from "../ffmpeg/process.ts";
import { runV4l2Ctl } from "../host/v4l2_ctl.ts";
import { messageOf } from "../log/failure.ts";
import type { Log } from "../log/log.ts";

/**
 * How long each question may take, in milliseconds. Answers take 10 to 100 ms, and some seconds while a slow host boots:
 * ffmpeg is loaded for the first time then. A driver can hang.
 */
const LIMIT_MS = 8000;

/**
 * What a camera offers; empty if nothing can be learned. On Linux v4l2-ctl is asked, and ffmpeg, which does not tell
 * the rates, if it is missing. Throws the signal's reason on abort.
 */
export async function listOffers(
  device: string,
  { os, signal, log }: { os: typeof Deno.build.os; signal: AbortSignal; log: Log },
): Promise<CameraOffer[]> {
  const questions = os === "linux" ? [askV4l2Ctl, askFfmpeg] : [askFfmpeg];
  for (const ask of questions) {
    try {
      const offers = await ask(device, { os, signal });
      if (offers.length > 0) return offers;
    } catch (thrown) {
      signal.throwIfAborted();
      log.debug(`cannot learn the modes of ${device}: ${messageOf(thrown)}`);
    }
  }
  return [];
}

async function askV4l2Ctl(
  device: string,
  { signal }: { signal: AbortSignal },
): Promise<CameraOffer[]> {
  const limit = LIMIT_MS;
  const { lines } = await runV4l2Ctl(device, ["--list-formats-ext"], { signal, limit });
  return readV4l2CtlFormats(lines);
}

async function askFfmpeg(
  device: string,
  { os, signal }: { os: typeof Deno.build.os; signal: AbortSignal },
): Promise<CameraOffer[]> {
  using limited = new LinkedAbortController(signal);
  const timer = setTimeout(() => limited.abort(new Error("ffmpeg does not answer")), LIMIT_MS);
  try {
    const args = ["-hide_banner", "-nostdin", ...offerArguments(device, os)];
    await using ffmpeg = new FfmpegProcess("ffmpeg", args, { stdin: "null", stdout: "null" });
    const lines: string[] = [];
    ffmpeg.onLine = (line) => void lines.push(line);
    await abortable(ffmpeg.ended, limited.signal);
    return readerOf(os)(lines);
  } finally {
    clearTimeout(timer);
  }
}

function readerOf(os: typeof Deno.build.os): (lines: readonly string[]) => CameraOffer[] {
  if (os === "darwin") return readAvfoundationModes;
  return os === "windows" ? readDshowList : readV4l2List;
}
