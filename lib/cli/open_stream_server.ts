/** Opens the stream server from the options of either program. */

import { checkEncoder } from "../ffmpeg/check_encoder.ts";
import type { Log } from "../log/log.ts";
import { type Address, StreamServer } from "../serve/stream_server.ts";
import { unixPath } from "../wire/address.ts";
import type { Wire } from "../wire/hello.ts";
import { readPem } from "./pem_file.ts";
import { openPageRecordings, type PageRecordingValues } from "./page_recordings.ts";
import type { ListeningAt } from "./readers.ts";
import type { ServingValues } from "./serving_options.ts";
import { readToken } from "./token_file.ts";

/** The addresses of the server. Without an address of their own, the web pages use that of the stream. */
export function serverEndpoints(
  { host: hostname, port, http }: {
    readonly host: string;
    readonly port: number;
    readonly http: ListeningAt | undefined;
  },
): { wireAt: Address; webAt: Address | undefined } {
  const near = unixPath(hostname) === undefined ? hostname : "127.0.0.1";
  return {
    wireAt: { hostname, port },
    webAt: http && { hostname: http.hostname ?? near, port: http.port },
  };
}

/** The addresses of the client; undefined if it does not serve. `--display web` serves a page only to this host. */
export function clientEndpoints(
  { serve, http, display }: {
    readonly serve: ListeningAt | undefined;
    readonly http: ListeningAt | undefined;
    readonly display: string | undefined;
  },
): { wireAt: Address | undefined; webAt: Address | undefined } | undefined {
  const isWeb = display === "web";
  const page = http ?? (isWeb ? { hostname: undefined, port: 0 } : undefined);
  if (!serve && !page) return undefined;
  return {
    wireAt: serve && {
      hostname: serve.hostname ?? "0.0.0.0",
      port: serve.port,
      option: "--serve",
    },
    webAt: page && {
      hostname: page.hostname ?? (isWeb ? "127.0.0.1" : "0.0.0.0"),
      port: page.port,
    },
  };
}

/** Starts to listen. Throws a `Failure` if it cannot. */
export async function openStreamServer(
  values: ServingValues & {
    readonly wire?: Wire;
    readonly unixMode?: number | undefined;
    readonly tokenFile: string | undefined;
    readonly stall: number;
    readonly onLoss?: string;
  } & PageRecordingValues,
  { wireAt, webAt, log }: {
    wireAt: Address | undefined;
    webAt: Address | undefined;
    log: Log;
  },
): Promise<StreamServer> {
  const { unixMode, wire = "raw", onLoss } = values;
  await checkEncoder(values.encoder);
  const { token, tls } = await readCredentials(values);
  const holds = onLoss === "hold";
  const recordings = webAt && openPageRecordings(values, { log });
  return await StreamServer.open({
    ...values,
    ...{ wireAt, webAt, wire, token, tls, unixMode, holds, recordings, log },
  });
}

/** Reads the token and the certificate. Throws a `Failure` if a file can't be used. */
export async function readCredentials(
  { tlsCert, tlsKey, tokenFile }:
    & Pick<ServingValues, "tlsCert" | "tlsKey">
    & { readonly tokenFile: string | undefined },
): Promise<{ token: string | undefined; tls: { cert: string; key: string } | undefined }> {
  const token = tokenFile === undefined ? undefined : await readToken(tokenFile);
  const tls = tlsCert === undefined || tlsKey === undefined ? undefined : {
    cert: readPem(tlsCert, "CERTIFICATE"),
    key: readPem(tlsKey, "PRIVATE KEY"),
  };
  return { token, tls };
}
