/** The web page with each built-in filter, and with reports of any kind. */

import { assertEquals } from "../assert.ts";
import { definitions } from "../../lib/vision/registry.ts";
import { Browser, chromium, type Page } from "./browser.ts";
import { startWeb } from "./web_pages.ts";

/** Waits until the page has drawn ten more frames. */
async function moves(page: Page): Promise<void> {
  const drawn = `Number(document.getElementById("picture")?.dataset.sequence ?? NaN)`;
  await page.holds(`${drawn} >= 0`);
  const first = await page.value<number>(drawn);
  const pixels = `document.getElementById("picture").toDataURL()`;
  const picture = await page.value<string>(pixels);
  await page.holds(`${drawn} >= ${first + 10}`);
  await page.holds(`${pixels} !== ${JSON.stringify(picture)}`);
}

Deno.test({
  name: "page: shows pictures with every built-in filter, without an error on the console",
  ignore: !chromium,
  fn: async (test) => {
    await using browser = await Browser.start();
    await using page = await browser.open("about:blank");
    for (const { name, reports } of definitions) {
      await test.step(name, async () => {
        const color = name === "inrange" ? ["--color"] : [];
        const { server, url } = await startWeb([...color, "--filter", name]);
        await using _server = server;
        await page.goTo(url);
        if (reports) {
          await page.holds(`document.getElementById("events")?.textContent.includes("${name}: ")`);
        }
        await moves(page);
        // The marks of the detections are drawn by now, and the server can end.
        await page.goTo("about:blank");
        assertEquals(page.errors.splice(0), []);
      });
    }
  },
});

/** Serves the page's files, a state, reports that it can't draw, and frames of which one is broken. */
function serveOddly(frames: AbortSignal): Deno.HttpServer<Deno.NetAddr> {
  const file = async (name: string, type: string) =>
    new Response(
      await Deno.readTextFile(new URL(`../../lib/serve/web/page/${name}`, import.meta.url)),
      {
        headers: { "content-type": type },
      },
    );
  const facts = { sequence: 1, capturedAt: 1, filter: "odd" };
  const finds = [
    { points: 7 },
    { boxes: { length: 2 }, lines: "none", points: true },
    { boxes: [null, 3, [1]], lines: [[]], points: [[{}, "x"]] },
  ].map((find, i) => ({ ...facts, filter: `odd ${i}`, ...find }));
  const state = { name: "odd", width: 512, height: 512, marks: true, clients: 0, time: 0 };
  const events = [`event: state\ndata: ${JSON.stringify(state)}\n\n`]
    .concat(finds.map((find) => `event: find\ndata: ${JSON.stringify(find)}\n\n`));
  const jpeg = Deno.readFileSync(new URL("../media/astronaut.jpg", import.meta.url));
  const part = (sequence: number) => {
    const body = sequence === 3 ? new Uint8Array(100) : jpeg;
    const head = `--x\r\nContent-Type: image/jpeg\r\nContent-Length: ${body.length}\r\n` +
      `X-Sequence: ${sequence}\r\nX-Timestamp: 0\r\n\r\n`;
    return new Uint8Array([...new TextEncoder().encode(head), ...body, 13, 10]);
  };
  async function* parts() {
    for (let sequence = 0; !frames.aborted; sequence++) {
      yield part(sequence);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/") return file("index.html", "text/html");
    if (pathname === "/page.css") return file("page.css", "text/css");
    if (pathname === "/page.js") return file("page.js", "text/javascript");
    if (pathname === "/state") return Response.json(state);
    if (pathname === "/stream.mjpg") return new Response(ReadableStream.from(parts()));
    const body = ReadableStream.from(events).pipeThrough(new TextEncoderStream());
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  });
}

Deno.test({
  name: "page: shows pictures after reports of any kind and after a frame that is not a JPEG",
  ignore: !chromium,
  fn: async () => {
    const frames = new AbortController();
    await using server = serveOddly(frames.signal);
    await using browser = await Browser.start();
    await using page = await browser.open(`http://127.0.0.1:${server.addr.port}/`);
    await page.holds(`document.getElementById("events")?.textContent.includes("odd 2: ")`);
    await page.holds(`Number(document.getElementById("picture").dataset.sequence) > 10`);
    assertEquals(page.errors.filter((error) => !error.includes("frame 3 cannot be drawn")), []);
    await page.goTo("about:blank");
    frames.abort();
  },
});
