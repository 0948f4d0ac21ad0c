/** What "Save still" saves, and what the live page says beside a past moment, in Chromium. */

import { assertEquals } from "../assert.ts";
import { Browser, chromium, type Page } from "./browser.ts";
import { FakeLive } from "./fake_live.ts";
import { TempDir } from "./pictures.ts";
import { until } from "./programs.ts";

const shows = (page: Page, id: string, text: string) =>
  page.holds(`document.getElementById("${id}").textContent === ${JSON.stringify(text)}`);

/** Clicks on "Save still", and waits for a file with this ending: its first bytes. */
async function savedIn(dir: TempDir, page: Page, ending: RegExp): Promise<number[]> {
  await page.value(`document.getElementById("still").click()`);
  const find = () => [...Deno.readDirSync(dir.path)].find(({ name }) => ending.test(name))?.name;
  await until(`a file ${ending} is saved`, () => find() !== undefined);
  return [...Deno.readFileSync(dir.file(find()!))].slice(1, 4);
}

Deno.test({
  name:
    "page: a past moment is not live, and a still of it or without the server is the shown picture",
  ignore: !chromium,
  fn: async () => {
    await using dir = new TempDir();
    await using live = new FakeLive([{ name: "hall" }]);
    live.sends = false;
    await using browser = await Browser.start();
    await using page = await browser.open(live.url);
    const behavior = { behavior: "allow", downloadPath: dir.path };
    await page.call("Page.setDownloadBehavior", behavior);
    await shows(page, "health", "connecting");
    live.refuses = true;
    live.close(1001);
    await shows(page, "health", "server away");
    await page.value(`document.getElementById("still").click()`);
    await shows(page, "still-said", "There is no picture to save.");
    live.refuses = false;
    live.sends = true;
    await page.value(`dispatchEvent(new Event("online"))`);
    await shows(page, "health", "live");
    await shows(page, "still-said", "");

    const hasMarks = `document.getElementById("marks").checkVisibility()`;
    assertEquals(await page.value(hasMarks), false, "no filter detects something");
    const [boxes, capturedAt] = [[[100, 100, 80, 90]], Date.UTC(2026, 10, 28, 12)];
    live.send({ type: "detection", stream: "hall", sequence: 1, capturedAt, filter: "m", boxes });
    await page.holds(hasMarks);
    await page.holds(`document.querySelector("#events button:not(:disabled)") !== null`);
    await page.value(`document.querySelector("#events button").click()`);
    await shows(page, "health", "not live");
    const JPEG = [0xd8, 0xff, 0xe0];
    assertEquals(await savedIn(dir, page, /^hall_2026-11-28_12-00-00\.jpg$/), JPEG);
    await page.value(`document.getElementById("back-to-live").click()`);
    await shows(page, "health", "live");

    live.refuses = true;
    live.close(1001);
    await shows(page, "health", "server away");
    assertEquals(
      await savedIn(dir, page, /^hall_.*\.png$/),
      [..."PNG"].map((c) => c.charCodeAt(0)),
    );
    await shows(
      page,
      "still-said",
      "Saved the picture that is shown: the server gives no newer one.",
    );
    await page.goTo("about:blank");
  },
});
