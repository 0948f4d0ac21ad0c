/** Recording from the live page, in Chromium, with a server whose messages the test sends. */

import { assertEquals } from "../assert.ts";
import { Browser, chromium, type Page } from "./browser.ts";
import { FakeLive, FINE } from "./fake_live.ts";

const LOST = { since: "2026-11-28T18:30:22Z", why: "it sent no frame for 5 s" };
const ONE = [{ name: "hall" }];

/** Waits until an element has this text. */
const shows = (page: Page, id: string, text: string) =>
  page.holds(`document.getElementById("${id}").textContent === ${JSON.stringify(text)}`);
const press = (page: Page, key: string) =>
  page.value(`document.body.dispatchEvent(
    new KeyboardEvent("keydown", { key: "${key}", bubbles: true, cancelable: true })), undefined`);

Deno.test({
  name: "page: starts and stops a recording, lists its files, and says why it cannot",
  ignore: !chromium,
  fn: async () => {
    await using live = new FakeLive(ONE);
    const file = { name: "hall 1.mp4", bytes: 3_400_000, seconds: 61, began: LOST.since };
    const state = (since: string | null, files: unknown[]) => ({ since, allowed: true, files });
    const asked: string[] = [];
    live.record = (action) => {
      asked.push(action);
      if (asked.length > 2) return new Response("the disk is full\n", { status: 507 });
      const recording = action === "start" ? state(LOST.since, []) : state(null, [file]);
      live.streams = [{ name: "hall", state: { ...FINE, recording } }];
      return Response.json({ recording });
    };
    await using browser = await Browser.start();
    await using page = await browser.open(live.url);
    await shows(page, "health", "live");
    assertEquals(await page.value(`document.getElementById("record").checkVisibility()`), false);
    live.streams = [{ name: "hall", state: { ...FINE, recording: state(null, []) } }];
    live.list();
    await page.holds(`document.getElementById("record").checkVisibility()`);
    await page.value(`document.getElementById("record").click()`);
    // The state may say so before the answer does, and until then the button does nothing.
    const isReady = `!document.getElementById("record").disabled`;
    await page.holds(`/^Stop recording \\d+:/.test(document.getElementById("record").textContent)`);
    await page.holds(isReady);
    await press(page, "r");
    await shows(page, "files", "hall 1.mp4 1:01, 3.4 MB");
    await shows(page, "record-done", "Recorded hall 1.mp4 1:01, 3.4 MB");
    // The list is made anew with each state.
    const link = `document.querySelector("#files a")?.getAttribute("href")`;
    await page.holds(`${link} === "/hall/record/hall%201.mp4"`);
    await page.holds(isReady);
    await press(page, "r");
    await shows(page, "record-problem", "The recording does not start: the disk is full.");
    assertEquals(asked, ["start", "stop", "start"]);
    // Each browser has other words for it.
    await page.value(
      `globalThis.fetch = () => Promise.reject(new TypeError("Failed to fetch")), 0`,
    );
    await page.holds(isReady);
    await press(page, "r");
    const silent = "The recording does not start: the server does not answer.";
    await shows(page, "record-problem", silent);
    await page.goTo("about:blank");
  },
});

Deno.test({
  name: "page: a recording does not count without the server, and waits without a signal",
  ignore: !chromium,
  fn: async () => {
    const recording = { since: new Date().toISOString(), allowed: true, why: null, files: [] };
    await using live = new FakeLive([{ name: "hall", state: { ...FINE, recording } }]);
    await using browser = await Browser.start();
    await using page = await browser.open(live.url);
    const label = `document.getElementById("record").firstChild.textContent.trim()`;
    await page.holds(`/^Stop recording 0:0\\d$/.test(${label})`);
    live.streams = [{ name: "hall", state: { ...FINE, recording, lost: LOST } }];
    live.list();
    await page.holds(`${label} === "Stop recording (it waits for a picture)"`);

    live.refuses = true;
    live.refusal = () => new Response("64 clients are being served\n", { status: 503 });
    live.close(1001);
    await page.holds(`${label} === "Record"`);
    await press(page, "r");
    await shows(
      page,
      "record-problem",
      "The page has no connection to the server: nothing is changed.",
    );
    live.refuses = false;
    await page.value(`dispatchEvent(new Event("online"))`);
    await page.holds(`document.getElementById("record-problem").hidden`);
    await page.goTo("about:blank");
  },
});

Deno.test({
  name: "page: the tile of a camera that is recorded says so",
  ignore: !chromium,
  fn: async () => {
    const recording = { since: LOST.since, allowed: true, why: null, files: [] };
    await using live = new FakeLive([
      { name: "hall", state: { ...FINE, recording } },
      { name: "garden", state: { ...FINE, recording: { ...recording, since: null } } },
    ]);
    await using browser = await Browser.start();
    await using page = await browser.open(live.url);
    const said = (name: string) =>
      `document.querySelector('[data-camera="${name}"] .recording')?.textContent`;
    await page.holds(`${said("hall")} === "● recording"`);
    assertEquals(await page.value(said("garden")), "");
    await page.goTo("about:blank");
  },
});

Deno.test({
  name: "page: the recordings of a film that is over can still be fetched",
  ignore: !chromium,
  fn: async () => {
    const file = { name: "film.mp4", bytes: 3_400_000, seconds: 61.6, began: LOST.since };
    const recording = { since: null, allowed: true, why: "the stream has ended", files: [file] };
    await using live = new FakeLive([
      { name: "film", state: null, ended: "over", recording },
      { name: "hall" },
    ]);
    await using browser = await Browser.start();
    await using page = await browser.open(`${live.url}film/`);
    await shows(page, "health", "ended");
    await shows(page, "files", "film.mp4 1:02, 3.4 MB");
    assertEquals(await page.value(`document.getElementById("record").checkVisibility()`), false);
    await shows(page, "record-problem", "");
    await page.goTo("about:blank");
  },
});
