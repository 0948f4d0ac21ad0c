import { assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "../../assert.ts";
import { wallClock } from "../../../lib/frame/clock.ts";
import { Emitter } from "../../../lib/async/emitter.ts";
import type { Detection } from "../../../lib/frame/detection.ts";
import { PublishedStream } from "../../../lib/serve/published_stream.ts";
import { AccessControl } from "../../../lib/serve/access_control.ts";
import { MemoryStream } from "../../stream/memory_stream.ts";
import { HttpServer } from "../../../lib/serve/web/http_server.ts";

const log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };
const size = { width: 4, height: 3 };

const scene = {
  name: "a test",
  size,
  marks: true,
  finds: new Emitter<Detection>(),
  lost: () => undefined,
  rate: () => 29.97,
  processed: () => null,
  clients: () => 0,
  metrics: () => [],
};

/** Pages of a stream that has no frames yet. */
async function setUp({ maxPerHost = 16, stall = 10 } = {}) {
  const gate = new AccessControl({
    allow: undefined,
    token: undefined,
    maxClients: 64,
    maxPerHost,
    log,
  });
  const where = { hostname: "127.0.0.1", port: 0, tls: undefined };
  const server = await HttpServer.open({ ...where, gate, stall, log });
  const stream = new MemoryStream({ fps: 30 });
  const { frames } = stream;
  const published = new PublishedStream(stream, { wire: "raw", quality: 90, holds: false, log });
  return { server, stream, frames, published, url: `http://127.0.0.1:${server.port}/`, gate };
}

Deno.test("HttpServer.serve() leaves no listener on its signal where the frames end first", async () => {
  const { server, frames, published } = await setUp();
  await using _server = server;
  const { signal } = new AbortController();
  let listening = 0;
  const [add, remove] = [signal.addEventListener, signal.removeEventListener];
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listening++;
    add.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listening--;
    remove.apply(signal, args);
  };
  const serving = server.serve(published, scene, { signal });
  frames.end("over");
  await serving;
  assertEquals(listening, 0);
});

Deno.test("HttpServer: a page's events have places of their own, with the same limit per address", async () => {
  const { server, stream, published, url, gate } = await setUp({ maxPerHost: 1 });
  await using _server = server;
  const stop = new AbortController();
  const serving = server.serve(published, scene, stop);
  const first = await fetch(`${url}events`);
  const second = await fetch(`${url}events`);
  assertEquals([first.status, second.status], [200, 503]);
  assertEquals(await second.text(), "1 event listener of 127.0.0.1 is being served\n");
  assertEquals(gate.clients.refusal("127.0.0.1"), undefined);
  assertEquals(stream.subscribers.isWatched, true);
  await first.body?.cancel();
  stop.abort();
  await serving;
});

Deno.test("HttpServer: /state tells the time of the frames, also after the clock was set", async () => {
  const { server, published, url } = await setUp();
  await using _server = server;
  const stop = new AbortController();
  const serving = server.serve(published, scene, stop);
  const dateNow = Date.now;
  try {
    for (const step of [0, 60_000, -60_000]) {
      Date.now = () => dateNow() + step;
      const before = wallClock();
      const { time } = await (await fetch(`${url}state`)).json();
      const after = wallClock();
      assertGreaterOrEqual(time, before);
      assertLessOrEqual(time, after);
    }
  } finally {
    Date.now = dateNow;
    stop.abort();
    await serving;
  }
});
