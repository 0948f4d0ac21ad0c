import { listStreams } from "../../lib/receive/list_streams.ts";
import { Failure } from "../../lib/log/failure.ts";
import { assertEquals, assertRejects } from "../assert.ts";
import { settle } from "../async/manual_clock.ts";
import { MemoryConnection, MemoryPlatform } from "./memory_platform.ts";

const server = { hostname: "cam", port: 8888 };
const { signal } = new AbortController();

Deno.test("listStreams() asks for the list, and reads it", async () => {
  const list = "framewire/1 ok list=1\nstream=a width=4 height=3 state=live\n";
  const conn = new MemoryConnection().send(list).end();
  const platform = new MemoryPlatform(conn);
  const [stream] = await listStreams(server, { signal, platform });
  assertEquals([stream?.name, conn.written], ["a", "framewire/1 list=1\n"]);
  assertEquals([conn.isClosed, platform.clock.timers], [true, 0]);
});

Deno.test("listStreams() gives up a server that sends nothing, or a part of the list, after 10 s", async () => {
  for (const part of ["", "framewire/1 ok list=2\nstream=a wid"]) {
    const conn = new MemoryConnection().send(part);
    const platform = new MemoryPlatform(conn);
    const listing = assertRejects(
      () => listStreams(server, { signal, platform }),
      Failure,
      "Cannot list the streams of cam port 8888: no list came within 10 s",
    );
    await settle();
    await platform.clock.advance(9999);
    assertEquals(conn.isClosed, false);
    await platform.clock.advance(1);
    await listing;
    assertEquals([conn.isClosed, platform.tries.length, platform.clock.timers], [true, 1, 0]);
  }
});

Deno.test("listStreams() throws the signal's reason on abort", async () => {
  const conn = new MemoryConnection();
  const platform = new MemoryPlatform(conn);
  const stop = new AbortController();
  const listing = listStreams(server, { signal: stop.signal, platform });
  await settle();
  stop.abort(new Error("asked to stop"));
  await assertRejects(() => listing, Error, "asked to stop");
  assertEquals([conn.isClosed, platform.clock.timers], [true, 0]);
});
