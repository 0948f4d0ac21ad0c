/** Deno's own HTTP for one connection that the program has accepted. */

import { Failure } from "../../log/failure.ts";
import type { ByteChannel } from "../connection.ts";

/** Answers the requests of one connection. */
export interface ConnectionServer {
  /** Resolves when the connection is over; rejects if it failed. */
  readonly finished: Promise<void>;
  /** Ends the connection at once. Can be called again. */
  cancel(): void;
  /** Ends the connection after the current answer. */
  stop(): void;
}

/** `completed` settles when the answer was handed over to the system, or the connection is gone. */
interface Info {
  readonly completed: Promise<void>;
}

export interface ConnectionHandlers {
  readonly answer: (request: Request, info: Info) => Promise<Response>;
  /** The answer to a request for which `answer` has failed. */
  readonly onError: (thrown: unknown) => Response;
}

/**
 * `Deno.serve` for one connection. It has no public name (Deno 1 had `Deno.serveHttp`), but is the same
 * in Deno 2.6 to 2.9. Of the signal it uses `addEventListener` only.
 */
type ServeHttpOnConnection = (
  conn: Deno.Conn,
  signal: Pick<AbortSignal, "addEventListener">,
  answer: ConnectionHandlers["answer"],
  onError: ConnectionHandlers["onError"],
  onListen: () => void,
) => { finished: Promise<void>; shutdown(): Promise<void> };

/** What Deno has without a public name, as far as this module uses it. */
interface Inside {
  readonly serveHttpOnConnection?: ServeHttpOnConnection;
  readonly upgradeHttpRaw?: (request: Request) => unknown;
  /** Resources are what operations work on, by their number. */
  readonly core?: {
    resources(): Record<string, string>;
    read(resource: number, space: Uint8Array): Promise<number>;
    write(resource: number, bytes: Uint8Array): Promise<number>;
    shutdown(resource: number): Promise<void>;
    tryClose(resource: number): void;
  };
}

const { internal } = Deno as unknown as { internal: symbol };
const inside = (Deno as unknown as Record<symbol, Inside | undefined>)[internal] ?? {};

/** Throws a `Failure` if this version of Deno does not have it. */
export function findServeConnection(): ServeHttpOnConnection {
  if (inside.serveHttpOnConnection) return inside.serveHttpOnConnection;
  throw new Failure(
    `Cannot serve web pages: Deno ${Deno.version.deno} cannot serve a single connection`,
    "leave out --http, or use Deno 2.6 to 2.9",
  );
}

/** Answers the requests of `conn`, and owns it from now on. */
export function serveConnection(
  conn: Deno.Conn,
  { answer, onError }: ConnectionHandlers,
): ConnectionServer {
  let abort: (() => void) | undefined;
  // Not an AbortSignal: its listener throws if the connection is over, and nothing could catch that.
  const addEventListener = (_type: string, listener: unknown) => abort = listener as () => void;
  const serve = findServeConnection();
  const server = serve(conn, { addEventListener }, answer, onError, () => {});
  return {
    finished: server.finished,
    cancel: () => {
      try {
        abort?.();
      } catch (thrown) {
        if (!(thrown instanceof Deno.errors.BadResource)) throw thrown; // it is over
      }
      abort = undefined;
    },
    stop: () => {
      server.shutdown().catch(() => {}); // it is over
    },
  };
}

/** The bytes of a connection that was HTTP. Its owner closes it. */
export interface TakenConnection extends ByteChannel {
  /** Closes it at once, whatever its peer does. Can be called again. */
  close(): void;
}

/**
 * Takes over the connection of a request with `Connection: Upgrade`, which must get no other answer: the owner writes
 * one, 101. Undefined where Deno can't (2.9). Throws if the connection cannot be upgraded; then it is lost.
 */
export function takeOver(request: Request): TakenConnection | undefined {
  const { upgradeHttpRaw, core } = inside;
  if (!upgradeHttpRaw || !core) return undefined;
  const before = core.resources();
  let failure: unknown;
  try {
    upgradeHttpRaw(request);
  } catch (thrown) {
    // It reads the address of the listener, which a connection that is served alone has not. By then it has opened the
    // resource.
    failure = thrown;
  }
  const [opened] = Object.keys(core.resources()).filter((resource) => !(resource in before));
  if (opened === undefined) throw failure;
  const resource = Number(opened);
  return {
    read: async (space) => await core.read(resource, space) || null,
    write: (bytes) => core.write(resource, bytes),
    closeWrite: () => core.shutdown(resource),
    close: () => core.tryClose(resource),
  };
}
