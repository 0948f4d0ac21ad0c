/** The client's command line: the table, and the typed options that come of it. */

import { type FrameSize, MAX_SIDE } from "../frame/frame_size.ts";
import { describeFormats } from "../ffmpeg/formats.ts";
import { WIRES } from "../wire/hello.ts";
import {
  applyCommonOptions,
  checkFilterArguments,
  commonOptions,
  filterOption,
  formatHelp,
} from "./common_options.ts";
import { parseWithConfig } from "./config_file.ts";
import { option, type OptionValues, typedOptions, UsageError } from "./option_table.ts";
import { frameSize, integer, listeningAt, oneOf, positive, rate, text } from "./readers.ts";
import { checkRecording, recordingOptions } from "./recording_options.ts";
import type { Control } from "./run_main.ts";
import { readAddress } from "./server_address.ts";
import { checkServing, servingOptions } from "./serving_options.ts";

/** Where the picture can be shown. */
export const DISPLAYS = ["window", "terminal", "web", "none"] as const;
export type Display = typeof DISPLAYS[number];

/** How the client can get its frames. */
export const CLIENT_WIRES = ["auto", ...WIRES] as const;
export type ClientWire = typeof CLIENT_WIRES[number];

/** The rows, in the order of the help. */
export const clientOptions = {
  port: option({
    short: "p",
    value: "PORT",
    help: "the server's port, as PORT behind HOST",
    read: integer(1, 65535),
    shownFallback: "8888",
  }),
  ...filterOption,
  display: option({
    value: "WHERE",
    help: `where the picture is shown: ${DISPLAYS.join(", ")}`,
    read: oneOf(...DISPLAYS),
    shownFallback: "the first that is there",
  }),
  ...recordingOptions,
  events: option({
    value: "FILE",
    help: "write what the filters find as JSON lines; - is stdout",
    read: text,
  }),
  eventsOnlyOn: option({
    value: "change",
    help: "write an event only when the number of finds has changed",
    read: oneOf("change"),
    shownFallback: "every one",
  }),
  stats: option({
    value: "FILE",
    help: "write figures of the stream as JSON lines, one a second; - is stdout",
    read: text,
  }),
  frames: option({
    value: "N",
    help: "end after so many frames",
    read: integer(1, Number.MAX_SAFE_INTEGER),
    shownFallback: "go on",
  }),
  duration: option({
    value: "SECONDS",
    help: "end after so long",
    read: positive("seconds", 1e7),
    shownFallback: "go on",
  }),
  wire: option({
    value: CLIENT_WIRES.join("|"),
    help: "how frames come; auto: y4m, and mjpeg over a link that is too narrow for it",
    read: oneOf(...CLIENT_WIRES),
    fallback: "auto" satisfies ClientWire as ClientWire,
  }),
  raw: { help: "say nothing to the server and read raw frames, as the tutorial's client does" },
  size: option({
    value: "auto|WxH",
    help: "of the frames of a server that does not tell it; auto finds it out from the picture",
    read: sizeOrAuto,
    shownFallback: "WIDTH HEIGHT",
  }),
  fps: option({
    short: "f",
    value: "FPS",
    help: "rate of a server that does not say it, for records and streams",
    read: rate,
    shownFallback: "measured",
  }),
  stride: option({
    value: "BYTES",
    help: "bytes from one row to the next of raw frames, where a server pads its rows",
    read: integer(1, 4 * MAX_SIDE),
    shownFallback: "WIDTH",
  }),
  stall: option({
    value: "SECONDS",
    help: "a server that sends nothing for so long, or stops in the middle of a frame, is lost",
    read: positive("seconds", 86400),
    fallback: 10,
  }),
  tokenFile: option({
    value: "FILE",
    help: "tell the server the token in FILE, and want it of those whom --serve and --http serve",
    read: text,
    shownFallback: "none",
  }),
  tls: { help: "encrypt; the server must have --tls-cert" },
  tlsCa: option({
    value: "FILE",
    help: "certificate of the issuer, or the server's own self-signed one, PEM",
    read: text,
    shownFallback: "the system's",
  }),
  serve: option({
    value: "[HOST:]PORT",
    help: "serve the processed frames there, as the server does: clients chain",
    read: listeningAt,
    shownFallback: "none",
  }),
  http: option({
    value: "[HOST:]PORT",
    help: "web pages of the processed picture there",
    read: listeningAt,
    shownFallback: "none",
  }),
  ...servingOptions,
  placeholders: {
    help: "record and process the NO SIGNAL pictures of a server, too, as if they were frames",
  },
  waitForServer: option({
    value: "SECONDS",
    help: "wait for a server that starts later; alone: for as long as it takes",
    read: positive("seconds", 1e7),
    alone: Infinity,
    shownFallback: "an error at once",
  }),
  noReconnect: { help: "end when the server is lost, in place of waiting for it" },
  ...commonOptions,
};

/** The options, with the server's address and what was said of the size of its frames. */
export interface ClientOptions
  extends Omit<OptionValues<typeof clientOptions>, "wire" | "size" | "raw" | "tls" | "port"> {
  readonly hostname: string;
  readonly port: number;
  /** Undefined: the server is to tell. */
  readonly size: FrameSize | "auto" | undefined;
  /** Undefined: say nothing, and read raw frames. */
  readonly wire: ClientWire | undefined;
  /** Whether to encrypt. */
  readonly encrypt: boolean;
}

const help = formatHelp(
  `usage: ./client HOST [PORT [WIDTH HEIGHT]] [options]

Receives gray frames from a server, processes them, and shows or stores them. The server tells the size;
WIDTH and HEIGHT are for servers that do not (the tutorial's, ffmpeg, GStreamer, nc).`,
  clientOptions,
  [
    "./client camera.local                               show the picture",
    "./client camera.local --display terminal            over ssh",
    "./client camera.local -o - | python3 mine.py        your own program behind it",
    "./client camera.local --filter faces --events -     where the faces are, as JSON lines",
    "./client camera.local -o film.gray --duration 60    a minute on disk",
    "./client 192.168.0.7 8888 320 240                   any raw stream, the tutorial's too",
  ],
);

export const clientHelp = `${help}\nFiles that -o writes:\n${describeFormats()}`;

/**
 * Reads the command line. Undefined where it only asked for help or the version, which are printed.
 * Throws a `UsageError`.
 */
export function readClientOptions(args: string[], control: Control): ClientOptions | undefined {
  const program = "client";
  const { values, positionals } = parseWithConfig(args, clientOptions, { program });
  if (!applyCommonOptions(values, control, { program, help: clientHelp })) return undefined;
  const { stride, display, output } = values;
  checkFilterArguments(args, positionals);
  const isTyped = typedOptions(args, clientOptions).has("port");
  const address = readAddress(positionals, { [isTyped ? "port" : "usual"]: values.port });
  const size = chooseSize(values, address.size);
  const wire = chooseWire(values, size);
  const names = [...output, values.events, values.stats].filter((name) => name === "-");
  if (names.length + Number(display === "terminal") > 1) {
    throw new UsageError(
      "stdout is given two things to do",
      "give one of -o -, --events -, --stats - and --display terminal, once",
    );
  }
  const files = [...output, values.events, values.stats].filter((name) => name !== undefined);
  const paths = files.map((name) => name.replace(/^(\.\/+)+/, ""));
  const twice = files.find((_, i) => paths.indexOf(paths[i] ?? "") !== i);
  if (twice !== undefined) {
    throw new UsageError(`"${twice}" is given two things to hold`, "name a file for each");
  }
  if (output.includes("-") && Deno.stdout.isTerminal()) {
    throw new UsageError(
      "-o - would write raw pixels to the terminal",
      "put a program behind it (| python3 mine.py), or name a file",
    );
  }
  if (values.tlsCa !== undefined && !values.tls) {
    throw new UsageError("--tls-ca is given without --tls", "add --tls");
  }
  checkServing(values, undefined);
  if (values.tokenFile !== undefined && !wire) {
    throw new UsageError("--token-file is given, and nothing may be said", "leave --raw out");
  }
  if (values.events !== undefined && !values.filter) {
    throw new UsageError("--events is given without a filter", "name one, as in --filter faces");
  }
  checkRecording(values);
  if (values.eventsOnlyOn && values.events === undefined) {
    throw new UsageError("--events-only-on is given without --events", "name a file with --events");
  }
  return { ...values, ...address, size, wire, encrypt: values.tls };

  function chooseSize(
    { size: option }: typeof values,
    typed: FrameSize | undefined,
  ): FrameSize | "auto" | undefined {
    if (option !== undefined && typed) {
      throw new UsageError("The size is given twice", "leave out --size, or WIDTH and HEIGHT");
    }
    const size = option ?? typed;
    if (stride === undefined) return size;
    if (size === undefined || size === "auto") {
      throw new UsageError("--stride is given without a size", "give WIDTH and HEIGHT");
    }
    if (stride < size.width) {
      throw new UsageError(
        `--stride is ${stride}, wanted: at least the width, ${size.width}`,
        "a row can't be shorter than its pixels",
      );
    }
    return size;
  }
}

/** The wire to ask for. Padded rows are a silent server's: ours has none. */
function chooseWire(
  { wire, raw, stride }: { wire: ClientWire; raw: boolean; stride: number | undefined },
  size: FrameSize | "auto" | undefined,
): ClientWire | undefined {
  if (!raw) return stride === undefined ? wire : undefined;
  if (wire !== "auto" && wire !== "raw") {
    throw new UsageError(`--raw and --wire ${wire} are given`, "leave one out");
  }
  if (size === undefined) {
    throw new UsageError(
      "WIDTH and HEIGHT are missing: a raw stream does not tell its size",
      "give them, or --size auto, or leave --raw out",
    );
  }
  return undefined;
}

/** Reads `auto` or a size. */
function sizeOrAuto(text: string): FrameSize | "auto" {
  return text === "auto" ? text : frameSize(text);
}
