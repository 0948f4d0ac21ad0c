/** The options of one camera: those that can be in its table of the configuration, and what they must not be. */

import { deviceName, firstDevice } from "../ffmpeg/capture_arguments.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import { flagName, type OptionTable, type OptionValues, UsageError } from "./option_table.ts";
import { type RemoteAccess, remoteTable } from "./remote_camera.ts";
import { CAMERA_OPTIONS, serverOptions } from "./server_table.ts";

export type CameraOption = typeof CAMERA_OPTIONS[number];

/** The options that select the source. */
export const SOURCE_OPTIONS = ["device", "input", "test"] as const;

type Values = OptionValues<typeof serverOptions>;

/** The options of one camera; at most one of `device`, `input` and `test`. Without all three: the first camera. */
export interface CameraOptions
  extends Omit<Pick<Values, CameraOption>, "device" | "input" | "port"> {
  /** Letters, digits, `-` and `_`; unique. */
  readonly name: string;
  readonly device: string | undefined;
  readonly input: string | undefined;
  /** The port on which clients without a greeting get this camera; undefined: none of its own. */
  readonly port?: number;
  /** How to connect to the server whose stream it is. */
  readonly remote?: RemoteAccess;
}

/** The cameras of a server, in order. */
export type Cameras = readonly [CameraOptions, ...CameraOptions[]];

/** The rows of these options. */
export const cameraTable: OptionTable = {
  ...Object.fromEntries(CAMERA_OPTIONS.map((name) => [name, serverOptions[name]])),
  ...remoteTable,
};

/** Of the values of all options, those of one camera. They are plain data: equal ones have equal JSON. */
export function pickCameraOptions(
  values: Pick<Values, CameraOption>,
): Omit<Pick<Values, CameraOption>, "port"> {
  const { port: _, ...general } = values;
  const options = CAMERA_OPTIONS.flatMap((name) => name === "port" ? [] : [[name, general[name]]]);
  return Object.fromEntries(options);
}

/** The name of a camera: at most 64 characters. */
export const CAMERA_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** ffmpeg refuses larger pictures: their size in RGB would not fit into 31 bits. */
const MAX_PIXELS = 2 ** 27;

/** Throws a `UsageError` if the picture is too large. `place` begins its message. */
export function checkResolution(resolution: FrameSize | undefined, place = ""): void {
  if (!resolution || resolution.width * resolution.height <= MAX_PIXELS) return;
  throw new UsageError(
    `${place}Cannot scale to ${resolution.width}x${resolution.height}: more than ${MAX_PIXELS} pixels`,
    "give a smaller size with --resolution",
  );
}

/** Of these options, the one that needs a file; undefined if none is set. */
export function fileOption(
  { loop, noPace, lossless }: Pick<CameraOptions, "loop" | "noPace" | "lossless">,
): "loop" | "noPace" | "lossless" | undefined {
  return loop ? "loop" : noPace ? "noPace" : lossless ? "lossless" : undefined;
}

/** Throws a `UsageError` for options that need a file, without one. `place` begins its message. */
export function checkFileOptions(
  options: Pick<CameraOptions, "loop" | "noPace" | "lossless">,
  inputs: readonly string[],
  place = "",
): void {
  const fileOnly = fileOption(options);
  if (fileOnly && inputs.length === 0) {
    const why = fileOnly === "lossless" ? ": a camera does not wait for its clients" : "";
    throw new UsageError(
      `${place}${flagName(fileOnly)} is given without a file${why}`,
      "add one with --input FILE",
    );
  }
  if (options.loop && inputs.includes("-")) {
    throw new UsageError(
      `${place}--loop is given with stdin, which cannot be read again`,
      "give a file with --input FILE",
    );
  }
}

/** Whether a camera has a source: without one it is the first camera of the host. */
export function hasSource(
  { device, input, test }: Pick<CameraOptions, typeof SOURCE_OPTIONS[number]>,
): boolean {
  return test || device !== undefined || input !== undefined;
}

/** Whether the controls of a camera are to be set. */
export function hasControls({ control }: Pick<CameraOptions, "control">): boolean {
  return control.length > 0;
}

/** Throws a `UsageError` if controls are given, or asked for, where no camera has any. */
export function checkControls(
  { listControls }: { readonly listControls: boolean },
  cameras: Cameras,
): void {
  const asked = listControls ? cameras.slice(0, 1) : cameras.filter(hasControls);
  const option = listControls ? "--list-controls" : "--control";
  const wrong = asked.find(({ test, input }) => test || input !== undefined);
  if (!wrong || !listControls && asked.some(({ test, input }) => !test && input === undefined)) {
    return;
  }
  throw new UsageError(
    `${option} is given with ${wrong.test ? "--test" : "--input"}, which is not a camera`,
    "name a camera with --device",
  );
}

/**
 * Throws a `UsageError` if two cameras have the same name, device or port. `placeOf` gives the beginning of the message
 * for a camera.
 */
export function checkDistinct(
  cameras: readonly CameraOptions[],
  { port, placeOf = () => "" }: {
    /** The port of the server. */
    readonly port: number;
    readonly placeOf?: (name: string, option?: CameraOption) => string;
  },
): void {
  const byName = new Set<string>();
  const byDevice = new Map<string, string>();
  const byPort = new Map<number, string>();
  for (const camera of cameras) {
    const { name } = camera;
    if (byName.has(name)) {
      throw new UsageError(
        `${placeOf(name)}Two cameras are named "${name}"`,
        "rename one of them",
      );
    }
    byName.add(name);
    const device = deviceOf(camera);
    const owner = device === undefined ? undefined : byDevice.get(device);
    if (device !== undefined && owner !== undefined) {
      throw new UsageError(
        `${
          placeOf(name, camera.input ? "input" : "device")
        }Cameras "${owner}" and "${name}" have ` +
          (device === "-" ? "the same source: stdin" : `the same device: ${device}`),
        "use each source for one camera only",
      );
    }
    if (device !== undefined) byDevice.set(device, name);
    if (!camera.port) continue; // none, or 0: any free port
    const other = camera.port === port ? "The server" : byPort.get(camera.port);
    if (other !== undefined) {
      const both = other === "The server"
        ? `The server and camera "${name}"`
        : `Cameras "${other}" and "${name}"`;
      throw new UsageError(
        `${placeOf(name, "port")}${both} have the same port: ${camera.port}`,
        "choose another port, or remove it: clients of the server's port can request every camera",
      );
    }
    byPort.set(camera.port, name);
  }
}

/** What only one camera can use: the path of a device without links, `-` for stdin; undefined for files and URLs. */
function deviceOf({ device, input, test }: CameraOptions): string | undefined {
  if (test) return undefined;
  if (input !== undefined) return input === "-" ? input : undefined;
  const { os } = Deno.build;
  const path = device === undefined ? firstDevice(os) : deviceName(device, os);
  if (path === undefined || os !== "linux") return path;
  try {
    return Deno.realPathSync(path);
  } catch {
    return path; // it is not plugged in, or its directory can't be read
  }
}
