/** From the options of a camera to its stream: of this host, or of another server. */

import { hostTimeZone, Schedule } from "../capture/hours.ts";
import { Opening } from "../capture/opening.ts";
import { plural } from "../log/plural.ts";
import type { StreamServer } from "../serve/stream_server.ts";
import { CameraStream } from "../stream/camera_stream.ts";
import { RemoteStream } from "../stream/remote_stream.ts";
import type { Stream } from "../stream/stream.ts";
import type { CameraOptions } from "./camera_options.ts";
import { captureRequest } from "./capture_request.ts";
import type { ConsoleLog } from "./console_log.ts";
import { explainRemote, isRemote, remoteCamera } from "./remote_camera.ts";

/** The pictures of a camera that is not there at the start, and has no --resolution. */
const DEFAULT_SIZE = { width: 640, height: 480 };

/** The stream of a camera of this host, or of another server. */
export interface CameraSource extends Stream, AsyncDisposable {
  /** Counts the frames of the source. */
  readonly meter: { readonly frames: number; rate(): number };
  /** The speed of the filters, for the status line; undefined without filters. */
  readonly filterStatus: string | undefined;
}

/**
 * Opens the stream of a camera. With `orLost` one that is not there counts as lost. Throws a `Failure`, and the signal's
 * reason on abort.
 */
export async function openCameraSource(
  options: CameraOptions,
  { orLost, signal, server, onWatched, log }: {
    readonly orLost: boolean;
    readonly signal: AbortSignal;
    readonly server: Pick<StreamServer, "id">;
    /** Called when the first viewer of the camera comes, and when the last one has left. */
    readonly onWatched?: (isWatched: boolean) => void;
    readonly log: ConsoleLog;
  },
): Promise<CameraSource> {
  const { input, lossless, waitForClients, mask, resolution, hours } = options;
  // A masked picture is never scaled to a guessed size: the masks would be in other places.
  const guessed = mask.length > 0 ? undefined : DEFAULT_SIZE;
  const size = orLost ? resolution ?? guessed : undefined;
  if (isRemote(input)) {
    const request = await remoteCamera({ ...options, input }, { serverId: server.id, log });
    try {
      return await RemoteStream.open({ ...request, onWatched }, { signal, orLost: size });
    } catch (thrown) {
      throw explainRemote(thrown, options);
    }
  }
  const request = await captureRequest(options, { log });
  if (lossless) {
    log.info(`--lossless: the file starts with ${plural(waitForClients, "client")} connected`);
  }
  const schedule = hours && new Schedule(hours, options.timeZone ?? hostTimeZone());
  return await CameraStream.open(request, {
    ...options,
    log,
    onWatched,
    opening: schedule &&
      { opening: new Opening(schedule), size: resolution ?? DEFAULT_SIZE },
    // A film that is opened again would begin again.
    ...(lossless && { onLoss: "exit" }),
  }, { signal, orLost: size });
}
