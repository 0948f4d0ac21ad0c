/** How ffmpeg writes what comes by pipe: files by their ending, streams by their scheme. Pure. */

/** What ffmpeg is to write. */
export interface Written {
  /** A file's name, or a URL. */
  readonly name: string;
  /** Frames a second where a format wants a constant rate. */
  readonly fps: number;
  /** The number of the first still. */
  readonly first: number;
}

/** H.264 that holds no frame back, with a key frame a second, so that it can be cut and played there. */
const H264 = [
  ...["-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency", "-crf", "20"],
  ...["-pix_fmt", "yuv420p", "-force_key_frames", keyEvery(1)],
];

/** Sides must be even there. */
const EVEN = ["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2"];

/** Times as they are, to the millisecond: a gap stays a gap. */
const OWN_TIMES = ["-vsync", "vfr", "-enc_time_base", "-1"];

/** The formats of files, by their endings. */
const FILES: { readonly [ending: string]: (written: Written) => string[] } = {
  // In fragments: what is on disk can be played whenever the writing ends.
  mp4: () => [
    ...[...OWN_TIMES, ...EVEN, ...H264, "-video_track_timescale", "90000"],
    ...["-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-f", "mp4"],
  ],
  mkv: () => [...OWN_TIMES, ...EVEN, ...H264, "-cluster_time_limit", "1000", "-f", "matroska"],
  webm: () => [
    ...[...OWN_TIMES, ...EVEN, "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8"],
    ...["-b:v", "4M", "-crf", "10", "-pix_fmt", "yuv420p", "-force_key_frames", keyEvery(1)],
    ...["-cluster_time_limit", "1000", "-f", "webm"],
  ],
  // A constant rate: what is missing is shown as the frame before.
  avi: ({ fps }) => [
    ...["-vsync", "cfr", "-r", String(fps), "-c:v", "mjpeg", "-q:v", "3", "-pix_fmt", "yuvj420p"],
    ...["-f", "avi"],
  ],
  png: (written) => ["-vsync", "passthrough", "-c:v", "png", ...stills(written)],
  jpg: (written) => [
    ...["-vsync", "passthrough", "-c:v", "mjpeg", "-q:v", "3", "-pix_fmt", "yuvj420p"],
    ...stills(written),
  ],
};
const SAME: { readonly [ending: string]: string } = { m4v: "mp4", mov: "mp4", jpeg: "jpg" };

/** The formats of streams, by their schemes. */
const STREAMS: { readonly [scheme: string]: string[] } = {
  rtmp: ["-f", "flv"],
  rtmps: ["-f", "flv"],
  rtsp: ["-rtsp_transport", "tcp", "-f", "rtsp"],
  srt: ["-f", "mpegts"],
  udp: ["-f", "mpegts"],
  tcp: ["-f", "mpegts"],
  icecast: ["-content_type", "video/webm", "-f", "webm"],
  http: ["-method", "PUT", "-f", "mpegts"],
  https: ["-method", "PUT", "-f", "mpegts"],
};

/** The scheme of a URL to which a stream can be passed on; undefined for anything else. */
export function streamScheme(name: string): string | undefined {
  const scheme = /^([a-z]+):\/\//i.exec(name)?.[1]?.toLowerCase();
  return scheme !== undefined && Object.hasOwn(STREAMS, scheme) ? scheme : undefined;
}

/** The ending of a file that ffmpeg writes; undefined for anything else. */
export function fileEnding(name: string): string | undefined {
  const typed = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? "";
  const ending = Object.hasOwn(SAME, typed) ? SAME[typed] ?? typed : typed;
  return Object.hasOwn(FILES, ending) ? ending : undefined;
}

/** ffmpeg's arguments: Matroska by stdin, what was written so far on stdout. */
export function outputArguments(written: Written): string[] {
  const { name } = written;
  const scheme = streamScheme(name);
  const ending = fileEnding(name);
  const format = ending === undefined ? undefined : FILES[ending];
  if (scheme === undefined && !format) throw new RangeError(`no format for ${name}`);
  return [
    ...["-hide_banner", "-nostdin", "-nostats", "-loglevel", "error", "-y"],
    ...["-progress", "pipe:1", "-stats_period", "1"],
    // Its first words say all: without these ffmpeg would keep seconds of frames to look at.
    ...["-probesize", "32", "-analyzeduration", "0"],
    ...["-f", "matroska", "-i", "pipe:0", "-map", "0:v"],
    ...(scheme === undefined
      ? [...format?.(written) ?? [], "-flush_packets", "1", `file:${name}`]
      : [...OWN_TIMES, ...EVEN, ...codec(scheme), ...STREAMS[scheme] ?? [], name]),
  ];
}

function codec(scheme: string): string[] {
  if (scheme !== "icecast") return H264;
  const vp8 = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "2M"];
  return [...vp8, "-pix_fmt", "yuv420p", "-force_key_frames", keyEvery(2)];
}

/** A number in the name: one file a frame. None: one file, which always holds the newest. */
function stills({ name, first }: Written): string[] {
  return /%0?[1-9]d/.test(name)
    ? ["-start_number", String(first), "-f", "image2"]
    : ["-update", "1", "-atomic_writing", "1", "-f", "image2"];
}

/** A key frame each `seconds`, gaps or not. */
function keyEvery(seconds: number): string {
  return `expr:if(isnan(prev_forced_t),1,gte(t,prev_forced_t+${seconds}))`;
}
