/** The server's command line: the table, and the typed options that come of it. */

import type { FrameSize } from "../frame/frame_size.ts";
import { type Wire, WIRES } from "../wire/hello.ts";
import {
  applyCommonOptions,
  checkFilterArguments,
  commonOptions,
  filterOption,
  formatHelp,
} from "./common_options.ts";
import { parseWithConfig } from "./config_file.ts";
import { option, type OptionValues, UsageError } from "./option_table.ts";
import {
  frameSize,
  integer,
  listeningAt,
  mode,
  oneOf,
  positive,
  rate,
  text,
  words,
} from "./readers.ts";
import type { Control } from "./run_main.ts";
import { checkServing, servingOptions } from "./serving_options.ts";

/** What an end of the source that nobody asked for leads to. */
const LOSS = ["retry", "hold", "exit"] as const;

/** The rows, in the order of the help. */
export const serverOptions = {
  device: option({
    short: "d",
    value: "DEVICE",
    help: "camera: a path, or a number as v4l2-ctl takes it",
    read: text,
    shownFallback: "the first camera",
    group: "source",
  }),
  input: option({
    short: "i",
    value: "FILE_OR_URL",
    help: "anything that ffmpeg opens, in place of a camera; - is stdin",
    read: text,
    group: "source",
  }),
  test: {
    help: "ffmpeg's test picture with a running clock, in place of a camera",
    group: "source",
  },
  inputOptions: option({
    value: '"..."',
    help: "ffmpeg's own options for the source, put before its -i",
    read: words,
    fallback: [] as string[],
    shownFallback: "none",
  }),
  loop: { help: "play a file again and again" },
  noPace: { help: "play a file as fast as it can be read, not at its own pace" },
  resolution: option({
    short: "r",
    value: "WxH",
    help: "scale to this size; the shape is kept, with black bars",
    read: frameSize,
    shownFallback: "the source's own",
  }),
  fps: option({
    short: "f",
    value: "FPS",
    help: "frames a second",
    read: rate,
    shownFallback: "the source's own",
  }),
  ...filterOption,
  preview: { help: "show the picture here too, in a window (q closes it and ends the server)" },
  stamp: { help: "overwrite the first 12 bytes of each frame with capture time and sequence" },
  host: option({
    short: "s",
    value: "HOST",
    help: "address to listen on; :: is all of IPv6 and IPv4, unix:PATH a unix socket",
    read: text,
    fallback: "0.0.0.0",
  }),
  port: option({
    short: "p",
    value: "PORT",
    help: "port to listen on; 0 is any that is free",
    read: integer(0, 65535),
    fallback: 8888,
  }),
  http: option({
    value: "[HOST:]PORT",
    help: "web pages there: the live picture, a still, figures (HOST: as --host)",
    read: listeningAt,
    shownFallback: "none",
  }),
  wire: option({
    value: WIRES.join("|"),
    help: "what a client gets that asks for nothing",
    read: oneOf(...WIRES),
    fallback: "raw" satisfies Wire as Wire,
  }),
  ...servingOptions,
  tokenFile: option({
    value: "FILE",
    help: "let in only clients that know the token in FILE (openssl rand -hex 32)",
    read: text,
    shownFallback: "everybody",
  }),
  unixMode: option({
    value: "MODE",
    help: "permissions of the unix socket, as 660",
    read: mode,
    shownFallback: "the umask's",
  }),
  stall: option({
    value: "SECONDS",
    help: "close a client that takes nothing for so long",
    read: positive("seconds", 86400),
    fallback: 10,
  }),
  onLoss: option({
    value: LOSS.join("|"),
    help:
      "when the source is lost: retry and send NO SIGNAL pictures, retry and send silent clients nothing (hold), or end",
    read: oneOf(...LOSS),
    fallback: "retry" as typeof LOSS[number],
  }),
  sourceTimeout: option({
    value: "SECONDS",
    help: "a source that gives no frame for so long is lost",
    read: positive("seconds", 86400),
    fallback: 5,
  }),
  frames: option({
    value: "N",
    help: "end after so many frames",
    read: integer(1, Number.MAX_SAFE_INTEGER),
    shownFallback: "go on",
  }),
  listDevices: { help: "list the cameras of this host and end" },
  ...commonOptions,
};

export type ServerOptions = OptionValues<typeof serverOptions>;

export const serverHelp = formatHelp(
  `usage: ./server [-d DEVICE | -i FILE_OR_URL | --test] [options]

Captures gray frames with ffmpeg and streams them over TCP. A client that speaks gets what it asks for,
any other raw frames: WIDTH*HEIGHT bytes each.`,
  serverOptions,
  [
    "./server                                   the first camera",
    "./server -d 1 -r 320x240 -f 15             another one, smaller and slower",
    "./server -i movie.mp4 --loop               a movie, for ever",
    "./server -i rtsp://camera.local/stream     a network camera",
    "./server --test                            no camera at all",
  ],
);

/**
 * Reads the command line. Undefined where it only asked for help or the version, which are printed.
 * Throws a `UsageError`.
 */
export function readServerOptions(args: string[], control: Control): ServerOptions | undefined {
  const program = "server";
  const { values, positionals } = parseWithConfig(args, serverOptions, { program });
  if (!applyCommonOptions(values, control, { program, help: serverHelp })) return undefined;
  checkFilterArguments(args, positionals);
  if (positionals.length > 0) {
    throw new UsageError(
      `Unexpected argument "${positionals[0]}"`,
      `name a file or URL with --input, a camera with --device, the port with --port`,
    );
  }
  checkSource(values);
  checkServing(values, values.host);
  if (values.host === "unix:") {
    throw new UsageError("--host unix: is without a path", "as in --host unix:/run/cam.sock");
  }
  if (values.unixMode !== undefined && !values.host.startsWith("unix:")) {
    throw new UsageError(
      "--unix-mode is given without a unix socket",
      "as in -s unix:/run/cam.sock",
    );
  }
  return values;
}

function checkSource({ device, input, test, loop, noPace, resolution }: ServerOptions): void {
  const named = [
    device !== undefined && "--device",
    input !== undefined && "--input",
    test && "--test",
  ]
    .filter((name) => name !== false);
  if (named.length > 1) {
    throw new UsageError(`${named.join(" and ")} are given, wanted: one source`, "leave one out");
  }
  const fileOnly = loop ? "--loop" : noPace ? "--no-pace" : undefined;
  if (fileOnly && input === undefined) {
    throw new UsageError(`${fileOnly} is given without a file`, "name one with --input FILE");
  }
  if (loop && input === "-") {
    throw new UsageError("--loop is given with stdin, which can't be read again", "name a file");
  }
  if (resolution && pixels(resolution) > MOST_PIXELS) {
    throw new UsageError(
      `Cannot scale to ${resolution.width}x${resolution.height}: more than ${MOST_PIXELS} pixels`,
      "ask for a smaller picture with --resolution",
    );
  }
}

/** ffmpeg refuses larger pictures: their size in RGB would not fit into 31 bits. */
const MOST_PIXELS = 2 ** 27;

function pixels({ width, height }: FrameSize): number {
  return width * height;
}
