/** From the options of the client to the stream that it receives. */

import type { RemoteStreamOptions } from "../stream/remote_stream.ts";
import type { ClientOptions } from "./client_options.ts";
import { readPem } from "./pem_file.ts";
import { readToken } from "./token_file.ts";

/** Reads the token and the certificate of the options. Throws a `Failure` if it cannot. */
export async function remoteOptions(
  options: ClientOptions,
  rest: Pick<RemoteStreamOptions, "onOutage" | "log">,
): Promise<RemoteStreamOptions> {
  const { tokenFile, encrypt, tlsCa, noReconnect } = options;
  const token = tokenFile === undefined ? undefined : await readToken(tokenFile);
  const caCerts = tlsCa === undefined ? [] : [readPem(tlsCa, "CERTIFICATE")];
  const tls = encrypt ? { caCerts } : undefined;
  return { ...options, token, tls, reconnect: !noReconnect, ...rest };
}
