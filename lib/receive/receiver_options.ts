/** The options of a receiver, and its report of a server that is away. */

import type { Outage } from "../frame/outage.ts";
import type { FrameFormat, PixelFormat } from "../frame/frame_format.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { Log } from "../log/log.ts";
import type { Wire } from "../wire/hello.ts";
import type { ServerAddress } from "./connect.ts";

export interface ReceiverOptions extends ServerAddress {
  /** "auto": y4m, or h264 or mjpeg if the link carries too few frames. Undefined: send no greeting, read raw. */
  readonly wire: Wire | "auto" | undefined;
  /** The pixels to ask for; a server may have gray ones only. Undefined: gray. */
  readonly pixels?: PixelFormat | undefined;
  /** Whether H.264 is to be steady, for a record of it. */
  readonly steady?: boolean | undefined;
  /** Whether nobody needs the pixels of H.264, which is only stored as it comes: its frames have none. */
  readonly undecoded?: boolean | undefined;
  /** The name of one of the server's streams; undefined: its first one. */
  readonly stream?: string | undefined;
  /** The id of this server, if it is going to pass the stream on. */
  readonly serverId?: string | undefined;
  /** The secret that the server requires, if it does. */
  readonly token?: string | undefined;
  /** The size that the user gave; undefined: the server announces it; "auto": detect it. */
  readonly size: FrameSize | "auto" | undefined;
  /** The server's pictures may have as many pixels as one of this size; undefined: no limit. */
  readonly maxSize?: FrameSize | undefined;
  /** Bytes from one row's start to the next, if rows are padded. */
  readonly stride?: number | undefined;
  /** Seconds without a byte within a frame, or from a framewire server, after which the server is lost. */
  readonly stall: number;
  /** How many seconds to wait for a server that is not there yet; 0 or undefined: not at all. */
  readonly waitForServer?: number | undefined;
  /** Whether to connect again when the server is lost. */
  readonly reconnect: boolean;
  /**
   * Whether the stream is the camera of a server: it is waited for whatever it was lost for, a stream that was removed
   * and another size included.
   */
  readonly asCamera?: boolean | undefined;
  /** Whether NO SIGNAL pictures count as frames. */
  readonly placeholders: boolean;
  /** Draws the placeholder for a server that is away: the pixels of a frame of this format. Undefined: none. */
  readonly drawPlaceholder?:
    | ((format: FrameFormat, outage: Outage & { readonly name: string }) => Uint8Array<ArrayBuffer>)
    | undefined;
  /** Called when the server is lost, and when it is back. */
  readonly onOutage?: (event: "lost" | "back", why: string) => void;
  readonly log: Log;
}
