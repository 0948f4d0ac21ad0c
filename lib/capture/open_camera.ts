/**
 * Opens a camera in its best mode: a request in, a stream of gray frames and the mode out. The caller owns the stream.
 */

import { LinkedAbortController } from "../async/linked_abort_controller.ts";
import {
  type CameraMode,
  type CameraOffer,
  chooseMode,
  formatMode,
  formatRate,
  MJPEG,
} from "../ffmpeg/camera_mode.ts";
import { readChangedRate } from "../ffmpeg/camera_offers.ts";
import type { CaptureRequest, Source } from "../ffmpeg/capture_arguments.ts";
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

/** An open camera; no mode where ffmpeg and the driver have chosen it. */
interface OpenedCamera {
  readonly source: FrameSource;
  readonly mode: CameraMode | undefined;
}

/**
 * Opens a camera and sets its controls. The mode is the request's, if it has one; otherwise the camera is asked, unless
 * there are options of the user's for ffmpeg. Throws a `Failure` with the reason where the camera cannot be opened, and
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
  const { size, fps, mode: known, os } = request;
  if (request.inputOptions.length > 0) {
    return { source: await openFfmpeg(request, control), mode: undefined };
  }
  if (known) {
    try {
      return { source: await openFfmpeg(request, control), mode: known };
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      const offers = await listOffers(device, { os, ...control });
      const other = chooseMode(offers, { size, fps });
      // The mode is not the reason where the camera still offers it, or offers nothing.
      if (!other || isSame(other, known)) throw thrown;
      return await openIn(request, device, { mode: other, offers }, control);
    }
  }
  const offers = await listOffers(device, { os, ...control });
  const mode = chooseMode(offers, { size, fps });
  if (mode) {
    try {
      return await openIn(request, device, { mode, offers }, control);
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      control.log.debug(`cannot open ${device} as ${formatMode(mode)}: ${messageOf(thrown)}`);
    }
  }
  return { source: await openFfmpeg(request, control), mode: undefined };
}

/** Opens a camera in a mode, or in MJPEG where the driver turns out to have a lower rate for raw frames. */
async function openIn(
  request: CaptureRequest,
  device: string,
  { mode, offers }: { mode: CameraMode; offers: readonly CameraOffer[] },
  control: Control,
): Promise<OpenedCamera> {
  const opened = await openFastest(request, { mode, offers }, control);
  control.log.info(`${device} captures ${formatMode(opened.mode)}`);
  return opened;
}

async function openFastest(
  request: CaptureRequest,
  { mode, offers }: { mode: CameraMode; offers: readonly CameraOffer[] },
  control: Control,
): Promise<OpenedCamera & { mode: CameraMode }> {
  const compressed = chooseMode(offers.filter(({ format }) => format === MJPEG), mode);
  const isChoice = !mode.isKnown && mode.format !== MJPEG && compressed &&
    compressed.size.width === mode.size.width && compressed.size.height === mode.size.height;
  let slow: CameraMode | undefined;
  if (isChoice) {
    const raw = await openUnlessSlow({ ...request, mode }, mode.fps * REACHED, control);
    if (typeof raw !== "number") return { source: raw, mode };
    slow = { ...mode, fps: raw, isKnown: true };
    const least = raw / REACHED;
    const jpeg = await openUnlessSlow({ ...request, mode: compressed }, least, control);
    if (typeof jpeg !== "number") return { source: jpeg, mode: compressed };
    control.log.debug(`mjpeg has ${formatRate(jpeg)} fps, ${mode.format} ${formatRate(raw)}`);
  }
  const chosen = slow ?? mode;
  return { source: await openFfmpeg({ ...request, mode: chosen }, control), mode: chosen };
}

/** An open source, or, where its driver chooses a lower rate than `least`, that rate. */
async function openUnlessSlow(
  request: CaptureRequest,
  least: number,
  { signal, log }: Control,
): Promise<FrameSource | number> {
  using opening = new LinkedAbortController(signal);
  let rate: number | undefined;
  const onLine = (line: string) => {
    const changed = readChangedRate(line);
    if (changed === undefined || changed >= least) return;
    rate = changed;
    opening.abort();
  };
  try {
    return await openFfmpeg(request, { signal: opening.signal, log, onLine });
  } catch (thrown) {
    signal.throwIfAborted();
    if (rate === undefined) throw thrown;
    return rate;
  }
}

function isSame(a: CameraMode, b: CameraMode): boolean {
  return formatMode(a) === formatMode(b);
}
