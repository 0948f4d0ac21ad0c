import { assert, assertEquals, assertRejects } from "../assert.ts";
import { type TlsListener, TlsPairs } from "../../lib/serve/tls_pairs.ts";
import { within } from "../e2e/programs.ts";

const HOSTNAME = "127.0.0.1";

/** Pairs over a plain listener: what counts here is which connection belongs to which. */
function plainPairs(changes: Partial<TlsListener> = {}) {
  const listener = Deno.listen({ hostname: HOSTNAME, port: 0 });
  let isClosed = false;
  const pairs = new TlsPairs({
    addr: listener.addr,
    accept: () => listener.accept() as Promise<unknown> as Promise<Deno.TlsConn>,
    close: () => {
      isClosed = true;
      listener.close();
    },
    ...changes,
  });
  return { pairs, listener, port: listener.addr.port, isClosed: () => isClosed };
}

/** What `conn` reads next; null at its end. */
async function next(conn: Deno.Conn): Promise<number | null> {
  const byte = new Uint8Array(1);
  const count = await within("a byte", conn.read(byte));
  return count === null ? null : byte[0]!;
}

Deno.test("TlsPairs.connect() joins the right ends of 32 pairs made at the same time", async () => {
  const { pairs } = plainPairs();
  const made = await Promise.all(Array.from({ length: 32 }, () => pairs.connect()));
  for (const [i, { near, inner }] of made.entries()) {
    assertEquals(inner.remoteAddr.port, (near.localAddr as Deno.NetAddr).port);
    await near.write(Uint8Array.of(i));
    assertEquals(await next(inner), i);
  }
  for (const { near, inner } of made) [near, inner].forEach((conn) => conn.close());
  pairs[Symbol.dispose]();
});

Deno.test("TlsPairs.connect() closes connections of other programs, and makes its pair", async () => {
  const { pairs, port } = plainPairs();
  const others = await Promise.all([1, 2, 3].map(() => Deno.connect({ hostname: HOSTNAME, port })));
  const { near, inner } = await pairs.connect();
  assertEquals(inner.remoteAddr.port, (near.localAddr as Deno.NetAddr).port);
  for (const other of others) {
    assertEquals(await next(other), null);
    other.close();
  }
  [near, inner].forEach((conn) => conn.close());
  pairs[Symbol.dispose]();
});

Deno.test("TlsPairs.connect() closes its own end if the system cannot accept the other one", async () => {
  const full = Object.assign(new Error("Too many open files (os error 24)"), { code: "EMFILE" });
  const gate = Promise.withResolvers<never>();
  const { pairs, listener } = plainPairs({ accept: () => gate.promise });
  const failing = assertRejects(() => pairs.connect(), Error, "Too many open files");
  const inner = await listener.accept();
  gate.reject(full);
  await failing;
  assertEquals(await next(inner), null);
  inner.close();
  pairs[Symbol.dispose]();
});

Deno.test("TlsPairs.connect() works again after the system could not accept", async () => {
  let fails = true;
  const { pairs: flaky, listener } = plainPairs({
    accept: () => {
      if (!fails) return listener.accept() as Promise<unknown> as Promise<Deno.TlsConn>;
      fails = false;
      return Promise.reject(new Error("Too many open files (os error 24)"));
    },
  });
  await assertRejects(() => flaky.connect(), Error, "Too many open files");
  const { near, inner } = await flaky.connect();
  assertEquals(inner.remoteAddr.port, (near.localAddr as Deno.NetAddr).port);
  [near, inner].forEach((conn) => conn.close());
  flaky[Symbol.dispose]();
});

Deno.test("TlsPairs closes its listener when it and all its users are disposed of", () => {
  const { pairs, isClosed } = plainPairs();
  const [one, two] = [pairs.use(), pairs.use()];
  pairs[Symbol.dispose]();
  one[Symbol.dispose]();
  one[Symbol.dispose]();
  assert(!isClosed());
  two[Symbol.dispose]();
  assert(isClosed());
});
