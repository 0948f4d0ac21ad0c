/** The WebSocket of a live page, as far as its session uses it. A `WebSocket` is one. */

export interface LiveSocket extends Pick<EventTarget, "addEventListener"> {
  readonly readyState: number;
  /** Bytes that wait in this program because the system takes no more. */
  readonly bufferedAmount: number;
  /** Never waits. Does nothing once the socket is closing. */
  send(data: string | Uint8Array<ArrayBuffer>): void;
  /** Says goodbye. The socket is gone when the peer has answered, or the system gives it up. */
  close(code: number, reason: string): void;
}

/** While more bytes than this wait for the system to take them, pictures wait, and news and answers are left out. */
export const MAX_BUFFERED = 262_144;

/** Why the server closes a socket. */
export interface LiveClose {
  readonly code: number;
  readonly reason: string;
}

/** The server stops, or has nothing more to show. */
export const STOPPED: LiveClose = { code: 1001, reason: "the server stops" };

/** The page has sent a binary message that the protocol does not allow. */
export const PROTOCOL_ERROR = 1002;

/** The page has sent a text message that can't be read. */
export const BAD_MESSAGE = 1007;

/** A message has led to an error that nobody has thought of: the page is at fault or this program, others are not. */
export const INTERNAL_ERROR: LiveClose = { code: 1011, reason: "internal error" };

/** The headers of the answer to a request that is not for a WebSocket (RFC 9110, 15.5.22). */
export const UPGRADE = { upgrade: "websocket", connection: "upgrade" };

/** The page has acknowledged nothing for `--stall` seconds. */
export const STALLED = 4408;
