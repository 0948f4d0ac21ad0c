import { Failure } from "../../lib/log/failure.ts";
import { Acknowledger } from "../../lib/receive/acknowledger.ts";
import { assert, assertEquals, assertThrows } from "../assert.ts";

/** A connection whose writes end when they are told to. */
class SlowConn {
  readonly written: number[] = [];
  #end = () => {};

  write(bytes: Uint8Array): Promise<number> {
    this.written.push(bytes.length);
    return new Promise((resolve) => this.#end = () => resolve(bytes.length));
  }

  async endWrite(): Promise<void> {
    this.#end();
    await new Promise((resolve) => setTimeout(resolve));
  }
}

Deno.test("Acknowledger has one write at a time, of all acknowledgements that are due", async () => {
  const conn = new SlowConn();
  const acknowledger = new Acknowledger(conn);
  for (let i = 0; i < 5; i++) acknowledger.acknowledge();
  assertEquals(conn.written, [1]);
  await conn.endWrite();
  assertEquals(conn.written, [1, 4]);
  await conn.endWrite();
  acknowledger.acknowledge();
  assertEquals(conn.written, [1, 4, 1]);
});

Deno.test("Acknowledger gives up a server that does not read", () => {
  const acknowledger = new Acknowledger(new SlowConn());
  const flood = () => {
    for (let i = 0; i < 1e6; i++) acknowledger.acknowledge();
  };
  const failure = assertThrows(flood, Failure);
  assert(failure.message.includes("does not read acknowledgements"));
});
