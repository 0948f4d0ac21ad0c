/** Why a stream ended, in words for the user. */

import { plural } from "../log/plural.ts";
import { Failure, messageOf } from "../log/failure.ts";
import { formatFrameSize } from "../frame/frame_size.ts";
import type { Refusal } from "../wire/hello.ts";
import { WireError } from "../wire/wire_error.ts";
import { NotReady, type ServerAddress } from "./connect.ts";
import type { OpenStream } from "./open_stream.ts";

const SERVER_HINT = "see the server's log; without --no-reconnect the client waits for it";

/** The stream would lead back to this server, or passes through too many servers. */
export class StreamLoop extends Failure {
  override name = "StreamLoop";

  constructor(message: string) {
    super(message, "receive the camera from the server that captures it");
  }
}

/** The server does not have the format that was requested. */
export class NoSuchWire extends Failure {
  override name = "NoSuchWire";
}

/** What to throw if a server closes before it has sent a frame. */
export function closedBeforeFirstFrame({ tls }: ServerAddress, options?: ErrorOptions): NotReady {
  const required = tls ? "a token" : "--tls or a token";
  return new NotReady(
    "The server closed the connection before the first frame",
    `see the server's log: it may require ${required}, refuse this address (--allow), ` +
      "be full, or have ended",
    options,
  );
}

/** What to throw if reading failed after so many frames. */
export function brokenOff(thrown: unknown, frames: number): Failure {
  const options = { cause: thrown };
  if (thrown instanceof WireError) {
    return new Failure(
      `The stream is damaged after ${plural(frames, "frame")}: ${thrown.message}`,
      "check that both sides run the same version of framewire, and the network between them",
      options,
    );
  }
  return new Failure(
    `The stream broke off after ${plural(frames, "frame")}: ${messageOf(thrown)}`,
    "check the network and the server",
    options,
  );
}

/** What to throw if a server without a greeting was lost and no longer listens. */
export function serverEnded({ message, cause }: Failure): Failure {
  return new Failure(
    `${message}; no server listens there any more`,
    "if its film has ended, receive it with --raw: without our greeting the end is not cut; " +
      "--wait-for-server waits for a restart",
    { cause },
  );
}

/** How a connection ended, where nothing failed. */
export interface ConnectionEnd {
  readonly stream: OpenStream;
  /** Whole frames so far, on all connections. */
  readonly frames: number;
  /** Why the client closed the connection; undefined: the server did. */
  readonly stall: string | undefined;
  readonly address: ServerAddress;
}

/** The failure that the end of a connection means; undefined if the stream is over. */
export function failureOfEnd({ stream, frames, stall, address }: ConnectionEnd) {
  const { reader, isForeign, wire, format } = stream;
  const why = stall ?? "the server closed the connection";
  if (reader.ending === "over") return undefined;
  if (reader.ending === "failed") {
    return new Failure(`The server's stream failed after ${plural(frames, "frame")}`, SERVER_HINT);
  }
  if (reader.ending === "removed") {
    const { hostname, port } = address;
    return new Failure(
      `The server has removed the stream after ${plural(frames, "frame")}`,
      `./client ${hostname} ${port} --list-streams lists the streams that are left`,
    );
  }
  if (reader.partial > 0) {
    const cut = `cut at ${reader.partial} of ${reader.wireBytes} bytes`;
    return new Failure(
      `The stream broke off: ${why}, frame ${frames} was ${cut}`,
      `check the server, and that its frames are ${formatFrameSize(format)}` +
        (isForeign ? " (use --raw for a server that does not expect a greeting)" : ""),
    );
  }
  if (frames === 0) return closedBeforeFirstFrame(address);
  // A raw stream and a foreign one have no word for their end.
  if (isForeign || wire === "raw") return undefined;
  return new Failure(`The stream broke off after ${plural(frames, "frame")}: ${why}`, SERVER_HINT);
}

/** What to throw if the server refuses. */
export function refused({ error, message }: Refusal, address: ServerAddress): Failure {
  const refusal = `The server refuses: ${message}`;
  const wait = "or wait for a place: --wait-for-server";
  if (error === "busy" && /\bclients? of /.test(message)) { // of one address
    return new NotReady(refusal, `start the server with a higher --max-per-host, ${wait}`);
  }
  if (error === "busy") {
    return new NotReady(refusal, `start the server with a higher --max-clients, ${wait}`);
  }
  if (error === "stream") {
    const { hostname, port } = address;
    const hint = `./client ${hostname} ${port} --list-streams lists the streams`;
    return new NotReady(refusal, hint);
  }
  if (error === "loop") return new StreamLoop(refusal);
  // "hello": a server that does not know this format.
  if (error === "wire" || error === "hello" && /^wire is /.test(message)) {
    return new NoSuchWire(refusal, "choose another format: --wire auto, mjpeg or y4m");
  }
  const hint = error === "token"
    ? "give the server's token with --token-file FILE"
    : "see the server's message and its log";
  return new Failure(refusal, hint);
}

/** What to throw if the server answers a request for a stream by name with another one: it ignores the name. */
export function oneStreamOnly(name: string): Failure {
  return new Failure(
    `The server has one stream only, and does not know "${name}"`,
    "leave out the name, or update the server",
  );
}
