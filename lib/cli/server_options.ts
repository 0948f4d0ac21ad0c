/** Reads the command line of the server. */

import type { FrameSize } from "../frame/frame_size.ts";
import { applyCommonOptions, checkFilterArguments } from "./common_options.ts";
import { parseWithConfig } from "./config_file.ts";
import { noEffectWarning } from "./no_effect.ts";
import { type OptionValues, UsageError } from "./option_table.ts";
import type { Control } from "./run_main.ts";
import { serverHelp, serverOptions } from "./server_table.ts";
import { checkServing } from "./serving_options.ts";

export type ServerOptions = OptionValues<typeof serverOptions>;

/**
 * Reads the command line. Undefined after it has printed the help or the version.
 * Throws a `UsageError`.
 */
export function readServerOptions(args: string[], control: Control): ServerOptions | undefined {
  const program = "server";
  const { values, positionals, given } = parseWithConfig(args, serverOptions, { program });
  if (!applyCommonOptions(values, control, serverHelp)) return undefined;
  checkFilterArguments(args, positionals);
  if (positionals.length > 0) {
    throw new UsageError(
      `Unexpected argument "${positionals[0]}"`,
      "give a file or URL with --input, a camera with --device, the port with --port",
    );
  }
  checkSource(values);
  checkServing(values, values.host);
  if (values.host === "unix:") {
    throw new UsageError(
      "--host unix: has no path",
      "add the path of the socket, for example --host unix:/run/cam.sock",
    );
  }
  const isUnix = values.host.startsWith("unix:");
  if (values.unixMode !== undefined && !isUnix) {
    throw new UsageError(
      "--unix-mode is given without a Unix socket",
      "add one, for example --host unix:/run/cam.sock",
    );
  }
  const ignored = isUnix && noEffectWarning(given, {
    options: ["port", ...(values.http ? [] : ["allow", "maxPerHost"])],
    why: "on a Unix socket",
  });
  if (ignored) control.log.warn(ignored);
  return values;
}

function checkSource(values: ServerOptions): void {
  const { device, input, test, loop, noPace, resolution, control, listControls } = values;
  const named = [
    device !== undefined && "--device",
    input !== undefined && "--input",
    test && "--test",
  ]
    .filter((name) => name !== false);
  if (named.length > 1) {
    throw new UsageError(
      `${named.join(" and ")} are given, wanted: one source`,
      "remove all but one",
    );
  }
  const cameraOnly = listControls
    ? "--list-controls"
    : control.length > 0
    ? "--control"
    : undefined;
  if (cameraOnly && (test || input !== undefined)) {
    throw new UsageError(
      `${cameraOnly} is given with ${test ? "--test" : "--input"}, which is not a camera`,
      "name a camera with --device",
    );
  }
  const fileOnly = loop ? "--loop" : noPace ? "--no-pace" : undefined;
  if (fileOnly && input === undefined) {
    throw new UsageError(`${fileOnly} is given without a file`, "add one with --input FILE");
  }
  if (loop && input === "-") {
    throw new UsageError(
      "--loop is given with stdin, which cannot be read again",
      "give a file with --input FILE",
    );
  }
  if (resolution && pixels(resolution) > MAX_PIXELS) {
    throw new UsageError(
      `Cannot scale to ${resolution.width}x${resolution.height}: more than ${MAX_PIXELS} pixels`,
      "give a smaller size with --resolution",
    );
  }
}

/** ffmpeg refuses larger pictures: their size in RGB would not fit into 31 bits. */
const MAX_PIXELS = 2 ** 27;

function pixels({ width, height }: FrameSize): number {
  return width * height;
}
