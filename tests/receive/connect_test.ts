import { Failure } from "../../lib/log/failure.ts";
import { connect, NoListener } from "../../lib/receive/connect.ts";
import { assertEquals, assertRejects } from "../assert.ts";

const control = { signal: new AbortController().signal, limitMs: undefined };

/** A port of this host on which nobody listens. */
function closedPort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

for (const hostname of ["300.1.1.1", "a b", "fe80::zz"]) {
  Deno.test({
    name: `connect() does not wait for the impossible host "${hostname}"`,
    sanitizeResources: false, // Deno 2.7 keeps the cancel handle of a failed look-up
    fn: async () => {
      const failure = await assertRejects(() => connect({ hostname, port: 1 }, control), Failure);
      assertEquals(failure.name, "Failure");
      const why = "this is not a host name or IP address";
      assertEquals(failure.message, `Cannot connect to ${hostname} port 1: ${why}`);
    },
  });
}

Deno.test("connect() tells a port without a listener from other failures", async () => {
  const address = { hostname: "127.0.0.1", port: closedPort() };
  await assertRejects(() => connect(address, control), NoListener, "no server listens there");
  const socket = { hostname: "unix:/tmp/framewire-none.sock", port: 0 };
  await assertRejects(() => connect(socket, control), NoListener, "there is no such socket");
});

Deno.test("connect() throws the signal's reason on abort", async () => {
  const signal = AbortSignal.abort(new Error("Ctrl-C"));
  const address = { hostname: "127.0.0.1", port: closedPort() };
  await assertRejects(() => connect(address, { ...control, signal }), Error, "Ctrl-C");
});
