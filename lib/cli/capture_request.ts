/** From the options of a camera to what is captured, and what the server prints about cameras. */

import { listControls } from "../capture/camera_controls.ts";
import { chooseSource, isUnpacedRaw } from "../capture/choose_source.ts";
import { listDevices } from "../capture/list_devices.ts";
import { listOffers } from "../capture/list_offers.ts";
import { formatOffers } from "../ffmpeg/camera_offers.ts";
import { sourceName } from "../capture/source_name.ts";
import type { CaptureRequest, Source } from "../ffmpeg/capture_arguments.ts";
import { Failure } from "../log/failure.ts";
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
  const { resolution: size, fps, color, inputOptions, control: controls, mask: masks } = camera;
  const wanted = { ...camera, pace: !camera.noPace && !camera.lossless };
  if (isUnpacedRaw(wanted) && !camera.lossless) {
    log.info(
      "the raw frames on stdin have no rate and are sent as fast as they arrive; " +
        'add a rate, for example --input-options "... -framerate 30"',
    );
  }
  const source = await chooseSource(wanted, { os });
  if (camera.lossless) checkLossless(source, camera.input);
  return {
    ...{ source, inputOptions, controls, os },
    ...(size && { size }),
    ...(fps && { fps }),
    ...(color && { pixels: "yuv420p" }),
    ...(masks.length > 0 && { masks }),
  };
}

/** Throws a `Failure` for a source that does not wait for its reader. */
function checkLossless(source: Source, input: string | undefined): void {
  // A pattern of pictures, a pipe and a filter graph of ffmpeg wait, too; a device and a URL do not.
  const isLive = input === undefined || /^(\/dev\/|[a-z][a-z0-9+.-]+:)/i.test(input);
  if (source.kind === "file" || !isLive) return;
  throw new Failure(
    `Cannot send every frame of "${
      sourceName(source)
    }": --lossless needs a file, and a live source does not wait`,
    "remove --lossless, or save it to a file first",
  );
}

/** Prints the cameras of this host, one per line, and below each its sizes, rates and formats. */
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

/** Prints the controls of the camera, one per line, and below each the entries of its menu. */
export async function printControls(
  camera: CameraOptions,
  { signal, log }: Pick<Control, "signal" | "log">,
): Promise<void> {
  const { source, os } = await captureRequest(camera, { log });
  if (source.kind !== "device") return;
  for (const { name, type, details, menu } of await listControls(source.device, { os, signal })) {
    print(`${name}\t${type}\t${details}\n${menu.map((entry) => `    ${entry}\n`).join("")}`);
  }
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
