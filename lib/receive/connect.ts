/** Connects to a server; the caller owns the connection. */

import { LinkedAbortController } from "../async/linked_abort_controller.ts";
import { Failure, messageOf } from "../log/failure.ts";
import { asConnection, type Connection } from "./connection.ts";
import { hostError, unixPath } from "../wire/address.ts";

/** How long a host may take to answer unless the caller says it, in milliseconds. */
const LIMIT_MS = 10_000;

/** Where a server listens, and whether with TLS. */
export interface ServerAddress {
  /** A host, or `unix:PATH`. */
  readonly hostname: string;
  readonly port: number;
  /** Undefined: without TLS. */
  readonly tls?: { readonly caCerts: string[] } | undefined;
}

/** The server is not there, or is full: a later try may succeed. */
export class NotReady extends Failure {
  override name = "NotReady";
}

/** Nobody listens at the address: the server has not started, or has ended. */
export class NoListener extends NotReady {
  override name = "NoListener";
}

/** A server's address, for messages. */
export function formatServer({ hostname, port }: ServerAddress): string {
  return unixPath(hostname) === undefined ? `${hostname} port ${port}` : hostname;
}

/** Connects. Throws a `Failure` that says why if it cannot, and the signal's reason on abort. */
export async function connect(
  address: ServerAddress,
  { signal, limitMs = LIMIT_MS }: { signal: AbortSignal; limitMs: number | undefined },
): Promise<Connection> {
  using opening = new LinkedAbortController(signal);
  const timer = setTimeout(() => opening.abort(), limitMs);
  try {
    return asConnection(await open(address, opening.signal));
  } catch (thrown) {
    signal.throwIfAborted();
    const isOverdue = opening.signal.aborted;
    throw explain(address, thrown, isOverdue);
  } finally {
    clearTimeout(timer);
  }
}

async function open(address: ServerAddress, signal: AbortSignal): Promise<Deno.Conn> {
  const { hostname, port, tls } = address;
  const path = unixPath(hostname);
  if (path !== undefined) return await Deno.connect({ transport: "unix", path });
  const conn = await Deno.connect({ hostname, port, signal });
  if (!tls) {
    conn.setNoDelay(true);
    return conn;
  }
  let secure: Deno.TlsConn | undefined;
  // Before `startTls` returns there is nothing to close: it has taken over `conn`.
  const close = () => secure?.close();
  signal.addEventListener("abort", close, { once: true });
  try {
    secure = await Deno.startTls(conn, { hostname, caCerts: tls.caCerts });
    signal.throwIfAborted();
    await secure.handshake();
    return secure;
  } finally {
    signal.removeEventListener("abort", close);
  }
}

/** The messages of rustls, and what they mean. */
const TLS_RULES: readonly (readonly [RegExp, string, string])[] = [
  [
    /NotValidForName|not valid for name/,
    "its certificate is for another name",
    "connect by a name in the certificate (openssl x509 -noout -ext subjectAltName)",
  ],
  [
    /UnknownIssuer/,
    "its CA certificate is not known",
    "give the CA certificate, or the server's self-signed certificate, with --tls-ca",
  ],
  [
    /Expired|certificate expired/,
    "its certificate has expired",
    "renew the certificate on the server, and check the clocks of both hosts",
  ],
  [
    /NotValidYet|not valid yet/,
    "its certificate is not valid yet",
    "check the clocks of both hosts",
  ],
  [
    /CaUsedAsEndEntity/,
    "its certificate is a CA certificate, not a server's",
    "make it with -addext basicConstraints=critical,CA:FALSE (docs/security.md shows how)",
  ],
  [
    /InvalidContentType|corrupt message|unexpected end|unexpected EOF|eof/i,
    "it does not speak TLS",
    "leave out --tls, or start the server with --tls-cert and --tls-key",
  ],
  [/certificate/, "its certificate cannot be used", "check it with openssl s_client"],
];

const WAIT_HINT = "--wait-for-server waits for a server that starts later";

function explain(address: ServerAddress, thrown: unknown, isOverdue: boolean): Failure {
  const failed = `Cannot connect to ${formatServer(address)}`;
  const options = { cause: thrown };
  if (thrown instanceof Deno.errors.ConnectionRefused) {
    return new NoListener(
      `${failed}: no server listens there`,
      `check the port (./server prints the client's command); ${WAIT_HINT}`,
      options,
    );
  }
  if (isOverdue || thrown instanceof Deno.errors.TimedOut) {
    const hint = "check the address, and that no firewall is in between; " + WAIT_HINT;
    return new NotReady(`${failed}: the host does not answer`, hint, options);
  }
  if (thrown instanceof Deno.errors.NotFound) {
    const hint = `check the path; ${WAIT_HINT}`;
    return new NoListener(`${failed}: there is no such socket`, hint, options);
  }
  const rule = address.tls && TLS_RULES.find(([pattern]) => pattern.test(messageOf(thrown)));
  if (rule) return new Failure(`${failed}: ${rule[1]}`, rule[2], options);
  switch (hostError(address.hostname, thrown)) {
    case "not found": {
      const hint = `check the host's name; ${WAIT_HINT}`;
      return new NotReady(`${failed}: the host was not found`, hint, options);
    }
    case "invalid": {
      const hint = "give a host name or an IP address, as in: ./client 192.168.0.7 8888";
      return new Failure(`${failed}: this is not a host name or IP address`, hint, options);
    }
  }
  // For example a network that is down, or not up yet.
  return new NotReady(
    `${failed}: ${messageOf(thrown)}`,
    "check the address and the network",
    options,
  );
}
