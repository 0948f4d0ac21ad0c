/** From the options of a camera to what is captured. */

import { chooseSource, isUnpacedRaw } from "../capture/choose_source.ts";
import { listDevices } from "../capture/list_devices.ts";
import type { CaptureRequest } from "../ffmpeg/capture_arguments.ts";
import { plural } from "../log/plural.ts";
import { print } from "./print.ts";
import type { Control } from "./run_main.ts";
import type { CameraOptions } from "./camera_options.ts";

/** What ffmpeg is to capture. Throws a `Failure` if this system has no name for its first camera. */
export async function captureRequest(
  camera: CameraOptions,
  { log }: Pick<Control, "log">,
): Promise<CaptureRequest> {
  const { os } = Deno.build;
  const { resolution: size, fps, inputOptions } = camera;
  const wanted = { ...camera, pace: !camera.noPace };
  if (isUnpacedRaw(wanted)) {
    log.info(
      "the raw frames on stdin have no rate and are sent as fast as they arrive; " +
        'add a rate, for example --input-options "... -framerate 30"',
    );
  }
  const source = await chooseSource(wanted, { os });
  return { source, inputOptions, os, ...(size && { size }), ...(fps && { fps }) };
}

/** Prints the cameras of this host, one per line. */
export async function printDevices(
  { signal, log }: Pick<Control, "signal" | "log">,
): Promise<void> {
  const devices = await listDevices({ os: Deno.build.os, signal });
  print(devices.map(({ device, label }) => `${device}\t${label}\n`).join(""));
  if (devices.length === 0) log.warn("there is no camera on this host (try --test)");
}

/** What the server says at its end. */
export function logServerEnd(
  { frames, seconds }: { readonly frames: number; readonly seconds: number },
  [first, ...others]: readonly CameraOptions[],
  { signal, log }: Pick<Control, "signal" | "log">,
): void {
  log.info(`ended after ${plural(frames, "frame")} in ${seconds.toFixed(1)} s`);
  const isFilm = others.length === 0 && first?.input !== undefined && first.input !== "-";
  if (isFilm && frames === 1 && !first.loop && first.frames !== 1 && !signal.aborted) {
    log.info("the file contains a single picture; add --loop to repeat it");
  }
}
