/** The pages that ask for the WebSocket. */

import { AccessControl } from "../../../lib/serve/access_control.ts";
import { PublishedStream } from "../../../lib/serve/published_stream.ts";
import { PublishedStreams } from "../../../lib/serve/published_streams.ts";
import { Viewers } from "../../../lib/serve/viewers.ts";
import { LivePages } from "../../../lib/serve/web/live_pages.ts";
import { ShownStreams } from "../../../lib/serve/web/shown_streams.ts";
import { upgradeProblem } from "../../../lib/serve/web/upgrade_socket.ts";
import { assertEquals, assertRejects } from "../../assert.ts";
import { MemoryStream } from "../../stream/memory_stream.ts";
import { MemorySocket } from "./memory_socket.ts";
import type { HttpClient } from "../../../lib/serve/web/web_context.ts";
import { log, MemoryClient } from "./web_pages.ts";

/** The headers of a request for a WebSocket. */
const UPGRADE = {
  ...{ upgrade: "websocket", connection: "keep-alive, Upgrade" },
  ...{ "sec-websocket-version": "13", "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==" },
};

/** To know whether ffmpeg has H.264 takes a process. */
class WithoutH264 extends PublishedStream {
  override get rungs() {
    return [];
  }
}

function livePages() {
  const limits = { maxClients: 1, maxPerHost: 1, allow: undefined, token: undefined };
  const access = new AccessControl({ ...limits, log });
  const options = { access, viewers: new Viewers(), stall: 10, log };
  const { signal } = new AbortController();
  const figures = { clients: () => access.clients.taken, metrics: () => [] };
  const published = new PublishedStreams();
  const streams = new ShownStreams(published, { ...options, figures, signal });
  const sockets: MemorySocket[] = [];
  const upgrade = (_request: Request, { host }: HttpClient) => {
    if (host === "192.0.2.66") return Promise.reject(new Error("no upgrade"));
    const socket = new MemorySocket();
    sockets.push(socket);
    return Promise.resolve({ socket, response: new Response() });
  };
  const pages = new LivePages(options, { signal, upgrade });
  const open = (client: MemoryClient, headers: HeadersInit = UPGRADE) =>
    pages.open(streams, new Request("http://192.0.2.9/live", { headers }), client);
  const end = () => pages.end(streams);
  return { access, end, open, published, sockets };
}

Deno.test("LivePages upgrades a page that has a place, and tells others why not without a WebSocket", async () => {
  const { access, end, open, sockets } = livePages();
  const ask = async (headers?: HeadersInit) => {
    const response = await open(new MemoryClient(), headers);
    if (response.status === 503) assertEquals(response.headers.get("x-state"), "full");
    return [response.status, await response.text()];
  };
  const hint = "this address is for the WebSocket of the page\n";
  assertEquals(await ask({}), [426, hint]);
  const client = new MemoryClient();
  assertEquals((await open(client)).status, 200);
  assertEquals([sockets.length, client.holds, access.clients.taken], [1, true, 1]);
  const busy = [503, "1 client is being served, try again later\n"];
  assertEquals([await ask(), await ask({})], [busy, busy]);
  assertEquals(sockets.length, 1, "a refused page got a WebSocket");
  sockets[0]?.leave();
  await client.gone;
  await end();
  assertEquals(access.clients.taken, 0);
});

Deno.test("LivePages.end() closes the pages, and waits for the end of their pictures only", async () => {
  const { access, end, open, sockets } = livePages();
  const client = new MemoryClient();
  await open(client);
  await end();
  assertEquals([sockets[0]?.closed?.code, access.clients.taken], [1001, 0]);
  sockets[0]?.leave();
  await client.gone;
});

Deno.test("LivePages.end() tells all pages which streams have ended, whatever they watch", async () => {
  const { end, open, published, sockets } = livePages();
  const stream = new MemoryStream({ fps: 30 });
  const settings = { wire: "raw", quality: 90, holds: false, id: "a", log } as const;
  const place = published.add("film", new WithoutH264(stream, settings));
  await open(new MemoryClient());
  stream.frames.end("over");
  place[Symbol.dispose]();
  published.order(["film"]);
  await end();
  const said = sockets[0]!.messages.filter(({ type }) => type === "streams").at(-1);
  assertEquals(said?.streams, [{ name: "film", wires: [], ended: "over", state: null }]);
  sockets[0]?.leave();
});

Deno.test("LivePages gives the place back if the connection can't be upgraded", async () => {
  const { access, open } = livePages();
  await assertRejects(() => open(new MemoryClient("192.0.2.66")), Error, "no upgrade");
  assertEquals(access.clients.taken, 0);
});

Deno.test("upgradeProblem names what is wrong with a request for a WebSocket", () => {
  const problem = (headers: Record<string, string>, method = "GET") =>
    upgradeProblem(new Request("http://a/", { method, headers: { ...UPGRADE, ...headers } }));
  assertEquals(problem({}), undefined);
  assertEquals(problem({ upgrade: "WebSocket" }), undefined);
  assertEquals(problem({}, "HEAD"), "the method is not GET");
  assertEquals(problem({ upgrade: "websockets" }), "the Upgrade header does not name websocket");
  assertEquals(problem({ connection: "close" }), "the Connection header does not name upgrade");
  assertEquals(problem({ "sec-websocket-version": "8" }), "the version is not 13");
  assertEquals(problem({ "sec-websocket-key": "AA==" }), "the key is not 16 bytes in base64");
});
