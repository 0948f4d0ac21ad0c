/** Reads the command line of the server. */

import { applyCommonOptions, checkFilterArguments } from "./common_options.ts";
import { type Cameras, checkControls, hasSource } from "./camera_options.ts";
import { CAMERA_KEY, hasTypedSource } from "./camera_tables.ts";
import { readCameras } from "./cameras.ts";
import { type ParsedOptions, parseWithConfig } from "./config_file.ts";
import { noEffectWarning } from "./no_effect.ts";
import { type OptionValues, UsageError } from "./option_table.ts";
import { checkPageRecordings } from "./page_recordings.ts";
import type { Control } from "./run_main.ts";
import { serverHelp, serverOptions } from "./server_table.ts";
import { checkServing } from "./serving_options.ts";

/** The general options, which are the defaults of the cameras. */
export interface ServerOptions extends OptionValues<typeof serverOptions> {
  readonly cameras: Cameras;
  /** The command line. */
  readonly args: readonly string[];
}

/** The cameras in order; the first one is that of clients without a greeting. */
export function camerasOf({ cameras }: Pick<ServerOptions, "cameras">): Cameras {
  return cameras;
}

/**
 * The cameras after the file of --config has been read again. Throws a `Failure` or a `UsageError` if the file is
 * wrong, or has no camera any more.
 */
export function rereadCameras(
  { args, cameras: former, config }: Pick<ServerOptions, "args" | "cameras" | "config">,
): Cameras {
  const parsed = parse([...args]);
  const cameras = readCameras(parsed);
  // At the start it is the first camera of the host: here its table was most likely lost.
  const hasTables = parsed.config?.values[CAMERA_KEY] !== undefined;
  if (!hasTables && !cameras.some(hasSource) && former.some(hasSource)) {
    throw new UsageError(
      `No camera is left in "${config}"`,
      'add one, for example [camera.kitchen] with device = "/dev/video0"',
    );
  }
  checkCameras(parsed, cameras);
  return cameras;
}

/** Throws a `UsageError` for options that need a camera of another kind. */
function checkCameras(
  { values, given }: ParsedOptions<typeof serverOptions>,
  cameras: Cameras,
): void {
  if (given.has("waitForClients") && !cameras.some(({ lossless }) => lossless)) {
    throw new UsageError(
      "--wait-for-clients is given without --lossless",
      "add --lossless, and a film with --input FILE",
    );
  }
  checkControls(values, cameras);
}

function parse(args: string[]): ParsedOptions<typeof serverOptions> {
  return parseWithConfig(args, serverOptions, { program: "server", tables: CAMERA_KEY });
}

/**
 * Reads the command line. Undefined after it has printed the help or the version.
 * Throws a `UsageError`.
 */
export function readServerOptions(args: string[], control: Control): ServerOptions | undefined {
  const parsed = parse(args);
  const { values, positionals, given } = parsed;
  if (!applyCommonOptions(values, control, serverHelp)) return undefined;
  checkFilterArguments(args, positionals);
  if (positionals.length > 0) {
    throw new UsageError(
      `Unexpected argument "${positionals[0]}"`,
      "give a file or URL with --input, a camera with --device, the port with --port",
    );
  }
  const cameras = readCameras(parsed);
  if (hasTypedSource(parsed) && parsed.config?.values[CAMERA_KEY] !== undefined) {
    control.log.info(
      `the [camera.NAME] tables of ${values.config} are not used: cameras are given on the command line`,
    );
  }
  checkCameras(parsed, cameras);
  checkServing(values, values.host);
  checkPageRecordings(given, { hasPage: values.http !== undefined, page: "--http PORT" });
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
  const unread = !values.http &&
    noEffectWarning(given, { options: ["trustedProxy"], why: "without --http" });
  if (unread) control.log.warn(unread);
  return { ...values, cameras, args };
}
