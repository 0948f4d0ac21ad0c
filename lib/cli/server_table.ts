/** The options of the server, in the groups and the order of its help. */

import { parseHours } from "../capture/hours.ts";
import { type Wire, WIRES } from "../wire/hello.ts";
import { commonOptions, filterOption } from "./common_options.ts";
import { type HelpText, wrap } from "./help.ts";
import { flagName, option } from "./option_table.ts";
import {
  command,
  controlSetting,
  frameSize,
  integer,
  listeningAt,
  mask,
  mode,
  oneOf,
  positive,
  rate,
  text,
  timeZone,
  words,
} from "./readers.ts";
import { pageRecordingOptions } from "./page_recordings.ts";
import { accessOptions, limitOptions } from "./serving_options.ts";

/** What `--on-loss` can be: what the server does when it loses its source. */
const ON_LOSS = ["retry", "hold", "exit"] as const;

/** The groups. */
const groups = {
  Source: {
    device: option({
      short: "d",
      value: "[NAME=]DEVICE",
      help: "camera: a path such as /dev/video0, or its number; can be repeated",
      read: text,
      repeatable: true,
      shownFallback: "the first camera",
      alternative: "source",
      usual: true,
    }),
    input: option({
      short: "i",
      value: "[NAME=]FILE_OR_URL",
      help: "read a file, a URL or stdin (-) instead of a camera: anything that ffmpeg can open; " +
        "framewire://HOST/NAME is a camera of another server; can be repeated",
      read: text,
      repeatable: true,
      alternative: "source",
      usual: true,
    }),
    test: {
      help: "use ffmpeg's test picture with a running clock instead of a camera",
      alternative: "source",
      usual: true,
    },
    inputOptions: option({
      value: '"..."',
      help: "options for ffmpeg, placed before its -i",
      read: words,
      fallback: [] as string[],
    }),
    loop: { help: "repeat the file until the server is stopped", usual: true },
    noPace: { help: "read the file as fast as possible instead of at its own frame rate" },
    lossless: {
      help: "send every frame of the file to every client, as fast as the slowest one takes them",
    },
    waitForClients: option({
      value: "N",
      help: "with --lossless: start the file when this many clients are connected",
      read: integer(1, 4096),
      fallback: 1,
    }),
    onLoss: option({
      value: ON_LOSS.join("|"),
      help:
        "if the source is lost: reopen it and show NO SIGNAL until it is back (retry), reopen " +
        "it and send no frames to clients without a greeting (hold), or exit",
      read: oneOf(...ON_LOSS),
      fallback: "retry" as typeof ON_LOSS[number],
    }),
    sourceTimeout: option({
      value: "SECONDS",
      help: "the source counts as lost if it delivers no frame for this long",
      read: positive("seconds", 86400),
      fallback: 5,
    }),
    hours: option({
      value: "HOURS",
      help:
        'capture only in these hours, for example "mon-fri 07:00-18:30, sat 09:00-12:00"; outside of them the ' +
        "camera is off, and viewers see CLOSED",
      read: parseHours,
      shownFallback: "always",
    }),
    timeZone: option({
      value: "ZONE",
      help: "the time zone of --hours, for example Europe/Berlin",
      read: timeZone,
      shownFallback: "that of this host",
    }),
    listDevices: {
      help: "list the cameras of this host with their sizes and rates and exit",
      usual: true,
    },
    control: option({
      value: "NAME=VALUE",
      help:
        "set a control of the camera each time it is opened, by its name in v4l2-ctl (Linux); " +
        "can be repeated",
      read: controlSetting,
      asTable: "controls",
      repeatable: true,
    }),
    listControls: { help: "list the controls of the camera and exit" },
  },
  Picture: {
    resolution: option({
      short: "r",
      value: "WxH",
      help: "scale the picture to this size; black bars keep its aspect ratio",
      read: frameSize,
      shownFallback: "the size of the source",
      usual: true,
    }),
    fps: option({
      short: "f",
      value: "FPS",
      help: "frames per second",
      read: rate,
      shownFallback: "the rate of the source",
      usual: true,
    }),
    color: {
      help: "capture in color; raw frames for clients without a greeting stay gray",
      usual: true,
    },
    ...filterOption,
    mask: option({
      value: "X,Y,W,H",
      help:
        "make this rectangle black before anything else sees the frame: left, top, width and height in " +
        "pixels of the picture, after --resolution; can be repeated",
      read: mask,
      repeatable: true,
      shownFallback: "none",
    }),
    preview: {
      help: "show the picture in a window on this host; q closes it and stops the server",
    },
    stamp: {
      help: "overwrite the first 12 bytes of each frame with its capture time and sequence number",
    },
  },
  Serving: {
    host: option({
      short: "s",
      value: "HOST",
      help: "address to listen on; :: is all IPv6 and IPv4 addresses, unix:PATH is a Unix socket",
      read: text,
      fallback: "0.0.0.0",
      usual: true,
    }),
    port: option({
      short: "p",
      value: "PORT",
      help: "port to listen on; 0 selects a free port",
      read: integer(0, 65535),
      fallback: 8888,
      usual: true,
    }),
    wire: option({
      value: WIRES.join("|"),
      help: "the format for clients that do not request one",
      read: oneOf(...WIRES),
      fallback: "raw" satisfies Wire as Wire,
    }),
    ...limitOptions,
    stall: option({
      value: "SECONDS",
      help: "disconnect a client that accepts no data for this long",
      read: positive("seconds", 86400),
      fallback: 10,
    }),
    exec: option({
      value: '"CMD ARGS"',
      help: "run a program when a camera gets its first viewer, and after the last one has left",
      read: command,
    }),
    unixMode: option({
      value: "MODE",
      help: "permissions of the Unix socket, such as 660",
      read: mode,
      shownFallback: "from the umask",
    }),
  },
  "Web page": {
    http: option({
      value: "[HOST:]PORT",
      help: "serve web pages with the live picture, stills and statistics",
      read: listeningAt,
      shownFallback: "off",
      usual: true,
    }),
    ...pageRecordingOptions,
  },
  Access: {
    ...accessOptions,
    tokenFile: option({
      value: "FILE",
      help: "accept only clients that send the token in FILE; openssl rand -hex 32 creates one",
      read: text,
      shownFallback: "no token",
    }),
  },
  Program: {
    frames: option({
      value: "N",
      help: "stop after this number of frames",
      read: integer(1, Number.MAX_SAFE_INTEGER),
      shownFallback: "no limit",
    }),
    check: { help: "read the options and the configuration, print what the server would do, exit" },
    ...commonOptions,
  },
};

export const serverOptions = {
  ...groups.Source,
  ...groups.Picture,
  ...groups.Serving,
  ...groups["Web page"],
  ...groups.Access,
  ...groups.Program,
};

/**
 * The options that the table of a camera can set. The general ones are the defaults, except for the source and the
 * port.
 */
export const CAMERA_OPTIONS = [
  "device",
  "input",
  "test",
  "inputOptions",
  "loop",
  "noPace",
  "lossless",
  "waitForClients",
  "onLoss",
  "sourceTimeout",
  "hours",
  "timeZone",
  "resolution",
  "fps",
  "color",
  "filter",
  "mask",
  "control",
  "stamp",
  "wire",
  "quality",
  "encoder",
  "frames",
  "port",
] as const satisfies readonly (keyof typeof serverOptions)[];

export const serverHelp: HelpText = {
  program: "server",
  usage: "[-d [NAME=]DEVICE | -i [NAME=]FILE_OR_URL | --test]... [options]",
  summary:
    "Captures video with ffmpeg and streams frames over TCP, in gray, or in color with --color. A client can request a format; " +
    "a client that sends nothing gets raw frames of WIDTH*HEIGHT bytes.",
  groups,
  examples: [
    "./server                                   the first camera",
    "./server -d 1 -r 320x240 -f 15             the second camera, smaller and slower",
    "./server -i movie.mp4 --loop               a movie, repeated",
    "./server -i rtsp://camera.local/stream     a network camera",
    "./server -d door=0 -d garden=2             two cameras with names",
    "./server --test                            a test picture, no camera needed",
  ],
  appendix: {
    title: "Several cameras",
    text: wrap(
      "-d, -i and --test can be repeated and mixed. A configuration file has a [camera.NAME] table for each " +
        `camera, which can set: ${
          CAMERA_OPTIONS.map((name) => flagName(name).slice(2)).join(", ")
        }.`,
      98,
    ).map((line) => `  ${line}\n`).join(""),
  },
};
