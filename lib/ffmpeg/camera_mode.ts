/** Chooses how a camera captures. Pure: what the camera offers and what the user asks for in, a mode out. */

import { formatFrameSize, type FrameSize, isSameSize } from "../frame/frame_size.ts";

/** A range of frame rates; both ends are equal for a single rate. */
export interface RateRange {
  readonly least: number;
  readonly most: number;
}

/** What a camera offers: a format, a size, and its rates. */
export interface CameraOffer {
  /** ffmpeg's name: `yuyv422`, `mjpeg`; undefined if the system does not tell. */
  readonly format: string | undefined;
  /** The size, or the largest one of a range. */
  readonly size: FrameSize;
  /** The smallest size of a range, and the steps between its sizes. */
  readonly range?: { readonly least: FrameSize; readonly step: FrameSize };
  /** Frames a second; empty if they are unknown. */
  readonly rates: readonly RateRange[];
}

/** How to open a camera. */
export interface CameraMode {
  readonly format: string | undefined;
  readonly size: FrameSize;
  /** Frames a second to ask for. */
  readonly fps: number;
  /** Whether the camera has said that it has this rate at this size. */
  readonly isKnown: boolean;
}

/** What the user asks for. */
export interface WantedMode {
  readonly size?: FrameSize | undefined;
  readonly fps?: number | undefined;
  /** Whether gray frames are only used if the camera has no others. */
  readonly color?: boolean;
}

/** ffmpeg's name of compressed frames: most webcams reach their full rate only with them. */
export const MJPEG = "mjpeg";

/** The defaults of a camera. */
const DEFAULT = { size: { width: 640, height: 480 }, fps: 30 };

/** The raw formats that are used, in order of preference: those with whole lines of gray first. */
const RAW_FORMATS = ["yuv420p", "nv12", "yuv422p", "yuyv422", "uyvy422", "gray", "rgb24", "bgr24"];

/** 30 is also taken for 29.97. */
const RATE_TOLERANCE = 0.01;

/** An area so many times larger than wanted is used if its shape is the wanted one. */
const LARGEST_GROWTH = 4;

/**
 * The size asked for, or 640x480, at the highest rate up to the one asked for, or 30: raw where raw reaches that rate,
 * MJPEG otherwise. For a size that is not offered: the smallest one that covers it. Undefined if the camera offers
 * nothing that can be used.
 */
export function chooseMode(
  offers: readonly CameraOffer[],
  { size: wanted = DEFAULT.size, fps: limit = DEFAULT.fps, color = false }: WantedMode,
): CameraMode | undefined {
  const known = offers.filter(({ format }) => rank(format) >= 0);
  const colored = known.filter(({ format }) => format !== "gray");
  const usable = (color && colored.length > 0 ? colored : known)
    .map((offer) => ({ ...offer, size: sizeIn(offer, wanted) }));
  const size = nearestSize(usable.map(({ size }) => size), wanted);
  if (!size) return undefined;
  const modes = usable.filter((offer) => isSameSize(offer.size, size)).map(({ format, rates }) => ({
    format,
    size,
    fps: rateUpTo(rates, limit) ?? limit,
    isKnown: rates.length > 0,
  }));
  const most = limit * (1 + RATE_TOLERANCE);
  const below = modes.filter(({ fps }) => fps <= most).map(({ fps }) => fps);
  const best = below.length > 0 ? Math.max(...below) : Math.min(...modes.map(({ fps }) => fps));
  return modes.filter(({ fps }) => Math.abs(fps - best) <= best * RATE_TOLERANCE)
    .reduce((a, b) => rank(b.format) < rank(a.format) ? b : a);
}

/** A mode for people: `1280x720 at 30 fps, mjpeg`. */
export function formatMode({ size, fps, format }: CameraMode): string {
  return `${formatFrameSize(size)} at ${formatRate(fps)} fps${format ? `, ${format}` : ""}`;
}

/** A rate with up to two decimals. */
export function formatRate(fps: number): string {
  return String(Number(fps.toFixed(2)));
}

/** The place of a format in the order of preference, MJPEG at the end; -1 for a format that is not used. */
function rank(format: string | undefined): number {
  if (format === undefined) return 0;
  return [...RAW_FORMATS, MJPEG].indexOf(format);
}

/** The highest rate up to `limit`, or the lowest one above it; undefined if the rates are unknown. */
function rateUpTo(rates: readonly RateRange[], limit: number): number | undefined {
  const most = limit * (1 + RATE_TOLERANCE);
  const below = rates.filter(({ least }) => least <= most)
    .map((rate) => rate.most <= limit ? rate.most : Math.max(limit, rate.least));
  if (below.length > 0) return Math.max(...below);
  return rates.length > 0 ? Math.min(...rates.map(({ least }) => least)) : undefined;
}

/** The size of an offer; of a range, the smallest size that covers `wanted`, or the largest. */
function sizeIn({ size, range }: CameraOffer, wanted: FrameSize): FrameSize {
  if (!range) return size;
  const { least, step } = range;
  const side = (name: "width" | "height") => {
    const steps = Math.ceil(Math.max(0, wanted[name] - least[name]) / Math.max(1, step[name]));
    return Math.min(size[name], least[name] + steps * Math.max(1, step[name]));
  };
  return { width: side("width"), height: side("height") };
}

/** `wanted`, or the smallest size that covers it (of its own shape, if there is one), or the largest size. */
function nearestSize(sizes: FrameSize[], wanted: FrameSize): FrameSize | undefined {
  const byArea = sizes.toSorted((a, b) => area(a) - area(b));
  const covering = byArea.filter(({ width, height }) =>
    width >= wanted.width && height >= wanted.height
  );
  const shaped = covering.find((size) =>
    size.width * wanted.height === size.height * wanted.width &&
    area(size) <= LARGEST_GROWTH * area(wanted)
  );
  return shaped ?? covering[0] ?? byArea.at(-1);
}

function area({ width, height }: FrameSize): number {
  return width * height;
}
