/** The routes of a server with several streams, and with one. */

import { assertEquals } from "../../assert.ts";
import { read, statusOf, webPages } from "./web_pages.ts";

/** Pages of two streams, camera and garden. */
function twoStreams() {
  const pages = webPages();
  const other = webPages();
  pages.pages.others.push({ ...other.shown, name: "garden" });
  return { ...pages, garden: other.stream };
}

Deno.test("web app: with several streams, each has a page and addresses of its own", async () => {
  const { ask } = twoStreams();
  assertEquals(await read(await ask("/")), [200, "<p>page</p>"]);
  for (const name of ["camera", "garden"]) {
    assertEquals(await read(await ask(`/${name}/`)), [200, "<p>page</p>"]);
    for (const path of ["snapshot.jpg", "state", "healthz"]) {
      assertEquals([path, await statusOf(ask(`/${name}/${path}`))], [path, 200]);
    }
    const response = await ask(`/${name}`);
    assertEquals([response.status, response.headers.get("location")], [303, `/${name}/`]);
  }
  for (const path of ["/attic/", "/attic/state", "/attic", "/garden/nosuch"]) {
    assertEquals([path, await statusOf(ask(path))], [path, 404]);
  }
});

Deno.test("web app: at an unknown address a browser gets a page, and a program a line", async () => {
  const { ask } = twoStreams();
  const headers = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
  for (const path of ["/attic/", "/attic", "/nosuch/at/all"]) {
    const page = await ask(path, { headers });
    assertEquals([page.headers.get("content-type"), ...await read(page)], [
      ...["text/html; charset=utf-8", 404, "<p>none</p>"],
    ]);
    assertEquals(await read(await ask(path)), [404, "there is no such page\n"]);
  }
});

Deno.test("web app: with several streams, /state has the first one's fields and lists all", async () => {
  const { ask } = twoStreams();
  const { name, width, streams } = await (await ask("/state")).json();
  assertEquals([name, width], ["a test", 4]);
  assertEquals(streams.map(({ stream }: { stream: string }) => stream), ["camera", "garden"]);
});

Deno.test("web app: with several streams, /healthz names those that are lost", async () => {
  const { ask, garden } = twoStreams();
  assertEquals(await read(await ask("/healthz")), [200, "ok\n"]);
  garden.away = { since: new Date(), why: "it ended" };
  assertEquals(await read(await ask("/healthz")), [503, "lost: garden (it ended)\n"]);
  assertEquals(await statusOf(ask("/camera/healthz")), 200);
  assertEquals(await read(await ask("/garden/healthz")), [503, "lost: it ended\n"]);
});

Deno.test("web app: while the first of several streams is absent, nothing shows another one in its place", async () => {
  const { ask, pages } = twoStreams();
  pages.absent.push("camera");
  assertEquals(await read(await ask("/")), [200, "<p>page</p>"]);
  assertEquals(await read(await ask("/garden/")), [200, "<p>page</p>"]);
  assertEquals(await read(await ask("/camera/")), [200, "<p>page</p>"], "it waits for the camera");
  for (const path of ["/snapshot.jpg", "/events", "/camera/state"]) {
    assertEquals([path, await statusOf(ask(path))], [path, 503]);
  }
  assertEquals(await statusOf(ask("/attic/")), 404);
  assertEquals(await statusOf(ask("/metrics")), 200);
  assertEquals(await read(await ask("/healthz")), [200, "ok\n"]);
  const { name, streams } = await (await ask("/state")).json();
  assertEquals([name, streams.length, streams[0].stream], [undefined, 1, "garden"]);
});

Deno.test("web app: a stream that has ended is said to be, and is no fault unless it has failed", async () => {
  const { ask, pages } = twoStreams();
  pages.absent.push("garden");
  pages.endings.garden = "over";
  assertEquals(await read(await ask("/healthz")), [200, "ok; ended: garden\n"]);
  for (const path of ["/garden/healthz", "/garden/state", "/garden/snapshot.jpg"]) {
    assertEquals(await read(await ask(path)), [503, "ended: the stream is over\n"]);
  }
  const { streams } = await (await ask("/state")).json();
  assertEquals(streams.at(-1), { stream: "garden", ended: "over" });
  pages.endings.garden = "failed";
  assertEquals(await read(await ask("/healthz")), [503, "failed: garden\n"]);
});

Deno.test("web app: with one stream there is no list of streams", async () => {
  const { ask } = webPages();
  assertEquals(await read(await ask("/")), [200, "<p>page</p>"]);
  const state = await (await ask("/state")).json();
  assertEquals("streams" in state, false);
});
