/** What an ffmpeg that writes an output reads: frames as pixels in Matroska, or the H.264 that they came as, in FLV. */

import { matroskaFrame, matroskaHead } from "../ffmpeg/matroska.ts";
import type { Frame } from "../frame/frame.ts";
import type { FrameFormat } from "../frame/frame_format.ts";
import { formatAnnexB, NAL_TYPES, nalType, nalUnits } from "../wire/annex_b.ts";
import { FlvWriter } from "../wire/flv.ts";

export interface Feed {
  /** The bytes before the first frame; may be empty. */
  readonly head: Uint8Array;
  /** The bytes of a frame, in pieces; `time` in whole milliseconds, which must grow. */
  pieces(frame: Frame, time: number): readonly Uint8Array[];
}

/** Frames of `format`, to be encoded. `fps`: the usual rate. */
export function pixelFeed(format: FrameFormat, { fps }: { fps: number }): Feed {
  return {
    head: matroskaHead(format, { fps }),
    pieces: ({ pixels }, time) => [matroskaFrame(format, time), pixels],
  };
}

/** Frames that came as H.264, the first one as a keyframe, to be stored as they are. */
export function unitFeed(): Feed {
  const flv = new FlvWriter();
  let isFirst = true;
  return {
    head: new Uint8Array(),
    pieces: ({ encoded }, time) => {
      if (!encoded) throw new RangeError("the frame did not come as H.264");
      const { bytes, isKey } = encoded.unit;
      // The file has the SPS and PPS of its first frame: `UnitChain` has compared the others.
      const unit = isFirst ? bytes : withoutParameters(bytes);
      isFirst = false;
      return [flv.write({ bytes: unit, isKey }, time)];
    },
  };
}

function withoutParameters(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const isParameter = (nal: Uint8Array) =>
    nalType(nal) === NAL_TYPES.sps || nalType(nal) === NAL_TYPES.pps;
  return formatAnnexB(nalUnits(bytes).filter((nal) => !isParameter(nal)));
}
