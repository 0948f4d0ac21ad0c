import { assertEquals } from "../../assert.ts";
import type { Connection } from "../../../lib/serve/connection.ts";
import { ConnectionLimit } from "../../../lib/serve/connection_limit.ts";
import type { ConnectionHandlers } from "../../../lib/serve/web/deno_http.ts";
import { HttpConnection } from "../../../lib/serve/web/http_connection.ts";

/** A connection without a socket, whose requests come from the test. */
async function open(hostname = "192.0.2.1") {
  const released = Promise.withResolvers<void>();
  const finished = Promise.withResolvers<void>();
  const socket: Connection = {
    remoteAddr: { transport: "tcp", hostname, port: 7 },
    released: released.promise,
    open: () => Promise.resolve({} as Deno.Conn),
    close: () => released.resolve(),
  };
  const limits = {
    idle: new ConnectionLimit({ perHost: 1, total: 9 }),
    busy: new ConnectionLimit({ perHost: 9, total: 9 }),
  };
  const serving = Promise.withResolvers<ConnectionHandlers>();
  let cancelled = false;
  const connection = new HttpConnection(socket, {
    limits,
    serve: (_conn, handlers) => {
      serving.resolve(handlers);
      const cancel = () => {
        cancelled = true;
        finished.resolve();
      };
      return { finished: finished.promise, cancel, stop: () => finished.resolve() };
    },
  });
  const handled: Request[] = [];
  const answers: ((response: Response) => void)[] = [];
  const handler = (request: Request) => {
    handled.push(request);
    return new Promise<Response>((resolve) => answers.push(resolve));
  };
  const running = connection.run(handler, () => new Response());
  const { answer } = await serving.promise;
  /** Sends a request; `completed` ends it. */
  const ask = () => {
    const { promise: completed, resolve } = Promise.withResolvers<void>();
    const response = answer(new Request("http://localhost/"), { completed });
    return { response, complete: resolve };
  };
  return { connection, limits, handled, answers, ask, running, isCancelled: () => cancelled };
}

Deno.test("HttpConnection: the 17th request at the same time closes it, and is not handled", async () => {
  const { ask, handled, running, answers, isCancelled } = await open();
  const asked = Array.from({ length: 17 }, ask);
  assertEquals([handled.length, isCancelled()], [16, true]);
  assertEquals((await asked[16]!.response).status, 503);
  assertEquals((await ask().response).status, 503);
  assertEquals(handled.length, 16);
  for (const answer of answers) answer(new Response());
  for (const { complete } of asked) complete();
  await running;
});

Deno.test("HttpConnection counts as idle, then as busy, then as idle again", async () => {
  const { connection, ask, limits, answers, running } = await open();
  const sizes = () => [limits.idle.size, limits.busy.size];
  assertEquals(sizes(), [1, 0]);
  const { response, complete } = ask();
  assertEquals(sizes(), [0, 1]);
  answers[0]!(new Response());
  await response;
  complete();
  await Promise.resolve();
  assertEquals(sizes(), [1, 0]);
  connection.close();
  await running;
  assertEquals(sizes(), [0, 0]);
});

Deno.test("HttpConnection.hold() takes it out of the limits until its end", async () => {
  const { connection, ask, limits, running } = await open();
  ask();
  connection.hold();
  assertEquals([limits.idle.size, limits.busy.size], [0, 0]);
  connection.close();
  await running;
  await connection.gone;
});

Deno.test("HttpConnection.upgraded() keeps it out of the limits until its WebSocket is gone", async () => {
  const { connection, ask, answers, limits, running } = await open();
  const { response, complete } = ask();
  const gone = Promise.withResolvers<void>();
  connection.upgraded(gone.promise);
  complete(); // an upgrade completes its request at once
  answers[0]!(new Response());
  await response;
  await Promise.resolve();
  assertEquals([limits.idle.size, limits.busy.size], [0, 0]);
  connection.close();
  gone.resolve();
  await running;
});

Deno.test("HttpConnection.peer: an IPv6 address stands in brackets", async () => {
  const { connection, running } = await open("2001:db8::1");
  assertEquals([connection.host, connection.peer], ["2001:db8::1", "[2001:db8::1]:7"]);
  connection.close();
  await running;
});
