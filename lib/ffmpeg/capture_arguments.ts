/** The argument lists with which ffmpeg captures gray frames. Pure: options in, arguments out. */

import { formatFrameSize, type FrameSize } from "../frame/frame_size.ts";
import type { FpsModeOption } from "./fps_mode.ts";

/** Where the frames come from. */
export type Source =
  /** A camera, as the system's own capture API names it. */
  | { kind: "device"; device: string }
  /**
   * A file, or a URL or pipe that is live. `pace`: its frames are to be given at its own rate, however fast
   * they can be read.
   */
  | { kind: "file" | "stream"; input: string; loop: boolean; pace: boolean }
  /** ffmpeg's test picture with a running clock. */
  | { kind: "test" };

/** What is to be captured, and how. */
export interface CaptureRequest {
  readonly source: Source;
  /** Scale to this size and keep the shape, with black bars. Without: the source's own size. */
  readonly size?: FrameSize;
  /** Without `size`: ask the source for its own, but scale what it gives to this one. */
  readonly fit?: FrameSize;
  /** Frames a second. Without: the source's own. */
  readonly fps?: number;
  /** ffmpeg's own options, put before `-i`. */
  readonly inputOptions: string[];
  /** `Deno.build.os`: which capture API a device is opened with. */
  readonly os: typeof Deno.build.os;
}

/**
 * What a source on the network may lead to: playlists and redirections name further addresses, and what a
 * stranger has written there must not open this host's files. Left to ffmpeg, a playlist that comes by
 * plain TCP may (http has such a list of its own, and so have files and pipes).
 */
const NETWORK_PROTOCOLS =
  "crypto,data,ftp,ftps,hls,http,httpproxy,https,mmsh,mmst,rist,rtmp,rtmpe," +
  "rtmps,rtmpt,rtmpte,rtmpts,ffrtmphttp,ffrtmpcrypt,rtp,sctp,sftp,srt,srtp,tcp,tls,udp,udplite";

/** Schemes that are ours to name: they open what stands behind them, files too. */
const LOCAL_SCHEMES = [
  "async",
  "cache",
  "concat",
  "concatf",
  "data",
  "fd",
  "file",
  "pipe",
  "subfile",
];

/** What the test picture has where nothing else is asked for. */
const TEST = { size: { width: 640, height: 480 }, fps: 30 };

/** Whether a source's frames are to be given at its own rate, however fast they can be read. */
export function isPaced(source: Source): boolean {
  return source.kind === "test" || source.kind !== "device" && source.pace;
}

/** Whether a source has a frame for each moment, by its timestamps: where none is stored the last one stands. */
function isFilm(source: Source): boolean {
  return source.kind === "file" || isPaced(source);
}

/** Containers whose timestamps never jump: in others (MPEG-TS) ffmpeg has to correct them. */
const STEADY_TIMES = /\.(mp4|m4v|mov|mkv|webm|avi|flv)([?#]|$)/i;

/** Whether the arguments contain the option whose name depends on the version of ffmpeg. */
export function usesFpsMode({ source, fps }: CaptureRequest): boolean {
  return !isFilm(source) && !fps;
}

/** ffmpeg's arguments for a request: y4m of gray frames on stdout, what it finds on stderr. */
export function captureArguments(
  request: CaptureRequest,
  { fpsModeOption = "-fps_mode" }: { fpsModeOption?: FpsModeOption } = {},
): string[] {
  const { source, size, fit, fps, inputOptions } = request;
  // Live sources are decoded on one thread: each further one holds a frame back. A file may use them.
  const live = source.kind === "device" || source.kind === "stream";
  return [
    ...["-hide_banner", "-nostdin", "-nostats", "-loglevel", "level+info"],
    ...(live ? ["-threads", "1"] : []),
    ...inputArguments(request),
    ...["-map", "0:v:0", "-threads", "1"],
    ...filters(request, size ?? fit),
    // y4m has a constant rate: ffmpeg fills the gaps of a film, but must not fill those of a camera.
    ...(isFilm(source) ? [] : fps ? ["-r", String(fps)] : [fpsModeOption, "passthrough"]),
    ...["-pix_fmt", "gray", "-f", "yuv4mpegpipe", "pipe:1"],
  ];

  function inputArguments({ os }: CaptureRequest): string[] {
    switch (source.kind) {
      case "device":
        return deviceArguments(source.device, request, os);
      case "test": {
        const { width, height } = size ?? TEST.size;
        // It makes even sizes only; the rest is cut off.
        const even = { width: width + width % 2, height: height + height % 2 };
        const picture = `testsrc2=size=${formatFrameSize(even)}:rate=${fps ?? TEST.fps}`;
        return ["-f", "lavfi", ...inputOptions, "-i", picture];
      }
      case "file":
      case "stream":
        return [
          ...(source.loop ? loopArguments(source.input) : []),
          // Else its first frame is repeated from where the sound begins.
          ...(source.kind === "file" && STEADY_TIMES.test(source.input) ? ["-copyts"] : []),
          ...protocolArguments(source.input),
          ...[...inputOptions, "-i", source.input],
        ];
    }
  }
}

/** What keeps a source on the network from opening anything that is not. */
function protocolArguments(input: string): string[] {
  const [, scheme] = /^([a-z][a-z0-9+.-]+)[:,]/i.exec(input) ?? [];
  if (scheme === undefined || LOCAL_SCHEMES.includes(scheme.toLowerCase())) return [];
  return ["-protocol_whitelist", `${NETWORK_PROTOCOLS},${scheme.toLowerCase()}`];
}

/** What plays a file for ever; a single picture has an option of its own. */
function loopArguments(input: string): string[] {
  const picture = /\.(jpe?g|png|bmp|tiff?|webp|pgm|ppm)$/i.test(input) && !/%\d*d/.test(input);
  return picture ? ["-loop", "1"] : ["-stream_loop", "-1"];
}

/** What opens a camera: v4l2 on Linux, avfoundation on macOS, dshow on Windows. */
function deviceArguments(
  device: string,
  { size, fps, inputOptions }: CaptureRequest,
  os: typeof Deno.build.os,
): string[] {
  const wanted = [
    ...(size ? ["-video_size", formatFrameSize(size)] : []),
    ...(fps ? ["-framerate", String(fps)] : []),
  ];
  switch (os) {
    case "darwin":
      // avfoundation refuses its own default rate, 29.97, on most cameras. "none": no microphone.
      return [
        ...["-f", "avfoundation", ...(fps ? [] : ["-framerate", "30"]), ...wanted],
        ...[...inputOptions, "-i", `${device}:none`],
      ];
    case "windows":
      return ["-f", "dshow", ...wanted, ...inputOptions, "-i", `video=${device}`];
    default:
      return ["-f", "v4l2", ...wanted, ...inputOptions, "-i", device];
  }
}

/** The device of `--device`: on Linux a bare number is short for /dev/videoN, as in v4l2-ctl. */
export function deviceName(device: string, os: typeof Deno.build.os): string {
  return os === "linux" && /^\d+$/.test(device) ? `/dev/video${device}` : device;
}

/** The first camera, as the system's capture API names it. Windows has no such name: list them. */
export function firstDevice(os: typeof Deno.build.os): string | undefined {
  return os === "windows" ? undefined : deviceName("0", os);
}

function filters({ source, fps }: CaptureRequest, size: FrameSize | undefined): string[] {
  const chain: string[] = [];
  if (source.kind === "test") {
    if (size && (size.width % 2 || size.height % 2)) {
      chain.push(`format=gray,crop=${size.width}:${size.height}:0:0`);
    }
  } else {
    // Of a film it keeps the duration, where `-r` adds frames; of a camera it would hold one back.
    if (fps && isFilm(source)) chain.push(`fps=${fps}`);
    if (size) chain.push(letterbox(size));
  }
  return chain.length > 0 ? ["-vf", chain.join(",")] : [];
}

/**
 * Fits the picture into `size` with square pixels (`dar` is the shape it is meant to have) and black
 * bars. The bars are drawn in RGB, which is exact for gray: in gray itself, pad draws 16 for black.
 */
function letterbox({ width, height }: FrameSize): string {
  const w = `max(1,min(${width},round(${height}*dar)))`;
  const h = `max(1,min(${height},round(${width}/dar)))`;
  return `scale=w='${w}':h='${h}',format=gray,format=gbrp,pad=${width}:${height}:-1:-1,setsar=1`;
}
