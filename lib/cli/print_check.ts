/** `--check`: what the server would do with its options and its configuration. It opens no camera and no port. */

import { hostTimeZone } from "../capture/hours.ts";
import type { Source } from "../ffmpeg/capture_arguments.ts";
import { formatFrameSize } from "../frame/frame_size.ts";
import { formatMask } from "../frame/mask.ts";
import { plural } from "../log/plural.ts";
import { withoutPassword } from "../log/redact_url.ts";
import { formatHostPort } from "../wire/address.ts";
import type { CameraOptions } from "./camera_options.ts";
import { captureRequest } from "./capture_request.ts";
import { readCredentials, serverEndpoints } from "./open_stream_server.ts";
import type { ConsoleLog } from "./console_log.ts";
import { isRemote, remoteCamera } from "./remote_camera.ts";
import { usableDirectory } from "./page_recordings.ts";
import { print } from "./print.ts";
import type { Control } from "./run_main.ts";
import { camerasOf, type ServerOptions } from "./server_options.ts";

/** Prints each camera and the addresses. Throws a `Failure` if a file or a directory that the server needs can't be used. */
export async function printCheck(
  options: ServerOptions,
  { log }: Pick<Control, "log">,
): Promise<void> {
  await readCredentials(options);
  if (options.recordDir !== undefined) usableDirectory(options.recordDir);
  const blocks: string[] = [];
  for (const [i, camera] of camerasOf(options).entries()) {
    const source = await sourceOf(camera, log);
    blocks.push(formatCamera(camera, { source, port: i === 0 ? options.port : undefined }));
  }
  print([...blocks, formatAddresses(options)].join("\n"));
}

/** The stream of another server. */
interface RemoteSource {
  readonly kind: "remote";
  readonly input: string;
}

async function sourceOf(
  camera: CameraOptions,
  log: ConsoleLog,
): Promise<Source | RemoteSource> {
  const { input } = camera;
  if (!isRemote(input)) return (await captureRequest(camera, { log })).source;
  await remoteCamera({ ...camera, input }, { serverId: "", log });
  return { kind: "remote", input };
}

/** What is done with one camera. `port` is the port of the server if the camera is the first one. */
export function formatCamera(
  camera: CameraOptions,
  { source, port }: { readonly source: Source | RemoteSource; readonly port: number | undefined },
): string {
  const { name, resolution, fps, color, filter, control, wire, lossless } = camera;
  const { mask, waitForClients, hours, timeZone } = camera;
  const filters = filter?.map((item) => item.kind === "built-in" ? item.name : item.path) ?? [];
  const ports = [port, camera.port].filter((port) => port !== undefined);
  return [
    `camera:  ${name}\n`,
    `source:  ${formatSource(source)}\n`,
    ...(lossless ? [`frames:  all of them, to ${plural(waitForClients, "client")} or more\n`] : []),
    `size:    ${resolution ? formatFrameSize(resolution) : "the size of the source"}\n`,
    `rate:    ${fps === undefined ? "the rate of the source" : `${fps} fps`}\n`,
    `pixels:  ${color ? "color (yuv420p)" : "gray"}\n`,
    ...(hours ? [`hours:   ${hours.text} (${timeZone ?? hostTimeZone()})\n`] : []),
    `filters: ${filters.join(", ") || "none"}\n`,
    ...mask.map((one) => `mask:    ${formatMask(one)}\n`),
    ...control.map(({ name, value }) => `control: ${name} = ${value}\n`),
    `wire:    ${wire}\n`,
    `port:    ${ports.join(" and ") || "none of its own"}\n`,
  ].join("");
}

function formatSource(source: Source | RemoteSource): string {
  switch (source.kind) {
    case "remote":
      return source.input;
    case "device":
      return source.device;
    case "test":
      return "the test picture";
    case "file":
    case "stream": {
      const input = source.input === "pipe:0" ? "stdin" : source.input.replace(/^file:/, "");
      return `${withoutPassword(input)}${source.loop ? ", repeated" : ""}`;
    }
  }
}

/** The addresses of the server, and where recordings from the page go. */
export function formatAddresses(
  options: Pick<ServerOptions, "host" | "port" | "http" | "recordDir">,
): string {
  const { wireAt, webAt } = serverEndpoints(options);
  const isUnix = wireAt.hostname.startsWith("unix:");
  return [
    `listens: ${isUnix ? wireAt.hostname : formatHostPort(wireAt)}\n`,
    ...(webAt ? [`web:     ${formatHostPort(webAt)}\n`] : []),
    ...(options.recordDir === undefined ? [] : [`records: ${options.recordDir}\n`]),
  ].join("");
}
