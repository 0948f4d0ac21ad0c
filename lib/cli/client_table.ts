/** The options of the client, in the groups and the order of its help. */

import { describeFormats } from "../ffmpeg/formats.ts";
import { type FrameSize, MAX_SIDE } from "../frame/frame_size.ts";
import { WIRES } from "../wire/hello.ts";
import { commonOptions, filterOption } from "./common_options.ts";
import type { HelpText } from "./help.ts";
import { option } from "./option_table.ts";
import { pageRecordingOptions } from "./page_recordings.ts";
import { frameSize, integer, listeningAt, oneOf, positive, rate, text } from "./readers.ts";
import { recordingOptions } from "./recording_options.ts";
import { accessOptions, limitOptions } from "./serving_options.ts";

/** Where the picture can be shown. */
export const DISPLAYS = ["window", "terminal", "web", "none"] as const;
export type Display = typeof DISPLAYS[number];

/** How the client can get its frames. */
export const CLIENT_WIRES = ["auto", ...WIRES] as const;
export type ClientWire = typeof CLIENT_WIRES[number];

/** The groups. */
const groups = {
  Stream: {
    port: option({
      short: "p",
      value: "PORT",
      help: "port of the server, the same as PORT after HOST",
      read: integer(1, 65535),
      shownFallback: "8888",
    }),
    listStreams: {
      help: "list the streams of the server and exit; HOST/NAME receives one of them",
    },
    json: { help: "with --list-streams: print the list as JSON" },
    wire: option({
      value: CLIENT_WIRES.join("|"),
      help:
        "the format to request; auto requests y4m, and h264 (or mjpeg) if the network is too slow",
      read: oneOf(...CLIENT_WIRES),
      fallback: "auto" satisfies ClientWire as ClientWire,
    }),
    gray: { help: "request gray frames even if the server has colors: a third fewer bytes" },
    raw: {
      help: "send no greeting and read raw frames, for servers that are not Framewire",
      usual: true,
    },
    size: option({
      value: "auto|WxH",
      help: "frame size of a server that does not announce it; auto detects it from the picture",
      read: sizeOrAuto,
      shownFallback: "WIDTH HEIGHT",
    }),
    fps: option({
      short: "f",
      value: "FPS",
      help:
        "frame rate of a server that does not announce it; used for recordings and media servers",
      read: rate,
      shownFallback: "measured",
    }),
    stride: option({
      value: "BYTES",
      help: "bytes per row of raw frames, for servers that pad their rows",
      read: integer(1, 4 * MAX_SIDE),
      shownFallback: "WIDTH",
    }),
    stall: option({
      value: "SECONDS",
      help: "the server counts as lost if it sends no data, or no complete frame, for this long",
      read: positive("seconds", 86400),
      fallback: 10,
    }),
    placeholders: {
      help: "record and process the NO SIGNAL pictures of the server like frames of the camera",
    },
    waitForServer: option({
      value: "SECONDS",
      help: "wait until the server starts; without SECONDS, without a limit",
      read: positive("seconds", 1e7),
      alone: Infinity,
      shownFallback: "fail at once",
      usual: true,
    }),
    noReconnect: { help: "exit when the server is lost instead of reconnecting" },
    tokenFile: option({
      value: "FILE",
      help:
        "send the token in FILE to the server, and require it from the clients of --serve and " +
        "--http",
      read: text,
      shownFallback: "no token",
    }),
    tls: { help: "encrypt the connection; the server needs --tls-cert" },
    tlsCa: option({
      value: "FILE",
      help:
        "trust this certificate (PEM): a CA certificate, or the self-signed certificate of the " +
        "server",
      read: text,
      shownFallback: "the CA certificates of the system",
    }),
  },
  Picture: {
    ...filterOption,
    display: option({
      value: DISPLAYS.join("|"),
      help: "where to show the picture",
      read: oneOf(...DISPLAYS),
      shownFallback: "the first one that is available",
      usual: true,
    }),
  },
  Output: {
    ...recordingOptions,
    events: option({
      value: "FILE",
      help: "write what the filters find as JSON lines; - is stdout",
      read: text,
      usual: true,
    }),
    eventsOnlyOn: option({
      value: "change",
      help: "write an event only if the number of objects has changed",
      read: oneOf("change"),
      shownFallback: "every event",
    }),
    stats: option({
      value: "FILE",
      help: "write statistics of the stream as JSON lines, one per second; - is stdout",
      read: text,
    }),
  },
  Serving: {
    serve: option({
      value: "[HOST:]PORT",
      help: "serve the processed frames to other clients, as the server does",
      read: listeningAt,
      shownFallback: "off",
      usual: true,
    }),
    http: option({
      value: "[HOST:]PORT",
      help: "serve web pages with the processed picture, stills and statistics",
      read: listeningAt,
      shownFallback: "off",
      usual: true,
    }),
    ...pageRecordingOptions,
    ...limitOptions,
    ...accessOptions,
  },
  Program: {
    frames: option({
      value: "N",
      help: "stop after this number of frames",
      read: integer(1, Number.MAX_SAFE_INTEGER),
      shownFallback: "no limit",
    }),
    duration: option({
      value: "SECONDS",
      help: "stop after this time",
      read: positive("seconds", 1e7),
      shownFallback: "no limit",
      usual: true,
    }),
    ...commonOptions,
  },
};

export const clientOptions = {
  ...groups.Stream,
  ...groups.Picture,
  ...groups.Output,
  ...groups.Serving,
  ...groups.Program,
};

export const clientHelp: HelpText = {
  program: "client",
  usage: "HOST [PORT [WIDTH HEIGHT]] [options]",
  summary: "Receives frames from a server, processes them, and shows, records or serves them. " +
    "WIDTH and HEIGHT are for servers that do not announce the frame size (ffmpeg, GStreamer, nc).",
  groups,
  examples: [
    "./client camera.local                               show the picture",
    "./client camera.local --display terminal            show it in the terminal, for example over ssh",
    "./client camera.local -o - | python3 mine.py        gray pixels for your own program",
    "./client camera.local -o - --pixels bgr24 | python3 mine.py   OpenCV pictures in color",
    "./client camera.local --filter faces --events -     where the faces are, as JSON lines",
    "./client camera.local -o film.mp4 --duration 60     record one minute",
    "./client 192.168.0.7 8888 320 240                   any raw stream of 320x240 frames",
  ],
  appendix: { title: "Formats of -o", text: describeFormats() },
};

/** Reads `auto` or a size. */
function sizeOrAuto(text: string): FrameSize | "auto" {
  return text === "auto" ? text : frameSize(text);
}
