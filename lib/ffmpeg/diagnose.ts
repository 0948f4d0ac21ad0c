/**
 * Turns ffmpeg's output after a failed capture into one plain error. The patterns match texts of the system and of
 * libavformat (seen with ffmpeg 4.3, 5.1, 7.1 and 9.0); exit codes differ between versions and say less.
 */

import { Failure } from "../log/failure.ts";
import { withoutPassword } from "../log/redact_url.ts";
import { shellQuote } from "../log/shell_quote.ts";
import type { Source } from "./capture_arguments.ts";

/** A rule: the text to find, its meaning, what to do. `NAME` stands for the source, quoted. */
type Rule = readonly [pattern: RegExp, meaning: string, hint: string];

/** Problems with the options or with ffmpeg itself: checked first, since errors about the source follow from them. */
const OPTION_RULES: readonly Rule[] = [
  [
    /Unknown input format: '?(v4l2|avfoundation|dshow)/,
    "this ffmpeg was built without camera support",
    "install the complete ffmpeg package of your system",
  ],
  [
    /Unrecognized option '(?:fps_mode|vsync|stream_loop)'|No such filter: '(?:fps|testsrc2)'|Unknown input format: '?lavfi/,
    "this ffmpeg is too old or incomplete",
    "install a complete ffmpeg, version 4.3 or newer",
  ],
  [
    /Unrecognized option|Option \S+ not found|Error splitting the argument list|Unknown input format|Unknown decoder|Error (parsing|setting) option|Expected number for/,
    "ffmpeg does not accept the --input-options",
    "ffmpeg -h long lists its options, ffmpeg -formats its formats",
  ],
];

const DIRECTORY: Rule = [
  /Is a directory/,
  "it is a directory",
  "name a file in it with -i, or a camera with -d (./server --list-devices lists them)",
];

/** The camera cannot be opened in this mode; another one may work. */
export class UnsupportedMode extends Failure {}

const UNSUPPORTED: Rule = [
  /Cannot find a proper format|does not support|not supported by the device|Could not set video options|Invalid argument/,
  "the camera does not support this size, rate or format",
  "./server --list-devices lists what it supports; set -r, -f or --input-options",
];

const NO_BANDWIDTH: Rule = [
  /VIDIOC_STREAMON.*No space left on device/,
  "USB has not enough bandwidth left for this mode of the camera",
  "choose a smaller size (-r) or a lower rate (-f), or connect the camera to another USB controller",
];

const DEVICE_RULES: readonly Rule[] = [
  DIRECTORY,
  [
    /No such file or directory|I\/O error: Could not find|Could not (find|enumerate) video device/,
    "there is no such camera",
    "./server --list-devices lists the cameras; --test needs none",
  ],
  [
    /Permission denied|not authorized/i,
    "this user is not allowed to open the camera",
    "add the user to the group of the device (sudo usermod -aG video $USER) and log in again",
  ],
  [
    /Device or resource busy|Could not run graph/,
    "another program is using the camera",
    "close that program first (fuser -v NAME shows it)",
  ],
  [
    /Inappropriate ioctl|Not a video capture device|is not a video capture/i,
    "this is not a camera",
    "./server --list-devices lists the cameras",
  ],
  UNSUPPORTED,
  NO_BANDWIDTH,
  [/No such device/, "the camera was disconnected", "plug it in again and start the server again"],
];

/** An example of the options for raw frames. */
const RAW = '--input-options "-f rawvideo -pixel_format gray -video_size 320x240"';

const INPUT_RULES: readonly Rule[] = [
  [
    /Picture size 0x0 is invalid/,
    "raw frames do not contain their size, and -video_size is missing",
    `add it, as in ${RAW}`,
  ],
  [
    /Protocol 'file' not on whitelist/,
    "it refers to file:, which a network source is not allowed to open",
    'if you trust it: --input-options "-protocol_whitelist file,http,https,tcp,tls,crypto"',
  ],
  [
    /Connection refused/,
    "the connection was refused",
    "check the address and that its server is running",
  ],
  [
    /Failed to resolve hostname|Name or service not known/,
    "the host was not found",
    "check the host's name and the network",
  ],
  [
    /Connection timed out|Network is unreachable|No route to host/,
    "the host does not respond",
    "check the address and the network",
  ],
  [
    /(401 Unauthorized|403 Forbidden|authorization failed)/,
    "the server refused the request (not authorized)",
    "put the user and password into the URL: scheme://USER:PASSWORD@HOST/PATH",
  ],
  [/404 Not Found/, "the server has no such file (404)", "check the path in the URL"],
  [
    /Server returned (\d\w\w)/,
    "the server answered with an error",
    "check the URL in a browser or with curl",
  ],
  [
    /Protocol not found/,
    "ffmpeg does not know this protocol",
    "check the URL's first word (ffmpeg -protocols lists them)",
  ],
  [/No such file or directory/, "there is no such file", "check the path"],
  [/Permission denied/, "this user is not allowed to read it", "check the file's permissions"],
  DIRECTORY,
  [
    /matches no streams|does not contain any stream/,
    "it contains no video",
    "name a file or URL with video",
  ],
  [
    /Invalid data found|moov atom not found|Unknown format|could not find codec parameters/i,
    "ffmpeg does not recognize it as video",
    "check it with: ffprobe NAME",
  ],
];

const COMMON_RULES: readonly Rule[] = [
  [
    /Picture size \S+ is invalid|Cannot allocate memory/,
    "ffmpeg cannot create a picture of this size",
    "choose another size with -r WxH",
  ],
  [
    /Input\/output error/,
    "reading failed (input/output error)",
    "check the cable, the disk or the network",
  ],
];

/** The demuxer of mp4 has found an index that points to frames which were not kept. */
const INDEX_AT_END = /\[mov,mp4.*\] .*: partial file/;

/**
 * Lines about the copy of what the source sends (capture_arguments.ts): of a codec or a reader that does not take it.
 * They say nothing about the source.
 */
const COPY =
  /^\[tee @|^\[(flv|mpjpeg) @ [^\]]*\] *(\[\w+\] *)?(Tag \[|Video codec|Failed to update|mpjpeg muxer)/;

/** The reason why a capture of `name` could not begin, from the last lines of ffmpeg's stderr. */
export function diagnose(all: string[], source: Source, name: string): Failure {
  const lines = all.filter((line) => !COPY.test(line));
  const rules = [
    ...OPTION_RULES,
    ...(source.kind === "device" ? DEVICE_RULES : INPUT_RULES),
    ...COMMON_RULES,
  ];
  if (isStdin(source) && lines.some((line) => INDEX_AT_END.test(line))) {
    return new Failure(
      `Cannot capture "${name}": the index of the mp4 file is at its end, and stdin cannot seek`,
      "use -i FILE, or write the file with ffmpeg's -movflags +faststart",
    );
  }
  for (const rule of rules) {
    const [pattern, meaning, hint] = rule;
    if (lines.some((line) => pattern.test(line))) {
      const Reason = rule === UNSUPPORTED || rule === NO_BANDWIDTH ? UnsupportedMode : Failure;
      return new Reason(
        `Cannot capture "${name}": ${meaning}`,
        isStdin(source) && hint.includes("NAME")
          ? `set the format of the input, as in ${RAW}`
          : hint.replaceAll("NAME", () => shellQuote(name)),
      );
    }
  }
  return new Failure(
    `Cannot capture "${name}": ffmpeg says: ${lastWords(lines)}`,
    "--log-level debug shows the whole output of ffmpeg",
  );
}

function isStdin(source: Source): boolean {
  return source.kind === "stream" && source.input === "pipe:0";
}

/** The last line that ffmpeg printed, without its `[part @ address]` and `[level]`, and without passwords. */
export function lastWords(lines: string[]): string {
  const last = lines.findLast((line) => !COPY.test(line));
  return plain(last ?? "") || "it ended without a message";
}

/** A line of level error or above, after the name of the part of ffmpeg that prints it. */
const ERROR = /^(\[[^\]]* @ [^\]]*\] *)*\[(error|fatal|panic)\]/;

/** A line of a decoder. Recorded broadcasts often begin in the middle of a group of pictures. */
const DECODER = /^\[(vist#|dec:|(h264|hevc|vvc|mpeg[12]video|NULL) @)/;

/**
 * The first error that ffmpeg printed at `-loglevel level+info`; undefined without one. A message of a decoder
 * before the first picture is no error: a film can begin with data that cannot be decoded.
 */
export function firstError(lines: string[]): string | undefined {
  const begin = lines.findIndex((text) => /^(\[info\] )?Output #0/.test(text));
  const line = lines.find((text, i) => ERROR.test(text) && (i > begin || !DECODER.test(text)));
  return line && plain(line);
}

function plain(line: string): string {
  return withoutPassword(line).replace(
    /^(\[([^\]]* @ [^\]]*|info|warning|error|fatal|panic)\] *)*/,
    "",
  ).trim();
}

/** The line with which ffmpeg reports that a live source broke (its exit status is 0 nevertheless). */
export function lossOf(lines: string[]): string | undefined {
  const line = lines.filter((text) => !COPY.test(text)).findLast((text) =>
    /(ioctl\(VIDIOC_DQBUF\)|Error during demuxing|av_read_frame|Input\/output error|Connection (reset|timed out))/
      .test(text)
  );
  return line && (/: ([^:]+)$/.exec(line)?.[1] ?? line).trim();
}

/** Whether ffmpeg ended because of SIGINT or SIGTERM, as after Ctrl-C in a terminal. */
export function wasInterrupted(lines: string[]): boolean {
  return lines.some((line) => /^(\[info\] )?Exiting normally, received signal/.test(line));
}
