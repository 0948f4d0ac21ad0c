/** The arguments with which ffmpeg captures frames, gray or with colors. Pure: a request in, arguments out. */

import type { PixelFormat } from "../frame/frame_format.ts";
import { formatFrameSize, type FrameSize } from "../frame/frame_size.ts";
import type { Mask } from "../frame/mask.ts";
import { type CameraMode, MJPEG } from "./camera_mode.ts";
import type { FpsModeOption } from "./fps_mode.ts";
import { PIX_FMT } from "./raw_arguments.ts";

/** The source of the frames. */
export type Source =
  /** A camera, by its name in the system's capture API. */
  | { kind: "device"; device: string }
  /**
   * A file, or a live URL or pipe. `pace`: its frames are given at its own rate, even if they can be read
   * faster.
   */
  | { kind: "file" | "stream"; input: string; loop: boolean; pace: boolean }
  /** ffmpeg's moving test picture. */
  | { kind: "test" };

/** What to capture, and how. */
export interface CaptureRequest {
  readonly source: Source;
  /** Scales to this size with black bars that keep the aspect ratio. Without it: the source's own size. */
  readonly size?: FrameSize;
  /** Without `size`: requests the source's own size, and scales its frames to this one. */
  readonly fit?: FrameSize;
  /** How the pixels are given; gray without it. The gray plane is the same in each format. */
  readonly pixels?: PixelFormat;
  /** Frames a second. Without it: the source's own rate. */
  readonly fps?: number;
  /** ffmpeg's own options, placed before `-i`. */
  readonly inputOptions: string[];
  /** `Deno.build.os`: which capture API a device is opened with. */
  readonly os: typeof Deno.build.os;
  /** How the camera is opened. Without it: with `size` and `fps`, and the driver chooses the rest. */
  readonly mode?: CameraMode;
  /** What is set on the camera each time it has been opened. */
  readonly controls?: readonly ControlSetting[];
  /**
   * What is black in each frame, in pixels of the frame: after scaling. ffmpeg does not see it: the capture does it,
   * also for frames that come without ffmpeg.
   */
  readonly masks?: readonly Mask[];
  /** Where what the source sends is copied to, as it is. Without it: nowhere. */
  readonly copies?: CopyPaths;
}

/** Paths of sockets: one takes H.264 in FLV, the other multipart JPEG, each as far as the source has it. */
export interface CopyPaths {
  readonly h264: string;
  readonly jpegs: string;
}

/** A control of a camera, by v4l2-ctl's name, and its value as v4l2-ctl takes it. */
export interface ControlSetting {
  readonly name: string;
  readonly value: string;
}

/**
 * The protocols that a network source can use: playlists and redirections name further addresses, which must not
 * open files of this host. By default, ffmpeg lets a playlist from plain TCP do so (http, files and pipes have such
 * a list of their own).
 */
const NETWORK_PROTOCOLS =
  "crypto,data,ftp,ftps,hls,http,httpproxy,https,mmsh,mmst,rist,rtmp,rtmpe," +
  "rtmps,rtmpt,rtmpte,rtmpts,ffrtmphttp,ffrtmpcrypt,rtp,sctp,sftp,srt,srtp,tcp,tls,udp,udplite";

/** Schemes without that restriction: the user names them, and they can open files. */
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

/**
 * The format in which black edges are added: one in which black is 0, and in which the picture may have odd sides and
 * places. In gray, the pad filter draws 16 for black; in yuvj420p it moves the picture to an even place. In
 * all of them the gray plane is the same, to the byte.
 */
const EXACT_EDGES: { readonly [pixels in PixelFormat]: string } = {
  gray: "format=gray,format=gbrp",
  yuv420p: "format=yuvj444p",
};

/** The defaults of the test picture. */
const TEST = { size: { width: 640, height: 480 }, fps: 30 };

/** Whether a source's frames are given at its own rate, even if they can be read faster. */
export function isPaced(source: Source): boolean {
  return source.kind === "test" || source.kind !== "device" && source.pace;
}

/** Whether the timestamps of a source are complete: in a gap, the previous frame stays. */
function isFilm(source: Source): boolean {
  return source.kind === "file" || isPaced(source);
}

/** Containers whose timestamps never jump. In others, such as MPEG-TS, ffmpeg has to correct them. */
const STEADY_TIMES = /\.(mp4|m4v|mov|mkv|webm|avi|flv)([?#]|$)/i;

/** Whether the arguments contain the option whose name depends on the version of ffmpeg. */
export function usesFpsMode({ source, fps }: CaptureRequest): boolean {
  return !isFilm(source) && !fps;
}

/** ffmpeg's arguments for a request: y4m on stdout, its description of the source on stderr. */
export function captureArguments(
  request: CaptureRequest,
  { fpsModeOption = "-fps_mode" }: { fpsModeOption?: FpsModeOption } = {},
): string[] {
  const { source, size, fit, fps, inputOptions, pixels = "gray" } = request;
  // One decoder thread for live sources: each further thread delays by a frame, which only files can afford.
  const live = source.kind === "device" || source.kind === "stream";
  return [
    ...["-hide_banner", "-nostdin", "-nostats", "-loglevel", "level+info"],
    ...(live ? ["-threads", "1"] : []),
    ...inputArguments(request),
    ...["-map", "0:v:0", "-threads", "1"],
    ...filters(request, size ?? fit),
    // y4m has a constant rate: ffmpeg fills the gaps of a film, but must not fill those of a camera.
    ...(isFilm(source) ? [] : fps ? ["-r", String(fps)] : [fpsModeOption, "passthrough"]),
    ...["-pix_fmt", PIX_FMT[pixels], "-f", "yuv4mpegpipe", "pipe:1"],
    ...copyArguments(request),
  ];

  function inputArguments({ os }: CaptureRequest): string[] {
    switch (source.kind) {
      case "device":
        return deviceArguments(source.device, request, os);
      case "test": {
        const { width, height } = size ?? TEST.size;
        // testsrc2 has only even sizes; a crop filter removes the rest.
        const even = { width: width + width % 2, height: height + height % 2 };
        const picture = `testsrc2=size=${formatFrameSize(even)}:rate=${fps ?? TEST.fps}`;
        return ["-f", "lavfi", ...inputOptions, "-i", picture];
      }
      case "file":
      case "stream":
        return [
          ...(source.loop ? loopArguments(source.input) : []),
          // Otherwise the first frame is repeated from the start of the sound.
          ...(source.kind === "file" && STEADY_TIMES.test(source.input) ? ["-copyts"] : []),
          ...protocolArguments(source.input),
          ...[...inputOptions, "-i", source.input],
        ];
    }
  }
}

/**
 * A second output: what the source sends, as it is. Which codec that is shows only when the source is open, so it is
 * offered to both muxers, and `tee` goes on without the one that cannot take it (or whose reader has closed its
 * socket), while the null output keeps it from ending. None for a camera that is known to send raw frames.
 */
function copyArguments({ source, copies, mode }: CaptureRequest): string[] {
  if (!copies) return [];
  const isRaw = source.kind === "device" && mode?.format !== undefined && mode.format !== MJPEG;
  if (isRaw) return [];
  const outputs = [
    "[f=null]-",
    `[onfail=ignore:f=flv]unix:${copies.h264}`,
    `[onfail=ignore:f=mpjpeg]unix:${copies.jpegs}`,
  ];
  // The tag is FLV's for H.264: it refuses those of other containers.
  return ["-map", "0:v:0", "-c:v", "copy", "-tag:v", "7", "-f", "tee", outputs.join("|")];
}

/** The options that keep a network source from opening local files. */
function protocolArguments(input: string): string[] {
  const [, scheme] = /^([a-z][a-z0-9+.-]+)[:,]/i.exec(input) ?? [];
  if (scheme === undefined || LOCAL_SCHEMES.includes(scheme.toLowerCase())) return [];
  return ["-protocol_whitelist", `${NETWORK_PROTOCOLS},${scheme.toLowerCase()}`];
}

/** The options that repeat a file forever; a single picture has an option of its own. */
function loopArguments(input: string): string[] {
  const picture = /\.(jpe?g|png|bmp|tiff?|webp|pgm|ppm)$/i.test(input) && !/%\d*d/.test(input);
  return picture ? ["-loop", "1"] : ["-stream_loop", "-1"];
}

/** The options that open a camera: v4l2 on Linux, avfoundation on macOS, dshow on Windows. */
function deviceArguments(
  device: string,
  { size, fps, mode, inputOptions }: CaptureRequest,
  os: typeof Deno.build.os,
): string[] {
  const frameSize = mode?.size ?? size;
  const rate = mode?.fps ?? fps;
  const format = mode?.format;
  const wanted = [
    ...(frameSize ? ["-video_size", formatFrameSize(frameSize)] : []),
    ...(rate ? ["-framerate", String(rate)] : []),
  ];
  switch (os) {
    case "darwin":
      // avfoundation refuses its own default rate, 29.97, on most cameras. "none": no microphone.
      return [
        ...["-f", "avfoundation", ...(rate ? [] : ["-framerate", "30"]), ...wanted],
        ...[...inputOptions, "-i", `${device}:none`],
      ];
    case "windows":
      return [
        ...["-f", "dshow", ...wanted],
        ...(format ? [format === MJPEG ? "-vcodec" : "-pixel_format", format] : []),
        ...[...inputOptions, "-i", `video=${device}`],
      ];
    default:
      return [
        ...["-f", "v4l2", ...wanted, ...(format ? ["-input_format", format] : [])],
        ...[...inputOptions, "-i", device],
      ];
  }
}

/** The arguments with which ffmpeg lists what a camera offers, on stderr: then it ends with an error. */
export function offerArguments(device: string, os: typeof Deno.build.os): string[] {
  switch (os) {
    case "darwin":
      return [
        "-f",
        "avfoundation",
        "-video_size",
        "1x1",
        "-framerate",
        "30",
        "-i",
        `${device}:none`,
      ];
    case "windows":
      return ["-f", "dshow", "-list_options", "true", "-i", `video=${device}`];
    default:
      return ["-f", "v4l2", "-list_formats", "all", "-i", device];
  }
}

/** The device of `--device`: on Linux a bare number is short for /dev/videoN, as in v4l2-ctl. */
export function deviceName(device: string, os: typeof Deno.build.os): string {
  return os === "linux" && /^\d+$/.test(device) ? `/dev/video${device}` : device;
}

/** The first camera, by its name in the system's capture API. Windows has no such name. */
export function firstDevice(os: typeof Deno.build.os): string | undefined {
  return os === "windows" ? undefined : deviceName("0", os);
}

function filters(
  { source, fps, pixels = "gray" }: CaptureRequest,
  size: FrameSize | undefined,
): string[] {
  const chain: string[] = [];
  if (source.kind === "test") {
    if (size && (size.width % 2 || size.height % 2)) {
      chain.push(
        `format=${pixels === "gray" ? "gray" : "yuvj444p"},crop=${size.width}:${size.height}:0:0`,
      );
    }
  } else {
    // For a film, `fps` keeps the duration, and `-r` would add frames; for a camera, `fps` would delay by a frame.
    if (fps && isFilm(source)) chain.push(`fps=${fps}`);
    if (size) chain.push(letterbox(size, pixels));
  }
  return chain.length > 0 ? ["-vf", chain.join(",")] : [];
}

/** Fits the picture into `size` with square pixels (`dar` is its display aspect ratio) and black bars. */
function letterbox({ width, height }: FrameSize, pixels: PixelFormat): string {
  const w = `max(1,min(${width},round(${height}*dar)))`;
  const h = `max(1,min(${height},round(${width}/dar)))`;
  return `scale=w='${w}':h='${h}',${EXACT_EDGES[pixels]},pad=${width}:${height}:-1:-1,setsar=1`;
}
