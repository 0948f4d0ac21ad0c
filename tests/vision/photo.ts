/** The photo of tests/media as a gray picture of a given size. */

import { assert } from "@std/assert";

export interface Photo {
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export async function photo({ width, height }: { width: number; height: number }): Promise<Photo> {
  const path = new URL("../media/astronaut.jpg", import.meta.url).pathname;
  const scale = `scale=${width}:${height}:force_original_aspect_ratio=increase`;
  const { success, stdout } = await new Deno.Command("ffmpeg", {
    args: [
      "-nostdin",
      "-loglevel",
      "error",
      "-i",
      path,
      "-vf",
      `${scale},crop=${width}:${height}:0:0`,
    ]
      .concat(["-pix_fmt", "gray", "-f", "rawvideo", "-"]),
    stderr: "inherit",
  }).output();
  assert(success, "ffmpeg failed");
  return { pixels: stdout, width, height };
}
