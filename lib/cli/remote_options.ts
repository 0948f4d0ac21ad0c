/** From the options of the client to the stream that it receives. */

import type { ServerAddress } from "../receive/connect.ts";
import type { RemoteStreamOptions } from "../stream/remote_stream.ts";
import type { ClientOptions } from "./client_options.ts";
import { copiesUnits, copiesUnitsOnly } from "./copies_units.ts";
import { readPem } from "./pem_file.ts";
import { readToken } from "./token_file.ts";
import { usesColor } from "./uses_color.ts";

/** What it takes to connect: the token and the certificates are read. Throws a `Failure` where they can't be. */
export async function connectionOptions(
  { hostname, port, tokenFile, encrypt, tlsCa }: Pick<
    ClientOptions,
    "hostname" | "port" | "tokenFile" | "encrypt" | "tlsCa"
  >,
): Promise<ServerAddress & { readonly token: string | undefined }> {
  const token = tokenFile === undefined ? undefined : await readToken(tokenFile);
  const caCerts = tlsCa === undefined ? [] : [readPem(tlsCa, "CERTIFICATE")];
  return { hostname, port, token, tls: encrypt ? { caCerts } : undefined };
}

/** The stream that the options name. Throws a `Failure` as `connectionOptions` does. */
export async function remoteOptions(
  options: ClientOptions,
  rest: Pick<RemoteStreamOptions, "onOutage" | "serverId" | "log">,
): Promise<RemoteStreamOptions> {
  const connection = await connectionOptions(options);
  const pixels = usesColor(options) ? "yuv420p" : "gray";
  return {
    ...options,
    ...connection,
    pixels,
    steady: copiesUnits(options),
    undecoded: copiesUnitsOnly(options),
    reconnect: !options.noReconnect,
    ...rest,
  };
}
