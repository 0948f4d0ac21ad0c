/** Which player of H.264 this browser has, if any. */

import { H264Player } from "./h264_player.js";
import { MsePlayer } from "./mse_player.js";

/** Constrained Baseline, level 3.0: who plays H.264 at all plays this. */
const PLAIN = "avc1.42c01e";

/** A browser on a busy machine may take long to say what it decodes: the page does not wait for it longer, in milliseconds. */
const PATIENCE_MS = 1000;

/** The class of the player with the least delay; undefined where H.264 is not played. */
export async function h264PlayerClass() {
  if (globalThis.VideoDecoder) {
    const config = { codec: PLAIN, optimizeForLatency: true };
    const asked = VideoDecoder.isConfigSupported(config).catch(() => undefined);
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
    const support = await Promise.race([asked, late]);
    if (support?.supported) return H264Player;
  }
  const Source = globalThis.ManagedMediaSource ?? globalThis.MediaSource;
  const hasFrames = "requestVideoFrameCallback" in HTMLVideoElement.prototype;
  if (hasFrames && Source?.isTypeSupported(`video/mp4; codecs="${PLAIN}"`)) return MsePlayer;
  return undefined;
}
