/** From the server's options to what is captured. */

import { chooseSource } from "../capture/choose_source.ts";
import { listDevices } from "../capture/list_devices.ts";
import type { CaptureRequest } from "../ffmpeg/capture_arguments.ts";
import type { Control } from "./run_main.ts";
import type { ServerOptions } from "./server_options.ts";

/** What ffmpeg is to capture. Throws a `Failure` where this system has no name for its first camera. */
export async function captureRequest(options: ServerOptions): Promise<CaptureRequest> {
  const { os } = Deno.build;
  const { resolution: size, fps, inputOptions } = options;
  const source = await chooseSource({ ...options, pace: !options.noPace }, { os });
  return { source, inputOptions, os, ...(size && { size }), ...(fps && { fps }) };
}

/** Prints the cameras of this host, one a line. */
export async function printDevices(
  { signal, log }: Pick<Control, "signal" | "log">,
): Promise<void> {
  const devices = await listDevices({ os: Deno.build.os, signal });
  for (const { device, label } of devices) console.log(`${device}\t${label}`);
  if (devices.length === 0) log.warn("there is no camera on this host (try --test)");
}
