/** Deno's own HTTP for one connection that the program has accepted. */

import { Failure } from "../../log/failure.ts";

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

/** Throws a `Failure` if this version of Deno does not have it. */
export function findServeConnection(): ServeHttpOnConnection {
  const { internal } = Deno as unknown as { internal: symbol };
  const inside = (Deno as unknown as Record<symbol, Record<string, unknown>>)[internal];
  const serve = inside?.serveHttpOnConnection;
  if (typeof serve === "function") return serve as ServeHttpOnConnection;
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
