/** The socket of the live page, without a browser: pictures, access, limits. */

import { assert, assertEquals, assertGreaterOrEqual, assertRejects } from "../assert.ts";
import { readJpeg } from "../../lib/wire/jpeg.ts";
import { camera, configIn } from "./cameras.ts";
import { LiveClient, nameOf } from "./live_client.ts";
import { TempDir } from "./pictures.ts";
import { startServer, within } from "./programs.ts";
import { get, secretIn, startWeb, urlOf } from "./web_pages.ts";

const FULL = { width: 0, wire: "jpeg" };

Deno.test("live: two cameras on one socket, scaled for a tile, and nothing of what is not watched", async () => {
  await using dir = new TempDir();
  const tables = camera("kitchen", "640x480") + camera("garden", "640x480", "color = true");
  const config = await configIn(dir, tables);
  await using server = startServer(["--config", config, "--http", "127.0.0.1:0"]);
  const url = await urlOf(server);
  using live = await LiveClient.open(url, { origin: new URL(url).origin });
  await nameOf(live);
  const { streams } = live.messages.find(({ type }) => type === "streams");
  assertEquals(streams.map(({ name }: { name: string }) => name), ["kitchen", "garden"]);
  const [kitchen, garden] = streams.map(({ number }: { number: number }) => number);
  live.watch({ kitchen: { width: 300, wire: "jpeg" }, garden: FULL });
  const of = (stream: number) => live.pictures.filter((picture) => picture.stream === stream);
  await live.until("pictures", () => of(kitchen).length > 5 && of(garden).length > 5);
  assertEquals(readJpeg(of(kitchen)[0]!.bytes), { width: 320, height: 240 });
  assertEquals(readJpeg(of(garden)[0]!.bytes), { width: 640, height: 480 });
  const sequences = of(kitchen).map(({ sequence }) => sequence);
  assertEquals(sequences, [...new Set(sequences)].sort((a, b) => a - b));
  const { text } = await get(`${url}metrics`);
  const sent = [...text.matchAll(/^framewire_client_frames_sent_total\{.*stream="(\w+)"\}/gm)];
  assertEquals(sent.map(([, stream]) => stream).sort(), ["garden", "kitchen"]);
  live.watch({ garden: FULL });
  const before = of(kitchen).length;
  const more = of(garden).length + 10;
  await live.until("more pictures", () => of(garden).length > more);
  assertGreaterOrEqual(before + 2, of(kitchen).length, "those on their way at most");
});

Deno.test("live: another site's page and a page without the token are refused, before anything is sent", async () => {
  await using dir = new TempDir();
  const token = await secretIn(dir, "correct-horse");
  const { server, url } = await startWeb(["--token-file", token]);
  await using _server = server;
  await assertRejects(() => LiveClient.open(url));
  const authorization = "Bearer correct-horse";
  await assertRejects(() => LiveClient.open(url, { authorization, origin: "http://evil.example" }));
  assertEquals((await get(`${url}live`, { headers: { authorization } })).status, 426);
  using live = await LiveClient.open(url, { authorization, origin: new URL(url).origin });
  await nameOf(live);
});

Deno.test("live: takes a place; a page that acknowledges nothing is closed after --stall, and its place is free", async () => {
  const { server, url } = await startWeb(["--max-clients", "1", "--stall", "1"]);
  await using _server = server;
  using stuck = await LiveClient.open(url);
  stuck.takes = false;
  stuck.watch({ [await nameOf(stuck)]: FULL });
  await assertRejects(() => LiveClient.open(url));
  const refused = { status: 503, text: "1 client is being served, try again later\n" };
  assertEquals(await get(`${url}live`), refused); // as a page asks why
  const end = await within("the end of the stuck page", stuck.closed);
  assertEquals([end.code, end.reason], [4408, "acknowledged nothing for 1 s"]);
  assert(stuck.pictures.length < 15, `${stuck.pictures.length} pictures were sent`);
  using third = await LiveClient.open(url);
  third.watch({ [await nameOf(third)]: FULL });
  await third.until("a picture", () => third.pictures.length > 3);
});
