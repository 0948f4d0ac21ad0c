/** Why a stream ended, in words for the user. */

import { Failure, messageOf } from "../frame/failure.ts";
import { formatFrameSize, type FrameSize } from "../frame/frame_size.ts";
import { WireError } from "../wire/wire_error.ts";

/** What to do where a server closes before it has sent a frame. */
export const NO_FRAME_HINT =
  "see what it says: it may let this host not in (--allow), want a token, be full, or have ended";

/** What to throw where reading failed after so many frames. */
export function brokenOff(thrown: unknown, frames: number): Failure {
  const options = { cause: thrown };
  if (thrown instanceof WireError) {
    return new Failure(
      `The stream is damaged after ${frames} frames: ${thrown.message}`,
      "check that both sides are the same version of framewire, and the network between them",
      options,
    );
  }
  return new Failure(
    `The stream broke off after ${frames} frames: ${messageOf(thrown)}`,
    "check the network and the server",
    options,
  );
}

/** Throws a `Failure` where the stream did not end as it should. */
export function judgeEnd(
  { frames, cut, stalledFor, size, foreign, mute }: {
    frames: number;
    cut: string | undefined;
    stalledFor: number | undefined;
    size: FrameSize;
    /** Whether the server does not speak. */
    foreign: boolean;
    /** Whether the wire has no word for its end. */
    mute: boolean;
  },
): void {
  const why = stalledFor === undefined
    ? "the server closed the connection"
    : `nothing came for ${stalledFor} s`;
  if (cut !== undefined) {
    throw new Failure(
      `The stream broke off: ${why}, frame ${frames} was ${cut}`,
      `check the server, and that its frames are ${formatFrameSize(size)}` +
        (foreign ? " (--raw, for one that takes our greeting amiss)" : ""),
    );
  }
  if (frames === 0) {
    throw new Failure(
      "The server closed the connection before the first frame",
      NO_FRAME_HINT,
    );
  }
  if (!mute) {
    throw new Failure(
      `The stream broke off after ${frames} frames: ${why}`,
      "see what the server says; without --no-reconnect it is waited for",
    );
  }
}
