/** Clients that misbehave. Each runs until abort, and closes its connections. */

import { abortedOr, pause } from "../../lib/async/aborted.ts";

/** The server's address. */
export interface Target {
  readonly hostname: string;
  readonly port: number;
}

type BadClient = (target: Target, signal: AbortSignal) => Promise<void>;

const NEVER = new Promise<never>(() => {});

/** Clients that each occupy one connection, by what they do. */
export const badClients: { readonly [does: string]: BadClient } = {
  "never read": (target, signal) => again(target, signal, () => abortedOr(NEVER, signal)),

  "read one byte a second": (target, signal) =>
    again(target, signal, async (conn) => {
      while (!signal.aborted && await conn.read(new Uint8Array(1)) !== null) {
        await pause(1000, signal);
      }
    }),

  "leave in the middle of a frame": (target, signal) =>
    again(target, signal, async (conn) => {
      await conn.read(new Uint8Array(30_000));
    }, 20),

  "leave with an acknowledgement owed": (target, signal) =>
    again(target, signal, async (conn) => {
      await say(conn, "framewire/1 wire=y4m ack=1\n");
      await conn.read(new Uint8Array(30_000));
    }, 20),

  "ask for JPEGs, and leave": (target, signal) =>
    again(target, signal, async (conn) => {
      await say(conn, "framewire/1 wire=mjpeg\n");
      await conn.read(new Uint8Array(3000));
    }, 300),

  "send a megabyte of garbage": (target, signal) =>
    again(target, signal, async (conn) => {
      const garbage = new Uint8Array(1 << 16);
      for (let i = 0; i < 16; i++) {
        crypto.getRandomValues(garbage);
        for (let at = 0; at < garbage.length;) at += await conn.write(garbage.subarray(at));
      }
    }, 200),

  "begin a greeting and stop": (target, signal) =>
    again(target, signal, async (conn) => {
      await say(conn, "framewire/1 wire=");
      await abortedOr(conn.read(new Uint8Array(1000)), signal);
    }, 20),
};

/** Connects and disconnects `times` times a second. */
export async function comeAndGo(
  target: Target,
  signal: AbortSignal,
  { times }: { times: number },
): Promise<void> {
  const begun = performance.now();
  for (let i = 0; !signal.aborted; i++) {
    try {
      (await Deno.connect(target)).close();
    } catch {
      // refused
    }
    const due = begun + 1000 * i / times;
    if (due > performance.now()) await pause(due - performance.now(), signal);
  }
}

/** Opens `size` connections, and sends nothing; they are closed on abort. */
export async function crowd(
  target: Target,
  signal: AbortSignal,
  { size }: { size: number },
): Promise<void> {
  const conns: Deno.Conn[] = [];
  try {
    for (let i = 0; i < size && !signal.aborted; i++) conns.push(await Deno.connect(target));
    await abortedOr(NEVER, signal);
  } finally {
    for (const conn of conns) conn.close();
  }
}

/** Connects, calls `act`, disconnects, and repeats that after `rest` ms. */
async function again(
  target: Target,
  signal: AbortSignal,
  act: (conn: Deno.Conn) => Promise<void>,
  rest = 500,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const conn = await Deno.connect(target);
      let closed = false;
      const close = () => {
        if (!closed) conn.close();
        closed = true;
      };
      signal.addEventListener("abort", close, { once: true });
      try {
        await act(conn);
      } finally {
        signal.removeEventListener("abort", close);
        close();
      }
    } catch {
      // closed by the server, or refused: as expected
    }
    await pause(rest, signal);
  }
}

async function say(conn: Deno.Conn, words: string): Promise<void> {
  await conn.write(new TextEncoder().encode(words));
}
