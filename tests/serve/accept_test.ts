import { assertEquals } from "../assert.ts";
import { Acceptor } from "../../lib/serve/accept.ts";
import type { Connection } from "../../lib/serve/connection.ts";

const CONNECTION: Connection = {
  remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
  open: () => Promise.reject(new Error("not opened here")),
  close: () => {},
  released: Promise.resolve(),
};

/** An acceptor whose listener throws `failures`, then gives a connection; with its pauses and warnings. */
function acceptorOf(failures: Iterable<Error>, { makeRoom = (): boolean => false } = {}) {
  const pauses: number[] = [];
  const warnings: string[] = [];
  const coming = failures[Symbol.iterator]();
  const accept = () => {
    const { value, done } = coming.next();
    return done ? Promise.resolve(CONNECTION) : Promise.reject(value);
  };
  const log = {
    error: () => {},
    warn: (line: string) => void warnings.push(line),
    info: () => {},
    debug: () => {},
  };
  const pause = (milliseconds: number) => {
    if (milliseconds > 0) pauses.push(milliseconds);
    return Promise.resolve();
  };
  const acceptor = new Acceptor({ accept, isClosed: false }, { log, makeRoom, pause });
  return { acceptor, pauses, warnings };
}

/** The error of Deno if the process has no descriptor left. */
function exhausted(code: string): Error {
  return Object.assign(new Error("Too many open files (os error 24)"), { code });
}

Deno.test("Acceptor.next() passes over 10,000 connections that were reset, without a pause (issue 11)", async () => {
  const resets = Array.from(
    { length: 10_000 },
    (_, i) =>
      i % 2 ? new Deno.errors.NotConnected("os error 107") : new Deno.errors.ConnectionReset(),
  );
  const { acceptor, pauses, warnings } = acceptorOf(resets);
  assertEquals(await acceptor.next(), CONNECTION);
  assertEquals([pauses, warnings], [[], []]);
});

Deno.test("Acceptor.next() pauses if no descriptor is left, briefly if a connection could be closed", async () => {
  const failures = [exhausted("EMFILE"), exhausted("ENFILE"), exhausted("EMFILE")];
  const spared = [true, false, false];
  const { acceptor, pauses, warnings } = acceptorOf(failures, { makeRoom: () => spared.shift()! });
  assertEquals(await acceptor.next(), CONNECTION);
  assertEquals(pauses, [10, 200, 200]);
  assertEquals(warnings, ["cannot accept a client: Too many open files (os error 24)"]);
});

Deno.test("Acceptor.next() pauses if a listener fails 100 times in a row for an unknown cause", async () => {
  const { acceptor, pauses } = acceptorOf(Array.from({ length: 103 }, () => new Error("strange")));
  assertEquals(await acceptor.next(), CONNECTION);
  assertEquals(pauses, [200, 200, 200]);
});

Deno.test("Acceptor.next() returns undefined once the listener is closed", async () => {
  const closed = {
    isClosed: false,
    accept: (): Promise<never> => {
      closed.isClosed = true;
      return Promise.reject(new Deno.errors.BadResource());
    },
  };
  const log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };
  assertEquals(await new Acceptor(closed, { log, makeRoom: () => false }).next(), undefined);
});
