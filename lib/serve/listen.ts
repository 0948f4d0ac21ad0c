/** Opens the listening socket: TCP, TLS, or a unix socket. */

import { Failure, messageOf } from "../frame/failure.ts";
import { unixPath } from "../frame/unix_path.ts";

/** A certificate and its key, PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface ListenOptions {
  /** An address of this host, or `unix:PATH`. */
  readonly hostname: string;
  /** 0 to 65535; 0 takes any that is free. */
  readonly port: number;
  readonly tls: Certificate | undefined;
  /** Permissions of a unix socket, as chmod takes them. */
  readonly unixMode: number | undefined;
}

/** What clients come in by. */
export interface Doorway extends Disposable {
  /** In words for people. */
  readonly where: string;
  /** The real port; undefined for a unix socket. */
  readonly port: number | undefined;
  accept(): Promise<Deno.Conn>;
}

/** Listens. Throws a `Failure` that says why where it can't. */
export async function listen(options: ListenOptions): Promise<Doorway> {
  const path = unixPath(options.hostname);
  return path === undefined ? listenTcp(options) : await listenUnix(path, options);
}

function listenTcp({ hostname, port, tls }: ListenOptions): Doorway {
  try {
    const listener = tls
      ? Deno.listenTls({ hostname, port, ...tls })
      : Deno.listen({ hostname, port });
    const bound = (listener.addr as Deno.NetAddr).port;
    return {
      where: `${tls ? "TLS, " : ""}${hostname} port ${bound}`,
      port: bound,
      accept: () => listener.accept(),
      [Symbol.dispose]: () => listener.close(),
    };
  } catch (thrown) {
    throw explainListening(`Cannot listen on ${hostname} port ${port}`, thrown);
  }
}

async function listenUnix(path: string, { unixMode }: ListenOptions): Promise<Doorway> {
  const failed = `Cannot listen on unix:${path}`;
  try {
    await removeStale(path, failed);
    const listener = Deno.listen({ transport: "unix", path });
    if (unixMode !== undefined) Deno.chmodSync(path, unixMode);
    return {
      where: `unix:${path}`,
      port: undefined,
      accept: () => listener.accept(),
      [Symbol.dispose]: () => {
        listener.close();
        try {
          Deno.removeSync(path);
        } catch {
          // somebody has removed it before
        }
      },
    };
  } catch (thrown) {
    throw thrown instanceof Failure ? thrown : explainListening(failed, thrown);
  }
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
export function explainListening(
  failed: string,
  thrown: unknown,
  { option = "--port" }: { option?: string } = {},
): Failure {
  const options = { cause: thrown };
  if (thrown instanceof Deno.errors.AddrInUse) {
    return new Failure(
      `${failed}: the port is in use`,
      `another server may be running; choose another port with ${option} (0: any)`,
      options,
    );
  }
  if (thrown instanceof Deno.errors.AddrNotAvailable) {
    return new Failure(
      `${failed}: this host has no such address`,
      "leave --host out for all",
      options,
    );
  }
  if (thrown instanceof Deno.errors.PermissionDenied) {
    return new Failure(
      `${failed}: not allowed`,
      `ports below 1024 need root; see ${option}; a unix socket needs a directory that you may write to`,
      options,
    );
  }
  if (thrown instanceof Deno.errors.NotCapable) {
    return new Failure(
      `${failed}: this program may make sockets below /run and /tmp alone`,
      "name a path there",
      options,
    );
  }
  if (thrown instanceof Deno.errors.InvalidData || /KeyMismatch/.test(messageOf(thrown))) {
    return new Failure(
      `${failed}: the certificate or its key can't be used: ${messageOf(thrown)}`,
      "both are PEM files, and the key is the certificate's",
      options,
    );
  }
  const reason = messageOf(thrown);
  return new Failure(`${failed}: ${reason}`, "give --host an address of this host", options);
}
