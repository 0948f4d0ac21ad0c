/**
 * What a source sends encoded already, H.264 or JPEG, as it is: ffmpeg copies it beside the raw frames, to sockets that
 * this owns. Nothing is decoded or encoded here.
 */

import type { CopyPaths } from "../ffmpeg/capture_arguments.ts";
import type { EncodedFrames } from "../frame/encoded_frames.ts";
import type { Frame } from "../frame/frame.ts";
import type { Ending } from "../frame/latest.ts";
import type { Log } from "../log/log.ts";
import { CopiedJpegs } from "./copied_jpegs.ts";
import { CopiedUnits } from "./copied_units.ts";
import { CopySockets } from "./copy_sockets.ts";

export class CopiedOutput implements AsyncDisposable {
  /** Where ffmpeg copies to. */
  readonly paths: CopyPaths;
  readonly #sockets: CopySockets;
  readonly #h264: CopiedUnits;
  readonly #jpegs: CopiedJpegs;

  private constructor(
    sockets: CopySockets,
    { h264, jpegs }: { h264: CopiedUnits; jpegs: CopiedJpegs },
  ) {
    this.paths = sockets.paths;
    this.#sockets = sockets;
    this.#h264 = h264;
    this.#jpegs = jpegs;
  }

  /** Opens the sockets. Undefined where that is not possible: then what is sent is encoded. */
  static async open(
    { name, log }: { name: string; log: Log },
  ): Promise<CopiedOutput | undefined> {
    let isSaid = false;
    const say = (codec: string) => () => {
      const line = `${name} sends ${codec}, which viewers get as it is`;
      if (isSaid) log.debug(line);
      else log.info(line);
      isSaid = true;
    };
    const packets = {
      h264: new CopiedUnits({ onGiven: say("H.264") }),
      jpegs: new CopiedJpegs({ onGiven: say("JPEG") }),
    };
    const sockets = await CopySockets.open(packets, { log });
    return sockets && new CopiedOutput(sockets, packets);
  }

  /** What the source sends; nothing while it is lost, or sends what cannot be passed on. */
  get encoded(): EncodedFrames {
    const { units, rate, keyframeMs } = this.#h264;
    if (this.#h264.isGiven) return { h264: { units, rate, keyframeMs } };
    return this.#jpegs.isGiven ? { jpegs: this.#jpegs.jpegs } : {};
  }

  /** A raw frame was captured: the packet that it was in gets its number and time. */
  captured(frame: Frame): void {
    this.#h264.captured(frame);
    this.#jpegs.captured(frame);
  }

  /** The source is lost. */
  clear(): void {
    this.#h264.clear();
    this.#jpegs.clear();
  }

  /** No more frames come. */
  end(ending: Ending): void {
    this.#h264.units.end(ending);
    this.#jpegs.jpegs.end(ending);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sockets[Symbol.asyncDispose]();
  }
}
