import { assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "../../assert.ts";
import { wallClock } from "../../../lib/frame/clock.ts";
import { PublishedStream } from "../../../lib/serve/published_stream.ts";
import { PublishedStreams } from "../../../lib/serve/published_streams.ts";
import { AccessControl } from "../../../lib/serve/access_control.ts";
import { MemoryStream } from "../../stream/memory_stream.ts";
import { HttpServer } from "../../../lib/serve/web/http_server.ts";
import { Viewers } from "../../../lib/serve/viewers.ts";
import { log } from "./web_pages.ts";

const figures = { clients: () => 0, metrics: () => [] };

/** Pages of a stream that has no frames yet. */
async function setUp({ maxPerHost = 16, stall = 10 } = {}) {
  const access = new AccessControl({
    allow: undefined,
    token: undefined,
    maxClients: 64,
    maxPerHost,
    log,
  });
  const where = { hostname: "127.0.0.1", port: 0, tls: undefined };
  const server = await HttpServer.open({ ...where, access, viewers: new Viewers(), stall, log });
  const stream = new MemoryStream({ fps: 30 });
  const { frames } = stream;
  const streams = new PublishedStreams();
  const options = { wire: "raw", quality: 90, holds: false, id: "0123456789ab", log } as const;
  streams.add("camera", new PublishedStream(stream, options));
  return { server, stream, frames, streams, url: `http://127.0.0.1:${server.port}/`, access };
}

Deno.test("HttpServer.serve() leaves no listener on its signal if the frames end first", async () => {
  const { server, frames, streams } = await setUp();
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
  const serving = server.serve(streams, figures, { signal });
  frames.end("over");
  await serving;
  assertEquals(listening, 0);
});

Deno.test("HttpServer: events have places of their own, with the same limit per address", async () => {
  const { server, stream, streams, url, access } = await setUp({ maxPerHost: 1 });
  await using _server = server;
  const stop = new AbortController();
  const serving = server.serve(streams, figures, stop);
  const first = await fetch(`${url}events`);
  const second = await fetch(`${url}events`);
  assertEquals([first.status, second.status], [200, 503]);
  assertEquals(await second.text(), "1 event listener of 127.0.0.1 is being served\n");
  assertEquals(access.clients.refusal("127.0.0.1"), undefined);
  assertEquals(stream.subscribers.isWatched, true);
  await first.body?.cancel();
  stop.abort();
  await serving;
});

Deno.test("HttpServer: /state tells the time of the frames, also after the clock was set", async () => {
  const { server, streams, url } = await setUp();
  await using _server = server;
  const stop = new AbortController();
  const serving = server.serve(streams, figures, stop);
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

Deno.test("HttpServer: the stream is there from serve() on, and gone after its end", async () => {
  const { server, streams, frames, url } = await setUp();
  await using _server = server;
  const status = async (path: string) => {
    const response = await fetch(url + path, { headers: { connection: "close" } });
    await response.body?.cancel();
    return response.status;
  };
  assertEquals([await status(""), await status("state")], [200, 503]);
  const serving = server.serve(streams, figures, new AbortController());
  assertEquals([await status(""), await status("state")], [200, 200]);
  frames.end("over");
  await serving;
  assertEquals([await status(""), await status("state")], [200, 503]);
});
