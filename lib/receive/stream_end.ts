/** Why a stream ended, in words for the user. */

import { Failure, messageOf } from "../log/failure.ts";
import { formatFrameSize, type FrameSize } from "../frame/frame_size.ts";
import type { Refusal } from "../wire/hello.ts";
import { WireError } from "../wire/wire_error.ts";
import { NotReady } from "./connect.ts";

/** What to do where a server closes before it has sent a frame. */
export const NO_FRAME_HINT =
  "see the server's log: it may require --tls or a token, refuse this address (--allow), be full, or have ended";

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

/** What to throw where the server says that its stream has failed. */
export function serverFailed(frames: number): Failure {
  return new Failure(
    `The server's stream failed after ${frames} frames`,
    "see the server's log; without --no-reconnect the client waits for it",
  );
}

/** What to throw where a server without a greeting was lost and no longer listens. */
export function serverEnded({ message, cause }: Failure): Failure {
  return new Failure(
    `${message}; no server listens there any more`,
    "if its film has ended, receive it with --raw: without our greeting the end is not cut; " +
      "--wait-for-server waits for a restart",
    { cause },
  );
}

/** Throws a `Failure` where the stream did not end as it should. */
export function judgeEnd(
  { frames, cut, lost, size, foreign, mute }: {
    frames: number;
    cut: string | undefined;
    /** Why the connection was given up; undefined where the server closed it. */
    lost: string | undefined;
    size: FrameSize;
    /** Whether the server does not speak. */
    foreign: boolean;
    /** Whether the wire has no word for its end. */
    mute: boolean;
  },
): void {
  const why = lost ?? "the server closed the connection";
  if (cut !== undefined) {
    throw new Failure(
      `The stream broke off: ${why}, frame ${frames} was ${cut}`,
      `check the server, and that its frames are ${formatFrameSize(size)}` +
        (foreign ? " (use --raw for a server that does not expect a greeting)" : ""),
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
      "see the server's log; without --no-reconnect the client waits for it",
    );
  }
}

/** What to throw where the server refuses. */
export function refused({ error, message }: Refusal): Failure {
  const refusal = `The server refuses: ${message}`;
  const wait = "or wait for a place: --wait-for-server";
  if (error === "busy" && /clients of /.test(message)) { // of one address
    return new NotReady(refusal, `start the server with a higher --max-per-host, ${wait}`);
  }
  if (error === "busy") {
    return new NotReady(refusal, `start the server with a higher --max-clients, ${wait}`);
  }
  const hint = error === "token"
    ? "give the server's token with --token-file FILE"
    : "see what the server says";
  return new Failure(refusal, hint);
}
