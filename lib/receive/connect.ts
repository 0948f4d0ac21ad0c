/** Connects to a server. The caller owns the connection. */

import { Failure, messageOf } from "../frame/failure.ts";

/** How long a host may take to answer, in milliseconds. */
const PATIENCE = 10_000;

/** Where a server listens. */
export interface ServerAddress {
  readonly hostname: string;
  readonly port: number;
}

/** Connects. Throws a `Failure` that says why where it can't, and the signal's reason on abort. */
export async function connect(
  address: ServerAddress,
  { signal }: { signal: AbortSignal },
): Promise<Deno.TcpConn> {
  const timeout = AbortSignal.timeout(PATIENCE);
  try {
    return await Deno.connect({ ...address, signal: AbortSignal.any([signal, timeout]) });
  } catch (thrown) {
    signal.throwIfAborted();
    throw explain(address, thrown, timeout.aborted);
  }
}

function explain({ hostname, port }: ServerAddress, thrown: unknown, timedOut: boolean): Failure {
  const failed = `Cannot connect to ${hostname} port ${port}`;
  const options = { cause: thrown };
  if (thrown instanceof Deno.errors.ConnectionRefused) {
    return new Failure(
      `${failed}: no server listens there`,
      "start the server first, and check its port (./server prints the client's command)",
      options,
    );
  }
  if (timedOut || thrown instanceof Deno.errors.TimedOut) {
    const hint = "check the address, and that no firewall is in between";
    return new Failure(`${failed}: the host does not answer`, hint, options);
  }
  // A failed look-up has no class of its own.
  if (messageOf(thrown).includes("failed to lookup address")) {
    return new Failure(`${failed}: the host was not found`, "check the host's name", options);
  }
  return new Failure(
    `${failed}: ${messageOf(thrown)}`,
    "check the address and the network",
    options,
  );
}
