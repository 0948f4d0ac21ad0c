/** The JPEGs that a source sends, as multipart JPEG from ffmpeg: each one is given with the number of its frame. */

import type { Frame } from "../frame/frame.ts";
import { type FrameSize, isSameSize } from "../frame/frame_size.ts";
import type { Jpeg } from "../frame/jpeg.ts";
import { Latest } from "../frame/latest.ts";
import { completeJpeg } from "../wire/camera_jpeg.ts";
import { MjpegReader } from "../wire/mjpeg.ts";
import { WireError } from "../wire/wire_error.ts";
import type { CopiedPackets } from "./copied_packets.ts";
import { FrameMatcher, type FrameTime } from "./frame_matcher.ts";

/** The size that bounds what a part may take: that of the source is not known when its first one comes. */
const LARGEST = { width: 8192, height: 8192 };

export class CopiedJpegs implements CopiedPackets {
  readonly jpegs = new Latest<Jpeg>();
  isGiven = false;
  readonly #onGiven: () => void;
  readonly #matcher = new FrameMatcher<Uint8Array>((jpeg, time) => this.#put(jpeg, time));
  /** Of the raw frames. */
  #size: FrameSize | undefined;

  /** `onGiven` is called each time the source begins to send JPEGs that can be passed on. */
  constructor({ onGiven }: { onGiven: () => void }) {
    this.#onGiven = onGiven;
  }

  async read(connection: Deno.Conn): Promise<void> {
    this.#matcher.clearPackets();
    const reader = new PartReader(LARGEST);
    for (let count; (count = await connection.read(reader.space)) !== null;) {
      reader.filled(count, 0);
      for (let part; (part = reader.take());) {
        // What else the source may send comes here, too.
        if (!isJpeg(part.payload)) return;
        this.#matcher.packet(part.payload);
      }
    }
  }

  captured(frame: Frame): void {
    this.#size = frame.format;
    this.#matcher.frame(frame);
  }

  clear(): void {
    this.isGiven = false;
    this.#matcher.clear();
    this.jpegs.clear();
  }

  #put(packet: Uint8Array, { sequence, capturedAt }: FrameTime): void {
    const complete = readComplete(packet);
    if (!complete) return;
    const isSame = this.#size && isSameSize(this.#size, complete.size);
    const wasGiven = this.isGiven;
    this.isGiven = isSame === true;
    // No viewer must see the last one of the other size.
    if (!isSame) return this.jpegs.clear();
    if (!wasGiven) this.#onGiven();
    this.jpegs.put({ bytes: complete.bytes, sequence, capturedAt, kind: undefined });
  }
}

/** Reads the parts of ffmpeg, whatever is in them. */
class PartReader extends MjpegReader {
  protected override checkBody(): void {}
}

function isJpeg([first, second]: Uint8Array): boolean {
  return first === 0xff && second === 0xd8;
}

/** Undefined for a JPEG that is damaged, as after a fault on USB: the next one comes soon. */
function readComplete(packet: Uint8Array): ReturnType<typeof completeJpeg> | undefined {
  try {
    return completeJpeg(packet);
  } catch (thrown) {
    if (thrown instanceof WireError) return undefined;
    throw thrown;
  }
}
