/** Why the server refuses a client, and why a session ends. */

import type { Refusal } from "../wire/hello.ts";

/** A refusal with its kind, which the log limits one by one. */
export interface AccessRefusal extends Refusal {
  readonly kind: RefusalKind;
}

export type RefusalKind =
  | "bad greeting"
  | "no token"
  | "wrong token"
  | "too many wrong tokens"
  | "server full"
  | "address full"
  | "no such stream"
  | "no such format"
  | "loop";

/** Why a session ended. */
export interface SessionEnd {
  readonly kind:
    | RefusalKind
    | "done"
    | "stopped"
    | "left"
    | "stalled"
    | "slow greeting"
    | "evicted"
    | "not allowed";
  /** For the log, after the client's address: `left`, `refused: the token is wrong`. */
  readonly reason: string;
}

/** The stream ended, and the client has all of it. */
export const DONE: SessionEnd = { kind: "done", reason: "done" };

/** The server stops. */
export const STOPPED: SessionEnd = { kind: "stopped", reason: "stopped" };

/** The client closed the connection. */
export const LEFT: SessionEnd = { kind: "left", reason: "left" };
