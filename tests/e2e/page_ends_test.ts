/** The end of a film and of a visit, on the live page in Chromium. */

import { assertMatch } from "../assert.ts";
import { Browser, chromium, type Page } from "./browser.ts";
import { FakeLive } from "./fake_live.ts";
import { TempDir } from "./pictures.ts";
import { run, startServer, until } from "./programs.ts";
import { get, urlOf } from "./web_pages.ts";

/** Waits until the page says that the film is over. */
async function isEnded(page: Page): Promise<void> {
  await page.holds(`document.getElementById("health").textContent === "ended"`);
  await page.holds(`/^The stream is over\\.$/.test(document.getElementById("notice").textContent)`);
}

const isLive = `document.getElementById("health").textContent === "live"`;

async function filmIn(dir: TempDir, seconds = 2): Promise<string> {
  const film = dir.file("short.mp4");
  const source = "testsrc=size=160x120:rate=10:duration=" + seconds;
  await run("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", source, film]);
  return film;
}

Deno.test({
  name: "page: a film that is over has ended, and the page comes back with the server",
  ignore: !chromium,
  fn: async () => {
    await using dir = new TempDir();
    const film = await filmIn(dir, 8); // a busy machine opens the page before it ends
    await using browser = await Browser.start();
    await using server = startServer(["-i", `film=${film}`, "--color", "--http", "127.0.0.1:0"]);
    const url = await urlOf(server);
    await using page = await browser.open(url);
    await server.status;
    await isEnded(page);
    // It has tried again by now.
    await page.holds(`performance.getEntriesByType("resource")
      .filter(({ name }) => name.endsWith("/live")).length > 2`);
    await isEnded(page);
    await using live = new FakeLive([{ name: "film" }], { port: Number(new URL(url).port) });
    live.list();
    await page.holds(isLive);
    await page.goTo("about:blank");
  },
});

Deno.test({
  name: "page: of several cameras a film that is over has ended for all who come, on each page",
  ignore: !chromium,
  fn: async () => {
    await using dir = new TempDir();
    const film = await filmIn(dir);
    const cameras = ["-i", `film=${film}`, "--test"];
    await using server = startServer([...cameras, "--http", "127.0.0.1:0"]);
    const url = await urlOf(server);
    await server.line(/camera film has ended/);
    await using browser = await Browser.start();
    await using page = await browser.open(url);
    await page.holds(
      `document.querySelector('[data-camera="film"] .state')?.textContent === "ended"`,
    );
    await page.holds(`/^The stream is over\\.$/
      .test(document.querySelector('[data-camera="film"] .why').textContent)`);
    await page.goTo(`${url}film/`);
    await isEnded(page);
    assertMatch((await get(`${url}healthz`)).text, /ended: film/);
    assertMatch((await get(`${url}state`)).text, /"stream":"film","ended":"over"/);
    await page.goTo("about:blank");
  },
});

Deno.test({
  name:
    "page: a page that is left gives its place back, and connects when the browser shows it again",
  ignore: !chromium,
  fn: async () => {
    await using live = new FakeLive([{ name: "hall" }]);
    await using browser = await Browser.start();
    await using page = await browser.open(live.url);
    await page.holds(isLive);
    await page.value("globalThis.isKept = true");
    await page.goTo(`${live.url}page/login.html`);
    await page.holds(`document.getElementById("token") !== null`);
    await until("its socket is closed", () => live.pages === 0);
    await page.value("history.back()");
    await page.holds(isLive);
    await page.goTo("about:blank");
    await until("its socket is closed again", () => live.pages === 0);
  },
});
