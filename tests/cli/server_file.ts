/** Options of the server, and its configuration in a file. */

import type { CameraOptions } from "../../lib/cli/camera_options.ts";
import { readServerOptions, type ServerOptions } from "../../lib/cli/server_options.ts";
import { assertExists } from "../assert.ts";
import { quietControl } from "./control.ts";

/** The options of a command line. */
export function optionsOf(...args: string[]): ServerOptions {
  const options = readServerOptions(args, quietControl());
  assertExists(options);
  return options;
}

/** Runs `run` with a configuration file with this text. */
export function withFile<T>(text: string, run: (file: string) => T): T {
  const file = Deno.makeTempFileSync();
  try {
    Deno.writeTextFileSync(file, text);
    return run(file);
  } finally {
    Deno.removeSync(file);
  }
}

/** The name and the source of a camera, as `a: test`. */
export const sourceOf = ({ name, device, input, test }: CameraOptions) =>
  `${name}: ${test ? "test" : device ?? input ?? "first"}`;
