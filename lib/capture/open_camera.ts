/**
 * Opens a camera in its best mode: a request in, a stream of frames and the mode out. The caller owns the stream.
 */

import { LinkedAbortController } from "../async/linked_abort_controller.ts";
import {
  type CameraMode,
  type CameraOffer,
  chooseMode,
  formatMode,
  MJPEG,
} from "../ffmpeg/camera_mode.ts";
import { readChangedRate } from "../ffmpeg/camera_offers.ts";
import type { CaptureRequest, Source } from "../ffmpeg/capture_arguments.ts";
import { hasColor } from "../frame/frame_format.ts";
import { isSameSize } from "../frame/frame_size.ts";
import { UnsupportedMode } from "../ffmpeg/diagnose.ts";
import { Failure, messageOf } from "../log/failure.ts";
import type { Log } from "../log/log.ts";
import { checkControls, setControls } from "./camera_controls.ts";
import type { FrameSource } from "./frame_source.ts";
import { listOffers } from "./list_offers.ts";
import { openFfmpeg } from "./open_ffmpeg.ts";

/** A driver that gives less than this share of a rate does not have it. */
const REACHED = 0.9;

/** What is passed to each step. */
interface Control {
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** An open camera; no mode if ffmpeg and the driver chose it. */
interface OpenedCamera {
  readonly source: FrameSource;
  readonly mode: CameraMode | undefined;
}

/**
 * Opens a camera and sets its controls. The mode is the request's, if it has one; otherwise the camera is asked, unless
 * there are options of the user's for ffmpeg. Throws a `Failure` with the reason if the camera cannot be opened, and
 * the signal's reason on abort.
 */
export async function openCamera(
  request: CaptureRequest,
  { device }: Source & { kind: "device" },
  control: Control,
): Promise<OpenedCamera> {
  const { controls = [], fit } = request;
  const isFirst = fit === undefined;
  if (controls.length > 0 && isFirst) await checkControls(device, controls, request.os, control);
  const opened = await openBest(request, device, control);
  if (controls.length === 0) return opened;
  await using scope = new AsyncDisposableStack();
  scope.use(opened.source);
  try {
    await setControls(device, controls, control);
  } catch (thrown) {
    // A picture with other settings is better than none.
    if (isFirst || !(thrown instanceof Failure)) throw thrown;
    control.log.warn(messageOf(thrown));
  }
  scope.move(); // the caller owns the source from here on
  return opened;
}

async function openBest(
  request: CaptureRequest,
  device: string,
  control: Control,
): Promise<OpenedCamera> {
  const { size, fps, pixels, mode: known, os } = request;
  const color = pixels !== undefined && hasColor({ pixels });
  if (request.inputOptions.length > 0) {
    return { source: await openFfmpeg(request, control), mode: undefined };
  }
  if (known) {
    try {
      return { source: await openFfmpeg(request, control), mode: known };
    } catch (thrown) {
      // Another camera may have taken its place.
      if (!(thrown instanceof UnsupportedMode)) throw thrown;
    }
  }
  const offers = await listOffers(device, { os, ...control });
  const compressed = offers.filter(({ format }) => format === MJPEG);
  const modes = [offers, compressed].map((some) => chooseMode(some, { size, fps, color }));
  for (const mode of modes) {
    if (!mode) continue;
    try {
      return await openIn(request, device, { mode, offers }, control);
    } catch (thrown) {
      // Raw frames of several cameras may need more than USB has: MJPEG needs less.
      if (!(thrown instanceof UnsupportedMode)) throw thrown;
      control.log.debug(`cannot open ${device} as ${formatMode(mode)}: ${messageOf(thrown)}`);
    }
  }
  const { mode: _, ...plain } = request;
  return { source: await openFfmpeg(plain, control), mode: undefined };
}

/** Opens a camera in a mode, or in MJPEG if the driver turns out to have a lower rate for raw frames. */
async function openIn(
  request: CaptureRequest,
  device: string,
  { mode, offers }: { mode: CameraMode; offers: readonly CameraOffer[] },
  control: Control,
): Promise<OpenedCamera> {
  const compressed = chooseMode(offers.filter(({ format }) => format === MJPEG), mode);
  const isChoice = !mode.isKnown && mode.format !== MJPEG && compressed &&
    isSameSize(compressed.size, mode.size);
  const opened = isChoice
    ? await openFaster(request, { raw: mode, compressed }, control)
    : await openAs(request, mode, control);
  control.log.info(`${device} captures ${formatMode(opened.mode)}`);
  return opened;
}

/** Opens a camera whose rates are unknown: raw if the driver has the rate for it, else in the faster mode. */
async function openFaster(
  request: CaptureRequest,
  { raw, compressed }: { raw: CameraMode; compressed: CameraMode },
  control: Control,
): Promise<OpenedCamera & { mode: CameraMode }> {
  let rate: number;
  try {
    return await openAs(request, raw, { ...control, least: raw.fps * REACHED });
  } catch (thrown) {
    if (!(thrown instanceof LowRate)) throw thrown;
    rate = thrown.rate;
  }
  try {
    return await openAs(request, compressed, { ...control, least: rate / REACHED });
  } catch (thrown) {
    if (!(thrown instanceof LowRate)) throw thrown;
    return await openAs(request, { ...raw, fps: rate }, control);
  }
}

/** The driver has chosen a lower rate than the one that is needed. */
class LowRate extends Error {
  readonly rate: number;

  constructor(rate: number) {
    super(`the driver has ${rate} fps`);
    this.rate = rate;
  }
}

/**
 * Opens a camera in a mode; the mode that is returned has the rate that the driver has chosen. Throws a `LowRate`, before
 * the first frame, if that is below `least`.
 */
async function openAs(
  request: CaptureRequest,
  mode: CameraMode,
  { signal, log, least = 0 }: Control & { readonly least?: number },
): Promise<OpenedCamera & { mode: CameraMode }> {
  using opening = new LinkedAbortController(signal);
  let { fps, isKnown } = mode;
  const onLine = (line: string) => {
    const rate = readChangedRate(line);
    if (rate === undefined) return;
    [fps, isKnown] = [rate, true];
    if (rate < least) opening.abort(new LowRate(rate));
  };
  const source = await openFfmpeg({ ...request, mode }, { signal: opening.signal, log, onLine });
  return { source, mode: { ...mode, fps, isKnown } };
}
