/** An ffmpeg that turns some bytes into others and ends. */

import { abortedOr } from "../async/aborted.ts";
import { Failure } from "../log/failure.ts";
import { lastWords } from "./diagnose.ts";
import { FfmpegProcess } from "./process.ts";

/** Gives `input` to ffmpeg and returns its output. Throws a `Failure` where ffmpeg fails, and on abort. */
export async function runFfmpeg(
  args: string[],
  input: Uint8Array,
  { signal }: { signal: AbortSignal },
): Promise<Uint8Array> {
  await using ffmpeg = new FfmpegProcess("ffmpeg", args, { stdin: "piped", stdout: "piped" });
  const running = run(ffmpeg, input);
  running.catch(() => {}); // thrown below, or ignored after an abort
  await abortedOr(running, signal);
  if (!signal.aborted) return await running;
  throw new Failure("ffmpeg was stopped before it finished", "check the load of this computer");
}

async function run(ffmpeg: FfmpegProcess, input: Uint8Array): Promise<Uint8Array> {
  const writer = ffmpeg.stdin.getWriter();
  const output = new Response(ffmpeg.stdout).bytes();
  await writer.write(input).then(() => writer.close()).catch(() => {}); // its end tells why
  const bytes = await output;
  const { success } = await ffmpeg.ended;
  if (success) return bytes;
  throw new Failure(`ffmpeg says: ${lastWords(ffmpeg.lines)}`, "check the installed ffmpeg");
}
