/** An ffmpeg that turns some bytes into others and ends. */

import { Failure } from "../log/failure.ts";
import { lastWords } from "./diagnose.ts";
import { FfmpegProcess } from "./process.ts";

/** Gives `input` to ffmpeg; what it writes. Throws a `Failure` where it can't, or on abort. */
export async function runFfmpeg(
  args: string[],
  input: Uint8Array,
  { signal }: { signal: AbortSignal },
): Promise<Uint8Array> {
  await using ffmpeg = new FfmpegProcess("ffmpeg", args, { stdin: "piped", stdout: "piped" });
  const stop = () => ffmpeg.stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    const writer = ffmpeg.stdin.getWriter();
    const output = new Response(ffmpeg.stdout).bytes();
    await writer.write(input).then(() => writer.close()).catch(() => {}); // its end tells why
    const bytes = await output;
    const { success } = await ffmpeg.ended;
    if (success && !signal.aborted) return bytes;
    throw new Failure(`ffmpeg says: ${lastWords(ffmpeg.lines)}`, "check the installed ffmpeg");
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
