/** Reads the command line of the client. */

import { choosesPixels } from "../ffmpeg/formats.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import { clientHelp, clientOptions, type ClientWire } from "./client_table.ts";
import { applyCommonOptions, checkFilterArguments } from "./common_options.ts";
import { parseWithConfig } from "./config_file.ts";
import { type NoEffect, noEffectWarning } from "./no_effect.ts";
import { type OptionValues, typedOptions, UsageError } from "./option_table.ts";
import { checkPageRecordings } from "./page_recordings.ts";
import { checkRecording } from "./recording_options.ts";
import type { Control } from "./run_main.ts";
import { readAddress } from "./server_address.ts";
import { checkServing } from "./serving_options.ts";
import { unixPath } from "../wire/address.ts";

/** The options, the address of the server, and the frame size and format to expect. */
export interface ClientOptions
  extends Omit<OptionValues<typeof clientOptions>, "wire" | "size" | "raw" | "tls" | "port"> {
  readonly hostname: string;
  readonly port: number;
  /** The name of one of the server's streams; undefined: its first one. */
  readonly stream: string | undefined;
  /** Undefined: the server announces it. */
  readonly size: FrameSize | "auto" | undefined;
  /** Undefined: send no greeting and read raw frames. */
  readonly wire: ClientWire | undefined;
  /** Whether to encrypt. */
  readonly encrypt: boolean;
}

/**
 * Reads the command line. Undefined after it has printed the help or the version.
 * Throws a `UsageError`.
 */
export function readClientOptions(args: string[], control: Control): ClientOptions | undefined {
  const program = "client";
  const { values, positionals, given } = parseWithConfig(args, clientOptions, { program });
  if (!applyCommonOptions(values, control, clientHelp)) return undefined;
  const { stride, display, output } = values;
  checkFilterArguments(args, positionals);
  const isTyped = typedOptions(args, clientOptions).has("port");
  const address = readAddress(positionals, { [isTyped ? "port" : "usual"]: values.port });
  const size = chooseSize(values, address.size);
  const wire = chooseWire(values, size);
  const names = [...output, values.events, values.stats].filter((name) => name === "-");
  if (names.length + Number(display === "terminal") > 1) {
    throw new UsageError(
      "stdout is used by two options",
      "use one of -o -, --events -, --stats - and --display terminal, once",
    );
  }
  const files = [...output, values.events, values.stats].filter((name) => name !== undefined);
  const paths = files.map((name) => name.replace(/^(\.\/+)+/, ""));
  const twice = files.find((_, i) => paths.indexOf(paths[i] ?? "") !== i);
  if (twice !== undefined) {
    throw new UsageError(`"${twice}" is used by two options`, "give each option its own file");
  }
  if (output.includes("-") && Deno.stdout.isTerminal()) {
    throw new UsageError(
      "-o - would write raw pixels to the terminal",
      "pipe it into a program (| python3 mine.py), or give a file name",
    );
  }
  if (values.tlsCa !== undefined && !values.tls) {
    throw new UsageError("--tls-ca is given without --tls", "add --tls");
  }
  checkServing(values, undefined);
  checkPageRecordings(given, {
    hasPage: values.http !== undefined || display === "web",
    page: "--http PORT or --display web",
  });
  if (values.tokenFile !== undefined && !wire) {
    throw new UsageError(
      "--raw and --stride send no greeting, so they cannot send the token of --token-file",
      "remove --token-file, or --raw and --stride",
    );
  }
  if (values.events !== undefined && !values.filter) {
    throw new UsageError(
      "--events is given without a filter",
      "add one, for example --filter faces",
    );
  }
  checkRecording(values);
  if (values.eventsOnlyOn && values.events === undefined) {
    throw new UsageError(
      "--events-only-on is given without --events",
      "add a file, for example --events events.jsonl",
    );
  }
  const isPortTyped = /^\d+$/.test(positionals[1] ?? "");
  warnOfNoEffect(values, {
    given: isPortTyped ? new Set([...given, "port"]) : given,
    isUnix: unixPath(address.hostname) !== undefined,
  }, control);
  return { ...values, ...address, size, wire, encrypt: values.tls };

  function chooseSize(
    { size: option }: typeof values,
    typed: FrameSize | undefined,
  ): FrameSize | "auto" | undefined {
    if (option !== undefined && typed) {
      throw new UsageError("The size is given twice", "remove --size, or WIDTH and HEIGHT");
    }
    const size = option ?? typed;
    if (stride === undefined) return size;
    if (size === undefined || size === "auto") {
      throw new UsageError("--stride is given without a size", "add WIDTH and HEIGHT");
    }
    if (stride < size.width) {
      throw new UsageError(
        `--stride is ${stride}, wanted: at least the width, ${size.width}`,
        "give the bytes per row, padding included",
      );
    }
    return size;
  }
}

/** Warns of options that have no effect without others. */
function warnOfNoEffect(
  { on, serve, http, display, stride, wire, output }: OptionValues<typeof clientOptions>,
  { given, isUnix }: { given: ReadonlySet<string>; isUnix: boolean },
  { log }: Pick<Control, "log">,
): void {
  const serves = serve !== undefined || http !== undefined || display === "web";
  const cases: readonly (NoEffect & { readonly if: boolean })[] = [
    {
      if: !output.some(choosesPixels),
      options: ["pixels"],
      why: "without -o - or a .raw file",
    },
    { if: on === undefined, options: ["before", "after"], why: "without --on" },
    {
      if: !serves,
      options: ["quality", "encoder", "maxClients", "maxPerHost", "allow", "tlsCert", "tlsKey"],
      why: "without --serve or --http",
    },
    {
      if: http === undefined && display !== "web",
      options: ["trustedProxy"],
      why: "without --http",
    },
    { if: isUnix, options: ["port", "tls"], why: "on a Unix socket" },
    {
      if: stride !== undefined && wire !== "raw" && wire !== "auto",
      options: ["wire"],
      why: "with --stride, which reads raw frames",
    },
  ];
  for (const one of cases) {
    const warning = one.if && noEffectWarning(given, one);
    if (warning) log.warn(warning);
  }
}

/** The format to request. Only servers without a greeting pad their rows. */
function chooseWire(
  { wire, raw, stride }: { wire: ClientWire; raw: boolean; stride: number | undefined },
  size: FrameSize | "auto" | undefined,
): ClientWire | undefined {
  if (!raw) return stride === undefined ? wire : undefined;
  if (wire !== "auto" && wire !== "raw") {
    throw new UsageError(`--raw and --wire ${wire} exclude each other`, "remove one of them");
  }
  if (size === undefined) {
    throw new UsageError(
      "WIDTH and HEIGHT are missing: a raw stream does not announce its size",
      "add them or --size auto, or remove --raw",
    );
  }
  return undefined;
}
