/** A frame size that is not the one that the user gave. */

import { formatFrameSize, type FrameSize, isSameSize } from "../frame/frame_size.ts";
import { Failure } from "../log/failure.ts";

/** The server sends frames of another size than the user gave: another try does not help. */
export class SizesDiffer extends Failure {
  override name = "SizesDiffer";
  readonly has: FrameSize;

  constructor({ has, wanted }: { has: FrameSize; wanted: FrameSize }) {
    const [sent, asked] = [formatFrameSize(has), formatFrameSize(wanted)];
    super(
      `The sizes differ: server sends ${sent}, you asked for ${asked}`,
      "leave out WIDTH and HEIGHT: the server announces them; to scale, use the server's -r",
    );
    this.has = has;
  }
}

/** Throws a `SizesDiffer` if the user gave another size than the server's. */
export function compareSizes(has: FrameSize, wanted: FrameSize | "auto" | undefined): void {
  if (wanted === undefined || wanted === "auto") return;
  if (!isSameSize(has, wanted)) throw new SizesDiffer({ has, wanted });
}

/** Throws a `Failure` if the server's pictures have more pixels than one of the size `max`. */
export function checkSize(has: FrameSize, max: FrameSize | undefined): void {
  if (!max || has.width * has.height <= max.width * max.height) return;
  throw new Failure(
    `The server's picture is too large: ${formatFrameSize(has)}, more pixels than ` +
      formatFrameSize(max),
    "scale it on that server with --resolution",
  );
}
