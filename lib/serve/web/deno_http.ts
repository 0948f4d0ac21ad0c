/** Deno's own HTTP, for one connection that was accepted by us. */

import { Failure } from "../../log/failure.ts";

/** What answers the requests of one connection. */
export interface ConnectionServer {
  /** Fulfilled when the connection is over; fails where it did. */
  readonly finished: Promise<void>;
  /** Ends the connection at once. Can be called again. */
  cancel(): void;
  /** Ends the connection behind the answer under way. */
  stop(): void;
}

/** What an answer is told: `completed` settles when it was handed over, or its connection is gone. */
interface Info {
  readonly completed: Promise<void>;
}

export interface ConnectionHandlers {
  readonly answer: (request: Request, info: Info) => Promise<Response>;
  /** The answer to a request for which `answer` has failed. */
  readonly onError: (thrown: unknown) => Response;
}

/**
 * `Deno.serve` for one connection. It has no public name (`Deno.serveHttp` of Deno 1 had), but is the same
 * in Deno 2.6 to 2.9. The signal is only ever listened to.
 */
type ServeHttpOnConnection = (
  conn: Deno.Conn,
  signal: Pick<AbortSignal, "addEventListener">,
  answer: ConnectionHandlers["answer"],
  onError: ConnectionHandlers["onError"],
  onListen: () => void,
) => { finished: Promise<void>; shutdown(): Promise<void> };

/** Report it. Throws a `Failure` where this Deno has none. */
export function findServeConnection(): ServeHttpOnConnection {
  const { internal } = Deno as unknown as { internal: symbol };
  const inside = (Deno as unknown as Record<symbol, Record<string, unknown>>)[internal];
  const serve = inside?.serveHttpOnConnection;
  if (typeof serve === "function") return serve as ServeHttpOnConnection;
  throw new Failure(
    `Cannot serve web pages: Deno ${Deno.version.deno} can't serve a single connection`,
    "leave out --http, or use Deno 2.6 to 2.9",
  );
}

/** Answers the requests of `conn`, which it takes over. */
export function serveConnection(
  conn: Deno.Conn,
  { answer, onError }: ConnectionHandlers,
): ConnectionServer {
  let abort: (() => void) | undefined;
  // No AbortSignal: its listener throws where the connection is over, and nobody could catch that.
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
