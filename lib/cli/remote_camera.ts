/** A camera that is the stream of another server: `-i framewire://HOST[:PORT]/NAME`. */

import type { RemoteStreamOptions } from "../stream/remote_stream.ts";
import { Failure } from "../log/failure.ts";
import type { CameraOptions } from "./camera_options.ts";
import type { ConsoleLog } from "./console_log.ts";
import { option, type OptionValues, UsageError } from "./option_table.ts";
import { text } from "./readers.ts";
import { connectionOptions } from "./remote_options.ts";
import { readAddress, type TypedAddress } from "./server_address.ts";

/** The options that only the table of such a camera has. */
export const remoteTable = {
  tls: { help: "encrypt the connection to the other server, which needs --tls-cert" },
  tlsCa: option({ value: "FILE", help: "trust this certificate (PEM)", read: text }),
  tokenFile: option({
    value: "FILE",
    help: "send the token in FILE to the other server",
    read: text,
  }),
};

/** The largest picture of another server, 8K: it must not choose how much memory this one uses. */
const MAX_SIZE = { width: 8192, height: 4320 };

export type RemoteAccess = OptionValues<typeof remoteTable>;

/** Whether an input is the stream of another server. */
export function isRemote(input: string | undefined): input is string {
  return input !== undefined && /^framewire:\/\//i.test(input);
}

/** Reads `framewire://HOST[:PORT][/NAME]`. `place` begins the message. Throws a `UsageError`. */
export function readRemote(input: string, place = ""): TypedAddress {
  try {
    return readAddress([input]);
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown;
    throw new UsageError(
      `${place}Cannot read the address "${input}": wanted framewire://HOST[:PORT][/NAME]`,
      "for example framewire://192.168.0.7/kitchen; ./client HOST --list-streams lists the names",
    );
  }
}

/** Throws a `UsageError` for options of ffmpeg. `place` begins the message. */
export function checkRemote(
  { inputOptions }: Pick<CameraOptions, "inputOptions">,
  place = "",
): void {
  if (inputOptions.length === 0) return;
  throw new UsageError(
    `${place}--input-options is given with a framewire:// input, which ffmpeg does not read`,
    "remove --input-options",
  );
}

/** The stream of the other server. Throws a `Failure` if the token or the certificate cannot be read. */
export async function remoteCamera(
  camera: CameraOptions & { readonly input: string },
  { serverId, log }: { serverId: string; log: ConsoleLog },
): Promise<RemoteStreamOptions> {
  const { hostname, port, stream } = readRemote(camera.input);
  const { tls = false, tlsCa, tokenFile } = camera.remote ?? {};
  const { filter, frames, fps, color, resolution, stamp, onLoss, sourceTimeout } = camera;
  return {
    ...await connectionOptions({ hostname, port, tokenFile, encrypt: tls, tlsCa }),
    ...{ stream, serverId, filter, frames, fps, resolution, stamp, log },
    pixels: color ? "yuv420p" : "gray",
    ...{ wire: "auto", size: undefined, stall: sourceTimeout, reconnect: onLoss !== "exit" },
    ...{ placeholders: false, asCamera: true, maxSize: MAX_SIZE },
  };
}

/** The failure of the client, with a hint for the server's options. */
export function explainRemote(thrown: unknown, { name }: CameraOptions): unknown {
  if (!(thrown instanceof Failure)) return thrown;
  const table = `[camera.${name}]`;
  const hint = (thrown.hint ?? "")
    .replace(/;? ?(or wait for a place: )?--wait-for-server.*$/, "")
    .replace(/--token-file FILE/, `token-file = "FILE" in ${table}`)
    .replace(/--tls-ca( FILE)?/, `tls-ca = "FILE" in ${table}`)
    .replace(/(add|leave out) --tls\b/, `$1 tls = true in ${table}`);
  return new Failure(thrown.message, hint, { cause: thrown });
}
