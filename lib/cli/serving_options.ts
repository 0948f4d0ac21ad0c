/** The options for serving frames, of the server and of the client, and what they open. */

import type { Log } from "../log/log.ts";
import type { Wire } from "../wire/hello.ts";
import type { Cidr } from "../serve/cidr.ts";
import { type Address, StreamServer } from "../serve/stream_server.ts";
import { unixPath } from "../wire/address.ts";
import { option, UsageError } from "./option_table.ts";
import { readPem } from "./pem_file.ts";
import { readToken } from "./token_file.ts";
import { integer, type ListeningAt, ranges, text } from "./readers.ts";

/** Quality and limits. */
export const limitOptions = {
  quality: option({
    value: "1..100",
    help: "JPEG quality of the mjpeg format and the web pages",
    read: integer(1, 100),
    fallback: 90,
  }),
  maxClients: option({
    value: "N",
    help: "maximum number of clients",
    read: integer(1, 4096),
    fallback: 64,
  }),
  maxPerHost: option({
    value: "N",
    help: "maximum number of clients from one address",
    read: integer(1, 4096),
    fallback: 16,
  }),
};

/** Who can connect, and encryption. */
export const accessOptions = {
  allow: option({
    value: "CIDR,..",
    help: "accept only clients from these addresses, for example 192.168.0.0/16,fe80::/10",
    read: ranges,
    shownFallback: "all addresses",
  }),
  tlsCert: option({
    value: "FILE",
    help: "encrypt the connections of clients and browsers with this certificate (PEM)",
    read: text,
    shownFallback: "no encryption",
  }),
  tlsKey: option({ value: "FILE", help: "private key of the certificate (PEM)", read: text }),
};

/** The values of both groups. */
export interface ServingValues {
  readonly quality: number;
  readonly maxClients: number;
  readonly maxPerHost: number;
  readonly allow: Cidr[] | undefined;
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
}

/** Throws a `UsageError` where options do not belong together. */
export function checkServing(
  { tlsCert, tlsKey }: ServingValues,
  hostname: string | undefined,
): void {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new UsageError("--tls-cert and --tls-key belong together", "give both or neither");
  }
  if (hostname?.startsWith("unix:") && tlsCert !== undefined) {
    throw new UsageError("--tls-cert is given with a Unix socket", "remove one of them");
  }
}

/** Where a server listens; its pages are on the address of its wire, unless they have one of their own. */
export function serverAddresses(
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

/** Where a client listens; undefined where it serves nobody. `--display web` has a page on this host alone. */
export function clientAddresses(
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

/** Starts to listen. Throws a `Failure` where it can't. */
export async function openStreamServer(
  values: ServingValues & {
    readonly wire?: Wire;
    readonly unixMode?: number | undefined;
    readonly tokenFile: string | undefined;
    readonly stall: number;
    readonly onLoss?: string;
  },
  { wireAt, webAt, log }: {
    wireAt: Address | undefined;
    webAt: Address | undefined;
    log: Log;
  },
): Promise<StreamServer> {
  const { tlsCert, tlsKey, tokenFile, unixMode, wire = "raw", onLoss } = values;
  const token = tokenFile === undefined ? undefined : await readToken(tokenFile);
  const tls = tlsCert === undefined || tlsKey === undefined ? undefined : {
    cert: readPem(tlsCert, "CERTIFICATE"),
    key: readPem(tlsKey, "PRIVATE KEY"),
  };
  const holds = onLoss === "hold";
  return await StreamServer.open({
    ...values,
    ...{ wireAt, webAt, wire, token, tls, unixMode, holds, log },
  });
}
