/** Checks before the start that a camera can be encoded as its options say. */

import { checkEncoder } from "../ffmpeg/check_encoder.ts";
import { installedH264Encoders } from "../ffmpeg/h264_encoders.ts";
import { Failure } from "../log/failure.ts";
import type { CameraOptions } from "./camera_options.ts";

/** Throws a `Failure` if the encoder does not work, or if silent clients are to get H.264 and there is none. */
export async function checkEncoding(
  { wire, lossless, encoder }: Pick<CameraOptions, "wire" | "lossless" | "encoder">,
): Promise<void> {
  await checkEncoder(encoder);
  if (wire !== "h264") return;
  if (lossless) {
    throw new Failure(
      "Cannot serve H.264 with --lossless: it would change the pictures",
      "choose --wire raw or y4m, or remove --lossless",
    );
  }
  if ((await installedH264Encoders()).includes(encoder)) return;
  throw new Failure(
    `Cannot serve H.264: ffmpeg has no encoder "${encoder}"`,
    "install a complete ffmpeg, or choose another --wire or --encoder",
  );
}
