/** Recognizes the ffmpeg input options for raw gray frames, which this program reads without ffmpeg. Pure. */

import { type FrameSize, parseFrameSize } from "../frame/frame_size.ts";

/** The frames on stdin, as the options describe them. */
export interface RawFormat {
  readonly size: FrameSize;
  /** Frames a second; undefined where the options do not contain it. */
  readonly fps: number | undefined;
}

/** The options of ffmpeg's rawvideo demuxer, with their short names. */
const NAMES: { readonly [option: string]: "format" | "pixels" | "size" | "rate" } = {
  ...{ "-f": "format", "-pixel_format": "pixels", "-pix_fmt": "pixels" },
  ...{ "-video_size": "size", "-s": "size", "-framerate": "rate", "-r": "rate" },
};

/**
 * The format in ffmpeg's input options, where it is gray rawvideo without any further option; undefined for
 * anything that needs ffmpeg.
 */
export function readRawFormat(inputOptions: readonly string[]): RawFormat | undefined {
  const values = new Map<string, string>();
  for (let i = 0; i < inputOptions.length; i += 2) {
    const name = NAMES[inputOptions[i] ?? ""];
    const value = inputOptions[i + 1];
    if (name === undefined || value === undefined) return undefined;
    values.set(name, value);
  }
  const size = parseFrameSize(values.get("size") ?? "");
  const isGray = ["gray", "gray8", "y8"].includes(values.get("pixels") ?? "");
  if (values.get("format") !== "rawvideo" || !isGray || !size) return undefined;
  const rate = values.get("rate");
  const fps = rate === undefined ? undefined : readRate(rate);
  return rate !== undefined && fps === undefined ? undefined : { size, fps };
}

/** `30`, `29.97` or `30000/1001`. */
function readRate(text: string): number | undefined {
  const [, over, under = "1"] = /^(\d+(?:\.\d+)?)(?:\/(\d+))?$/.exec(text) ?? [];
  const fps = Number(over) / Number(under);
  return fps > 0 && Number.isFinite(fps) ? fps : undefined;
}
