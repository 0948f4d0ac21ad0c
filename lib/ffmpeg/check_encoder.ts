/** Tries an H.264 encoder: whether ffmpeg has it, and whether this computer has what it needs. */

import { lastWords } from "./diagnose.ts";
import { Failure } from "../log/failure.ts";
import { grayFormat } from "../frame/frame_format.ts";
import { DEFAULT_ENCODER, h264EncoderArguments, type H264EncoderName } from "./h264_arguments.ts";
import { matroskaFrame, matroskaHead } from "./matroska.ts";
import { installedH264Encoders } from "./h264_encoders.ts";
import { FfmpegProcess } from "./process.ts";

/** How long it may take, in milliseconds. */
const TIMEOUT_MS = 10_000;

/** Large enough for encoders in hardware. */
const FORMAT = grayFormat({ width: 320, height: 240 });

const checked = new Map<H264EncoderName, Promise<void>>();

/**
 * Throws a `Failure` if the encoder does not work. Each one is tried once; the default one never is: a server without
 * it serves JPEGs.
 */
export async function checkEncoder(name: H264EncoderName): Promise<void> {
  if (name === DEFAULT_ENCODER) return;
  const check = checked.get(name) ?? tryEncoder(name);
  checked.set(name, check);
  await check;
}

async function tryEncoder(encoder: H264EncoderName): Promise<void> {
  const installed = await installedH264Encoders();
  if (!installed.includes(encoder)) {
    throw new Failure(
      `Cannot encode with "${encoder}": this ffmpeg does not have it`,
      `it has ${installed.join(", ") || "no encoder for H.264"}`,
    );
  }
  const args = h264EncoderArguments({ size: FORMAT, rate: 1_000_000 }, { encoder });
  await using ffmpeg = new FfmpegProcess("ffmpeg", args, { stdin: "piped", stdout: "piped" });
  const timer = setTimeout(() => ffmpeg.kill(), TIMEOUT_MS);
  try {
    const output = new Response(ffmpeg.stdout).bytes();
    const pixels = new Uint8Array(FORMAT.width * FORMAT.height);
    const film = [matroskaHead(FORMAT, { fps: 30 }), matroskaFrame(FORMAT, 0), pixels];
    // If ffmpeg ends early, its lines say why.
    await new Blob(film).stream().pipeTo(ffmpeg.stdin).catch(() => {});
    await output;
    const { success } = await ffmpeg.ended;
    if (!success) throw explain(encoder, ffmpeg.lines);
  } finally {
    clearTimeout(timer);
  }
}

/** What the lines of a failed try mean: the first one names the reason, the later ones what follows from it. */
export function explain(encoder: H264EncoderName, lines: readonly string[]): Failure {
  return new Failure(
    `Cannot encode with "${encoder}": ffmpeg says: ${lastWords(lines.slice(0, 1))}`,
    `check the driver and the permissions of its device, or use --encoder ${DEFAULT_ENCODER}`,
  );
}
