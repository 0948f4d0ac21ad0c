/** The live page in Chromium comes back by itself if one of its files did not load. */

import { assertEquals } from "../assert.ts";
import { barriers } from "./axe.ts";
import { Browser, chromium, type Page } from "./browser.ts";
import { FakeLive } from "./fake_live.ts";

const ONE = [{ name: "hall" }];
const LIVE = `document.getElementById("health")?.textContent === "live"`;
const SAYS =
  `document.querySelector("#boot[role=status]")?.textContent === "The page could not be loaded; trying again."`;
/** How many waits for a reload are counted in this tab. */
const COUNT = `Number(sessionStorage.getItem("reloads"))`;

/** Loads the page anew, without these files. */
async function load(live: FakeLive, page: Page, missing: string[]): Promise<void> {
  await page.goTo("about:blank");
  await page.holds(`location.href === "about:blank"`);
  live.missing.push(...missing);
  await page.goTo(live.url);
}

Deno.test({
  name: "page: comes to live by itself if a file of it does not load at first",
  ignore: !chromium,
  fn: async () => {
    await using live = new FakeLive(ONE);
    await using browser = await Browser.start();
    await using page = await browser.open("about:blank");
    // One of the deepest modules, and the first boot.js with it.
    live.broken.push("/page/boot.js");
    await load(live, page, ["/page/nal.js"]);
    await page.holds(SAYS);
    assertEquals(await page.value(COUNT), 1);
    await page.holds(`${LIVE} && !(${SAYS})`);
    // Twice: the second wait is longer.
    await load(live, page, ["/page/main.js", "/page/main.js"]);
    await page.holds(`${COUNT} === 2 && ${SAYS}`);
    await page.holds(LIVE);
    await page.holds(`${COUNT} === 0`);
    await load(live, page, ["/page/page.css"]);
    await page.holds(SAYS);
    await page.holds(
      `${LIVE} && !(${SAYS}) && getComputedStyle(document.body).maxWidth !== "none"`,
    );
    assertEquals([live.broken, live.missing, await page.value(COUNT)], [[], [], 0]);
    await page.goTo("about:blank");
  },
});

Deno.test({
  name: "page: works without its style sheet if that never loads",
  ignore: !chromium,
  fn: async () => {
    await using live = new FakeLive(ONE);
    await using browser = await Browser.start();
    await using page = await browser.open("about:blank");
    await load(live, page, []);
    await page.holds(LIVE);
    await page.value(`sessionStorage.setItem("reloads", "3")`);
    live.broken.push("/page/page.css");
    await page.call("Page.reload");
    await page.holds(`${LIVE} && getComputedStyle(document.body).maxWidth === "none"`);
    assertEquals(await page.value(`document.getElementById("boot")`), null);
    await page.goTo("about:blank");
  },
});

Deno.test({
  name: "page: waits for a server that is away while the page is loaded",
  ignore: !chromium,
  fn: async () => {
    await using browser = await Browser.start();
    await using page = await browser.open("about:blank");
    let port = 0;
    {
      await using live = new FakeLive(ONE);
      port = Number(new URL(live.url).port);
      await load(live, page, ["/page/live_socket.js"]);
      await page.holds(SAYS);
    }
    await page.holds(`${COUNT} >= 2`); // a try has found no server
    await page.holds(SAYS);
    assertEquals(await barriers(page), []);
    await using _back = new FakeLive(ONE, { port });
    await page.holds(LIVE);
    await page.goTo("about:blank");
  },
});
