/** What a receiver is told, and what it tells of a server that is away. */

import type { FrameSize } from "../frame/frame_size.ts";
import type { Log } from "../log/log.ts";
import type { Wire } from "../wire/hello.ts";
import type { ServerAddress } from "./connect.ts";

export interface ReceiverOptions extends ServerAddress {
  /** "auto": y4m, and mjpeg where the link carries too few frames. Undefined: say nothing, read raw. */
  readonly wire: Wire | "auto" | undefined;
  /** What the server wants to hear, if it does. */
  readonly token?: string | undefined;
  /** What the user says of the size; undefined where the server is to tell. */
  readonly size: FrameSize | "auto" | undefined;
  /** Bytes from one row's start to the next, where rows are padded. */
  readonly stride?: number | undefined;
  /** Seconds without a byte, in the middle of a frame or from a server that speaks: it is lost. */
  readonly stall: number;
  /** For how many seconds a server that is not there yet is waited for; 0 or undefined: not at all. */
  readonly waitForServer?: number | undefined;
  /** Whether a server that is lost is waited for. */
  readonly reconnect: boolean;
  /** Whether NO SIGNAL pictures are given as if they were frames. */
  readonly placeholders: boolean;
  /** Draws the placeholder for a server that is away: `width*height` bytes, gray. Undefined: none. */
  readonly drawPlaceholder?:
    | ((size: FrameSize, outage: Outage & { readonly name: string }) => Uint8Array<ArrayBuffer>)
    | undefined;
  /** Told when the server is lost, and when it is back. */
  readonly onOutage?: (event: "lost" | "back", why: string) => void;
  readonly log: Log;
}

/** A server that is away. */
export interface Outage {
  readonly since: Date;
  /** In words for people. */
  readonly why: string;
}
