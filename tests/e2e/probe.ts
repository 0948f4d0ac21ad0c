/** Files and streams as ffprobe reads them. */

import { run } from "./programs.ts";

const utf8 = new TextDecoder();

/** A file or a stream, frame by frame. */
export async function probe(
  name: string,
  options: string[] = [],
): Promise<{ codec: string; size: string; times: number[]; duration: number }> {
  const entries = "stream=codec_name,width,height:frame=best_effort_timestamp_time:format=duration";
  const { streams: [stream], frames, format } = JSON.parse(utf8.decode(
    await run("ffprobe", [
      "-v",
      "error",
      "-show_entries",
      entries,
      "-of",
      "json",
      ...options,
      name,
    ]),
  ));
  return {
    codec: stream.codec_name,
    size: `${stream.width}x${stream.height}`,
    times: frames.map((frame: Record<string, string>) => Number(frame.best_effort_timestamp_time)),
    duration: Number(format.duration),
  };
}
