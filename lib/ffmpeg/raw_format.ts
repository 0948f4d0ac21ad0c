/** Recognizes the ffmpeg input options for raw frames that this program reads without ffmpeg. Pure. */

import type { FrameFormat, PixelFormat } from "../frame/frame_format.ts";
import { parseFrameSize } from "../frame/frame_size.ts";

/** The frames on stdin, as the options describe them. */
export interface RawFormat {
  readonly format: FrameFormat;
  /** Frames a second; undefined where the options do not contain it. */
  readonly fps: number | undefined;
}

/** The options of ffmpeg's rawvideo demuxer, with their short names. */
const NAMES: { readonly [option: string]: "format" | "pixels" | "size" | "rate" } = {
  ...{ "-f": "format", "-pixel_format": "pixels", "-pix_fmt": "pixels" },
  ...{ "-video_size": "size", "-s": "size", "-framerate": "rate", "-r": "rate" },
};

/** Our names of ffmpeg's pixel formats that need no conversion: full range. */
const PIXELS: { readonly [name: string]: PixelFormat } = {
  ...{ gray: "gray", gray8: "gray", y8: "gray" },
  yuvj420p: "yuv420p",
};

/**
 * The format in ffmpeg's input options, where it is rawvideo of our pixels without any further option; undefined for
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
  const pixels = PIXELS[values.get("pixels") ?? ""];
  if (values.get("format") !== "rawvideo" || !pixels || !size) return undefined;
  const rate = values.get("rate");
  const fps = rate === undefined ? undefined : readRate(rate);
  return rate !== undefined && fps === undefined ? undefined : { format: { ...size, pixels }, fps };
}

/** `30`, `29.97` or `30000/1001`. */
function readRate(text: string): number | undefined {
  const [, over, under = "1"] = /^(\d+(?:\.\d+)?)(?:\/(\d+))?$/.exec(text) ?? [];
  const fps = Number(over) / Number(under);
  return fps > 0 && Number.isFinite(fps) ? fps : undefined;
}
