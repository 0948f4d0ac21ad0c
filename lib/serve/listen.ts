/** Opens the listening socket: TCP, TLS, or a unix socket. */

import { Failure, messageOf } from "../log/failure.ts";
import { hostError, unixPath } from "../wire/address.ts";
import { type Connection, PlainConnection } from "./connection.ts";
import { TlsConnection } from "./tls_connection.ts";
import { type Certificate, TlsPairs } from "./tls_pairs.ts";

export interface ListenOptions {
  /** An address of this host, or `unix:PATH`. */
  readonly hostname: string;
  /** 0 to 65535; 0 chooses a free port. */
  readonly port: number;
  readonly tls: Certificate | undefined;
  /** Permissions of a unix socket, as chmod takes them. */
  readonly unixMode: number | undefined;
  /** The option that sets the port, for hints. */
  readonly option: "--port" | "--http" | "--serve";
}

/** A listening socket. */
export interface Endpoint extends Disposable {
  /** Its address, for people: `0.0.0.0 port 8888`. */
  readonly where: string;
  /** The port that it listens on; undefined for a unix socket. */
  readonly port: number | undefined;
  /** Whether it is closed. */
  readonly isClosed: boolean;
  /** The next connection. Throws if the system cannot accept it, and after the endpoint is closed. */
  accept(): Promise<Connection>;
}

/** Starts to listen. Throws a `Failure` with the cause if it cannot. */
export async function listen(options: ListenOptions): Promise<Endpoint> {
  const path = unixPath(options.hostname);
  return path === undefined ? listenTcp(options) : await listenUnix(path, options);
}

function listenTcp({ hostname, port, tls, option }: ListenOptions): Endpoint {
  using scope = new DisposableStack();
  const pairs = tls && scope.use(openTls(tls));
  try {
    const listener = Deno.listen({ hostname, port });
    const bound = listener.addr.port;
    const where = `${tls ? "TLS, " : ""}${hostname} port ${bound}`;
    const connect = (conn: Deno.Conn) =>
      pairs ? new TlsConnection(conn, pairs) : new PlainConnection(conn);
    const onClose = () => pairs?.[Symbol.dispose]();
    scope.move();
    return endpoint(listener, { where, port: bound, connect, onClose });
  } catch (thrown) {
    throw explainListening(`Cannot listen on ${hostname} port ${port}`, thrown, {
      hostname,
      option,
    });
  }
}

/** Throws a `Failure` if TLS cannot use the certificate or its key, the only causes of an error here. */
function openTls(certificate: Certificate): TlsPairs {
  try {
    return TlsPairs.open(certificate);
  } catch (cause) {
    if (messageOf(cause).includes("KeyMismatch")) {
      throw new Failure(
        "Cannot use the certificate: the key belongs to another certificate",
        "give --tls-cert and --tls-key files that were made together",
        { cause },
      );
    }
    throw new Failure(
      `Cannot use the certificate or its key: ${messageOf(cause)}`,
      "check the files: openssl x509 -noout -text -in CERT; openssl pkey -noout -check -in KEY",
      { cause },
    );
  }
}

async function listenUnix(path: string, { unixMode, option }: ListenOptions): Promise<Endpoint> {
  const failed = `Cannot listen on unix:${path}`;
  try {
    await removeStale(path, failed);
    const listener = Deno.listen({ transport: "unix", path });
    if (unixMode !== undefined) Deno.chmodSync(path, unixMode);
    const onClose = () => {
      try {
        Deno.removeSync(path);
      } catch {
        // another program has removed it already
      }
    };
    const connect = (conn: Deno.Conn) => new PlainConnection(conn);
    return endpoint(listener, { where: `unix:${path}`, port: undefined, connect, onClose });
  } catch (thrown) {
    throw thrown instanceof Failure
      ? thrown
      : explainListening(failed, thrown, { hostname: `unix:${path}`, option });
  }
}

function endpoint(
  listener: Deno.Listener,
  { where, port, connect, onClose = () => {} }: {
    where: string;
    port: number | undefined;
    connect: (conn: Deno.Conn) => Connection;
    onClose?: () => void;
  },
): Endpoint {
  let isClosed = false;
  return {
    where,
    port,
    get isClosed() {
      return isClosed;
    },
    accept: async () => connect(await listener.accept()),
    [Symbol.dispose]: () => {
      if (isClosed) return;
      isClosed = true;
      listener.close();
      onClose();
    },
  };
}

/** Removes the socket file that a killed server has left. Throws a `Failure` if it is any other file. */
async function removeStale(path: string, failed: string): Promise<void> {
  let info;
  try {
    info = Deno.lstatSync(path);
  } catch {
    return; // there is no such file
  }
  if (!info.isSocket) {
    throw info.isDirectory
      ? new Failure(
        `${failed}: it is a directory`,
        `add a file name: --host unix:${path}/server.sock`,
      )
      : new Failure(`${failed}: the file exists and is not a socket`, "choose another path");
  }
  let conn;
  try {
    conn = await Deno.connect({ transport: "unix", path });
  } catch (thrown) {
    if (thrown instanceof Deno.errors.ConnectionRefused) return Deno.removeSync(path);
    throw thrown;
  }
  conn.close();
  throw new Failure(
    `${failed}: another server listens there`,
    "stop that server, or choose another path",
  );
}

/** The error for a failed listener. `option` sets the port. */
function explainListening(
  failed: string,
  thrown: unknown,
  options: Pick<ListenOptions, "hostname" | "option">,
): Failure {
  const [why, hint] = causeOf(thrown, options);
  return new Failure(`${failed}: ${why}`, hint, { cause: thrown });
}

/** The cause, and what to do about it. */
function causeOf(
  thrown: unknown,
  { hostname, option }: Pick<ListenOptions, "hostname" | "option">,
): [why: string, hint: string] {
  const { AddrInUse, AddrNotAvailable, NotFound, PermissionDenied, NotCapable } = Deno.errors;
  const isUnix = unixPath(hostname) !== undefined;
  const where = option === "--port" ? "--host" : option;
  if (thrown instanceof AddrInUse) {
    const hint = `another server may be running; choose another port with ${option} (0: any)`;
    return ["the port is in use", hint];
  }
  if (thrown instanceof AddrNotAvailable) {
    return [
      "this host has no such address",
      `give ${where} an address of this host, or leave it out`,
    ];
  }
  if (thrown instanceof PermissionDenied) {
    const hint = isUnix
      ? "choose a directory that you can write to"
      : `choose a port from 1024 on with ${option}, or run as root`;
    return ["permission denied", hint];
  }
  if (isUnix && thrown instanceof NotFound) {
    return ["there is no such directory", "create the directory, or choose another path"];
  }
  if (thrown instanceof NotCapable) {
    return ["this program may create sockets only below /run and /tmp", "choose a path there"];
  }
  const hint = `give ${where} an address of this host`;
  switch (hostError(hostname, thrown)) {
    case "not found":
      return ["the host was not found", hint];
    case "invalid":
      return ["this is not a host name or IP address", hint];
  }
  return [messageOf(thrown), hint];
}
