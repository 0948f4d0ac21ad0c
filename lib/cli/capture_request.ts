/** From the server's options to what is captured, and what the server prints about cameras. */

import { listControls } from "../capture/camera_controls.ts";
import { chooseSource } from "../capture/choose_source.ts";
import { listDevices } from "../capture/list_devices.ts";
import { listOffers } from "../capture/list_offers.ts";
import { formatOffers } from "../ffmpeg/camera_offers.ts";
import type { CaptureRequest } from "../ffmpeg/capture_arguments.ts";
import { print } from "./print.ts";
import type { Control } from "./run_main.ts";
import type { ServerOptions } from "./server_options.ts";

/** What ffmpeg is to capture. Throws a `Failure` where this system has no name for its first camera. */
export async function captureRequest(options: ServerOptions): Promise<CaptureRequest> {
  const { os } = Deno.build;
  const { resolution: size, fps, inputOptions, control: controls } = options;
  const source = await chooseSource({ ...options, pace: !options.noPace }, { os });
  return { source, inputOptions, controls, os, ...(size && { size }), ...(fps && { fps }) };
}

/** Prints the cameras of this host, one a line, and below each its sizes, rates and formats. */
export async function printDevices(
  { signal, log }: Pick<Control, "signal" | "log">,
): Promise<void> {
  const { os } = Deno.build;
  const devices = await listDevices({ os, signal });
  let hasRates = true;
  for (const { device, label } of devices) {
    const offers = await listOffers(device, { os, signal, log });
    hasRates &&= offers.every(({ rates }) => rates.length > 0);
    print([`${device}\t${label}`, ...formatOffers(offers), ""].join("\n"));
  }
  if (devices.length === 0) log.warn("there is no camera on this host (try --test)");
  if (!hasRates && os === "linux") {
    log.info("v4l2-ctl would tell the frame rates (Debian: apt install v4l-utils)");
  }
}

/** Prints the controls of the camera, one a line, and below each the entries of its menu. */
export async function printControls(
  options: ServerOptions,
  { signal }: Pick<Control, "signal">,
): Promise<void> {
  const { source, os } = await captureRequest(options);
  if (source.kind !== "device") return;
  for (const { name, type, details, menu } of await listControls(source.device, { os, signal })) {
    print(`${name}\t${type}\t${details}\n${menu.map((entry) => `    ${entry}\n`).join("")}`);
  }
}
