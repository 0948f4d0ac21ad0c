/** The shape of what reads one kind of packets that ffmpeg copies from a source. */

import type { Frame } from "../frame/frame.ts";

export interface CopiedPackets {
  /** Whether the source sends such packets, and they can be passed on. */
  readonly isGiven: boolean;
  /** Reads what one ffmpeg copies, until its end. Throws a `WireError` where it cannot be passed on. */
  read(connection: Deno.Conn): Promise<void>;
  /** A raw frame was captured: its packet gets its number and time. */
  captured(frame: Frame): void;
  /** The source is lost, or does not send such packets any more. */
  clear(): void;
}
