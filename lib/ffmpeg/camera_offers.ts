/** Reads what tools print about a camera's formats, sizes and rates. Pure: lines in, offers out. */

import { formatFrameSize, type FrameSize } from "../frame/frame_size.ts";
import { type CameraOffer, formatRate, MJPEG, type RateRange } from "./camera_mode.ts";

/** ffmpeg's names of V4L2's formats (`v4l2-ctl --list-formats`); others are not used. */
const V4L2_FORMATS: { readonly [code: string]: string } = {
  YU12: "yuv420p",
  NV12: "nv12",
  "422P": "yuv422p",
  YUYV: "yuyv422",
  UYVY: "uyvy422",
  GREY: "gray",
  RGB3: "rgb24",
  BGR3: "bgr24",
  MJPG: MJPEG,
  JPEG: MJPEG,
};

/**
 * Reads the list of `v4l2-ctl --list-formats-ext`:
 *
 *     [0]: 'YUYV' (YUYV 4:2:2)
 *         Size: Discrete 640x480
 *             Interval: Discrete 0.033s (30.000 fps)
 */
export function readV4l2CtlFormats(lines: readonly string[]): CameraOffer[] {
  const offers: CameraOffer[] = [];
  let format: string | undefined;
  let rates: RateRange[] = [];
  for (const line of lines) {
    // "[0]: 'YUYV'"; before version 1.14: "Pixel Format: 'YUYV'"
    const code = /^\s*(?:\[\d+\]|Pixel Format)\s*: '([^']+)'/.exec(line)?.[1];
    if (code !== undefined) format = V4L2_FORMATS[code];
    if (format === undefined) continue;
    const size = /^\s*Size: (?:Discrete|Stepwise|Continuous) (.*)/.exec(line)?.[1];
    if (size !== undefined) {
      rates = [];
      const read = readSizes(size);
      if (read) offers.push({ format, ...read, rates });
    }
    const interval = /^\s*Interval: .*\(([\d.]+)(?:-([\d.]+))? fps\)/.exec(line);
    if (interval) {
      const ends = interval.slice(1).filter((text) => text !== undefined).map(Number);
      rates.push({ least: Math.min(...ends), most: Math.max(...ends) });
    }
  }
  return offers;
}

/** `640x480`, or `16x16 - 1920x1080 with step 2/2`. */
function readSizes(text: string): Pick<CameraOffer, "size" | "range"> | undefined {
  const range = /^(\d+)x(\d+) - (\d+)x(\d+)(?: with step (\d+)\/(\d+))?/.exec(text);
  if (range) {
    const [minWidth, minHeight, maxWidth, maxHeight, stepWidth, stepHeight] = numbers(range);
    return {
      size: frameSize(maxWidth, maxHeight),
      range: {
        least: frameSize(minWidth, minHeight),
        step: frameSize(stepWidth || 1, stepHeight || 1),
      },
    };
  }
  const single = /^(\d+)x(\d+)/.exec(text);
  return single ? { size: frameSize(...numbers(single)) } : undefined;
}

/**
 * Reads the list of `ffmpeg -f v4l2 -list_formats all`, which has no rates:
 *
 *     [video4linux2,v4l2 @ ADDR] Raw       :     yuyv422 :           YUYV 4:2:2 : 640x480 1280x720
 *     [video4linux2,v4l2 @ ADDR] Compressed:       mjpeg :          Motion-JPEG : {16-1920, 2}x{16-1080, 2}
 */
export function readV4l2List(lines: readonly string[]): CameraOffer[] {
  return lines.flatMap((line) => {
    const match = /\] *(?:Raw|Compressed) *: +(\S+) : .* :((?: (?:\d+x\d+|\{.*\}))+) *$/.exec(line);
    const [, format, sizes = ""] = match ?? [];
    if (format === undefined || format === "Unsupported") return [];
    const range = /\{(\d+)-(\d+), (\d+)\}x\{(\d+)-(\d+), (\d+)\}/.exec(sizes);
    if (range) {
      const [minWidth, maxWidth, stepWidth, minHeight, maxHeight, stepHeight] = numbers(range);
      const least = frameSize(minWidth, minHeight);
      const step = frameSize(stepWidth, stepHeight);
      return [{ format, size: frameSize(maxWidth, maxHeight), range: { least, step }, rates: [] }];
    }
    return [...sizes.matchAll(/(\d+)x(\d+)/g)].map((size) => ({
      format,
      size: frameSize(...numbers(size)),
      rates: [],
    }));
  });
}

/**
 * Reads the list of `ffmpeg -f dshow -list_options true`:
 *
 *     [dshow @ ADDR]   pixel_format=yuyv422  min s=640x480 fps=5 max s=640x480 fps=30
 *     [dshow @ ADDR]   vcodec=mjpeg  min s=640x480 fps=5 max s=640x480 fps=30.0003 (pc, bt470bg/bt709/unknown, center)
 */
export function readDshowList(lines: readonly string[]): CameraOffer[] {
  const pattern =
    /(?:pixel_format|vcodec)=(\S+) +min s=\d+x\d+ fps=([\d.]+) max s=(\d+)x(\d+) fps=([\d.]+)/;
  return lines.flatMap((line) => {
    const match = pattern.exec(line);
    if (!match) return [];
    const [least = 0, width, height, most = 0] = match.slice(2).map(Number);
    return [{ format: match[1], size: frameSize(width, height), rates: [{ least, most }] }];
  });
}

/**
 * Reads the modes in the error message of avfoundation for a size that no camera has:
 *
 *     [avfoundation @ ADDR] Supported modes:
 *     [avfoundation @ ADDR]   640x480@[15.000000 30.000000]fps
 */
export function readAvfoundationModes(lines: readonly string[]): CameraOffer[] {
  return lines.flatMap((line) => {
    const match = /\] +(\d+)x(\d+)@\[([\d.]+) ([\d.]+)\]fps/.exec(line);
    if (!match) return [];
    const [width, height, least = 0, most = 0] = numbers(match);
    return [{ format: undefined, size: frameSize(width, height), rates: [{ least, most }] }];
  });
}

/**
 * The offers for people, one line a size and list of rates, with the formats that have them:
 * `    640x480    30, 15 fps    yuyv422, mjpeg`.
 */
export function formatOffers(offers: readonly CameraOffer[]): string[] {
  const formats = new Map<string, Set<string>>();
  for (const { format, size, range, rates } of offers) {
    const sizes = `${range ? `${formatFrameSize(range.least)} to ` : ""}${formatFrameSize(size)}`;
    const key = `    ${sizes.padEnd(9)}${formatRates(rates)}`;
    const row = formats.get(key) ?? new Set();
    formats.set(key, row.add(format ?? ""));
  }
  return [...formats].map(([key, names]) => `${key}  ${[...names].join(", ")}`.trimEnd());
}

function formatRates(rates: readonly RateRange[]): string {
  if (rates.length === 0) return "";
  const texts = rates.toSorted((a, b) => b.most - a.most).map(({ least, most }) =>
    least === most ? formatRate(most) : `${formatRate(least)} to ${formatRate(most)}`
  );
  return `  ${[...new Set(texts)].join(", ")} fps`;
}

/** The rate in ffmpeg's line about a v4l2 driver that has chosen another one; undefined for any other line. */
export function readChangedRate(line: string): number | undefined {
  const match = /The driver changed the time per frame from \S+ to (\d+)\/(\d+)/.exec(line);
  return match ? Number(match[2]) / Number(match[1]) : undefined;
}

function numbers(match: RegExpExecArray): number[] {
  return match.slice(1).map(Number);
}

function frameSize(width = 0, height = 0): FrameSize {
  return { width, height };
}
