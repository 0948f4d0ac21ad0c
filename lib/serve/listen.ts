/** Opens the listening socket: TCP, TLS, or a unix socket. */

import { Failure, messageOf } from "../log/failure.ts";
import { unixPath } from "../wire/address.ts";
import { type Connection, PlainConnection } from "./connection.ts";
import { type Certificate, TlsConnection } from "./tls_connection.ts";

export interface ListenOptions {
  /** An address of this host, or `unix:PATH`. */
  readonly hostname: string;
  /** 0 to 65535; 0 takes any that is free. */
  readonly port: number;
  readonly tls: Certificate | undefined;
  /** Permissions of a unix socket, as chmod takes them. */
  readonly unixMode: number | undefined;
  /** The option that names the port, for hints. */
  readonly option: "--port" | "--http" | "--serve";
}

/** What clients come in by. */
export interface Endpoint extends Disposable {
  /** In words for people. */
  readonly where: string;
  /** The real port; undefined for a unix socket. */
  readonly port: number | undefined;
  /** Whether it was closed. */
  readonly isClosed: boolean;
  /** The next connection. Fails where the system can't give it, and once the endpoint is closed. */
  accept(): Promise<Connection>;
}

/** Listens. Throws a `Failure` that says why where it can't. */
export async function listen(options: ListenOptions): Promise<Endpoint> {
  const path = unixPath(options.hostname);
  return path === undefined ? listenTcp(options) : await listenUnix(path, options);
}

function listenTcp({ hostname, port, tls, option }: ListenOptions): Endpoint {
  if (tls) checkCertificate(tls);
  try {
    const listener = Deno.listen({ hostname, port });
    const bound = listener.addr.port;
    const where = `${tls ? "TLS, " : ""}${hostname} port ${bound}`;
    const connect = (conn: Deno.Conn) =>
      tls ? new TlsConnection(conn, tls) : new PlainConnection(conn);
    return endpoint(listener, { where, port: bound, connect });
  } catch (thrown) {
    throw explainListening(`Cannot listen on ${hostname} port ${port}`, thrown, option);
  }
}

/** Throws a `Failure` where TLS can't use the certificate or its key: whatever fails here is due to them. */
function checkCertificate(tls: Certificate): void {
  try {
    Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...tls }).close();
  } catch (cause) {
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
        // somebody has removed it before
      }
    };
    const connect = (conn: Deno.Conn) => new PlainConnection(conn);
    return endpoint(listener, { where: `unix:${path}`, port: undefined, connect, onClose });
  } catch (thrown) {
    throw thrown instanceof Failure ? thrown : explainListening(failed, thrown, option);
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

/** Removes what a server that was killed has left; throws a `Failure` where it is something else. */
async function removeStale(path: string, failed: string): Promise<void> {
  let info;
  try {
    info = Deno.lstatSync(path);
  } catch {
    return; // nothing is there
  }
  if (!info.isSocket) {
    throw new Failure(`${failed}: there is a file of that name`, "name a path that is free");
  }
  let conn;
  try {
    conn = await Deno.connect({ transport: "unix", path });
  } catch (thrown) {
    if (thrown instanceof Deno.errors.ConnectionRefused) return Deno.removeSync(path);
    throw thrown;
  }
  conn.close();
  throw new Failure(`${failed}: another server listens there`, "stop it, or name another path");
}

/** Why listening failed. `option` is the one that names the port. */
function explainListening(
  failed: string,
  thrown: unknown,
  option: ListenOptions["option"],
): Failure {
  const [why, hint] = causeOf(thrown, option);
  return new Failure(`${failed}: ${why}`, hint, { cause: thrown });
}

/** The cause in words, and what to do about it. */
function causeOf(thrown: unknown, option: ListenOptions["option"]): [why: string, hint: string] {
  const { AddrInUse, AddrNotAvailable, PermissionDenied, NotCapable } = Deno.errors;
  const where = option === "--port" ? "--host" : option;
  if (thrown instanceof AddrInUse) {
    const hint = `another server may be running; choose another port with ${option} (0: any)`;
    return ["the port is in use", hint];
  }
  if (thrown instanceof AddrNotAvailable) {
    return ["this host has no such address", `name an address of this host with ${where}, or none`];
  }
  if (thrown instanceof PermissionDenied) {
    const hint =
      `ports below 1024 need root; see ${option}; a unix socket needs a directory that you may write to`;
    return ["not allowed", hint];
  }
  if (thrown instanceof NotCapable) {
    return ["this program may create sockets only below /run and /tmp", "name a path there"];
  }
  return [messageOf(thrown), `name an address of this host with ${where}`];
}
