import { StreamServer } from "../../lib/serve/stream_server.ts";
import { assertEquals, assertMatch } from "../assert.ts";
import { MemoryStream } from "../stream/memory_stream.ts";

const log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };

/** The metrics of a server with these names, of which the last one is published. */
async function metricsOf(names: string[]): Promise<string> {
  await using server = await StreamServer.open({
    ...{ wireAt: undefined, webAt: { hostname: "127.0.0.1", port: 0 }, tls: undefined },
    ...{ unixMode: undefined, stall: 10, wire: "raw", quality: 90, holds: false, log },
    ...{ allow: undefined, token: undefined, maxClients: 4, maxPerHost: 4 },
  });
  server.order(names);
  const stream = new MemoryStream();
  await using _published = server.publish(stream, { name: names.at(-1) ?? "" });
  const stop = new AbortController();
  const running = server.run(stop);
  const response = await fetch(`http://127.0.0.1:${server.webPort}/metrics`);
  const text = await response.text();
  stop.abort();
  await running;
  assertEquals(response.status, 200, text);
  return text;
}

Deno.test("StreamServer: metrics have the label of their stream if several are configured, even while one is published", async () => {
  assertMatch(await metricsOf(["a", "b"]), /^framewire_age_seconds_count\{stream="b"\} 0$/m);
  assertMatch(await metricsOf(["b"]), /^framewire_age_seconds_count 0$/m);
});
