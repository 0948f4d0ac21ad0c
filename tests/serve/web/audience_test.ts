/** Those who stay on the pages: places, accounts and ends. */

import { assertEquals, assertRejects } from "../../assert.ts";
import { MJPEG_PREAMBLE } from "../../../lib/wire/mjpeg.ts";
import { MemoryClient, webPages } from "./web_pages.ts";

const utf8 = new TextDecoder();
const jpeg = (sequence: number) => ({
  bytes: Uint8Array.of(0xff, 0xd8, 0xff, 0xd9),
  sequence,
  capturedAt: 0,
  kind: undefined,
});

Deno.test("/stream.mjpg counts frames, skipped frames and bytes, and keeps the sums when the client leaves", async () => {
  const { ask, viewers, access, published } = webPages();
  const client = new MemoryClient();
  const { body } = await ask("/stream.mjpg", {}, client);
  assertEquals([client.holds, access.clients.taken, published.watching], [true, 1, 1]);
  const reader = body!.getReader();
  let bytes = 0;
  const read = async () => {
    const { value } = await reader.read();
    bytes += value!.length;
    return utf8.decode(value);
  };
  assertEquals(await read(), MJPEG_PREAMBLE);
  for (const sequence of [0, 1, 2]) published.jpegs.put(jpeg(sequence));
  assertEquals((await read()).includes("X-Sequence: 2"), true);
  const totals = () => (["sent", "skipped", "bytes"] as const).map((what) => viewers.total(what));
  assertEquals(totals(), [1, 2, bytes]);
  await reader.cancel();
  assertEquals(totals(), [1, 2, bytes]);
  assertEquals([access.clients.taken, published.watching], [0, 0]);
});

Deno.test("/stream.mjpg ends with the stream, and on abort", async () => {
  const over = webPages();
  const first = await over.ask("/stream.mjpg");
  over.published.jpegs.end("over");
  assertEquals(await first.text(), MJPEG_PREAMBLE);
  const stopped = webPages();
  const second = await stopped.ask("/stream.mjpg");
  stopped.stop.abort();
  assertEquals(await second.text(), MJPEG_PREAMBLE);
  assertEquals([over.access.clients.taken, stopped.access.clients.taken], [0, 0]);
});

Deno.test("/stream.mjpg closes the connection of a client that reads nothing for --stall seconds", async () => {
  const { ask, published, access } = webPages({ stall: 0.001 });
  const client = new MemoryClient();
  const { body } = await ask("/stream.mjpg", {}, client);
  const reader = body!.getReader();
  await reader.read();
  published.jpegs.put(jpeg(0));
  await reader.read();
  await client.gone;
  await assertRejects(() => reader.read(), Error, "the client reads nothing");
  assertEquals([client.closed, access.clients.taken], [true, 0]);
});

Deno.test("/stream.mjpg and /events: the limit per address holds for each apart, IPv6 addresses too", async () => {
  const { ask } = webPages({ maxPerHost: 1 });
  const client = new MemoryClient("2001:db8::1");
  for (const path of ["/stream.mjpg", "/events"]) {
    const first = await ask(path, {}, client);
    const second = await ask(path, {}, client);
    const other = await ask(path, {}, new MemoryClient("2001:db8::2"));
    assertEquals([path, first.status, second.status, other.status], [path, 200, 503, 200]);
    assertEquals(second.headers.get("retry-after"), "5");
    assertEquals(second.headers.get("connection"), "close");
    for (const { body } of [first, second, other]) await body?.cancel();
  }
});

Deno.test("/events begins with the state, makes the filters run, and ends with the stream", async () => {
  const { ask, audience, stream, access } = webPages();
  const response = await ask("/events");
  assertEquals(stream.subscribers.isWatched, true);
  audience.send("find", { filter: "motion" });
  audience.end();
  const [state, find] = (await response.text()).split("\n\n");
  assertEquals(state?.startsWith('event: state\ndata: {"name":"a test"'), true);
  assertEquals(find, 'event: find\ndata: {"filter":"motion"}');
  assertEquals([stream.subscribers.isWatched, access.listeners.taken], [false, 0]);
});
