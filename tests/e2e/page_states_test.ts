/** The live page in Chromium, with a server whose messages the test sends: states, detections, history, barriers. */

import { assert, assertEquals, assertMatch } from "../assert.ts";
import { barriers } from "./axe.ts";
import { Browser, chromium, type Page } from "./browser.ts";
import { FakeLive, FINE } from "./fake_live.ts";
import { Firefox, firefox } from "./firefox.ts";
import { until } from "./programs.ts";

const LOST = { since: "2026-11-28T18:30:22Z", why: "it sent no frame for 5 s" };
const ONE = [{ name: "hall" }];
const THREE = [{ name: "hall" }, { name: "garden" }, { name: "attic" }];

/** Waits until an element has this text. */
const shows = (page: Page, id: string, text: string) =>
  page.holds(`document.getElementById("${id}").textContent === ${JSON.stringify(text)}`);
const textOf = (page: Page, id: string) =>
  page.value<string>(`document.getElementById("${id}").textContent`);
const press = (page: Page, key: string) =>
  page.value(`(document.activeElement ?? document.body).dispatchEvent(
    new KeyboardEvent("keydown", { key: "${key}", bubbles: true, cancelable: true })), undefined`);

Deno.test({
  name: "page: says what the state is, and a picture that is not live does not look so",
  ignore: !chromium,
  fn: async () => {
    await using live = new FakeLive(ONE);
    live.sends = false;
    await using browser = await Browser.start();
    await using page = await browser.open(live.url);
    const brightness = () =>
      page.value<string>(`getComputedStyle(document.getElementById("picture")).filter`);

    await shows(page, "notice", "Waiting for a picture.");
    await shows(page, "health", "connecting");
    live.sends = true;
    await shows(page, "health", "live");
    assertEquals([await textOf(page, "notice"), await brightness()], ["", "none"]);

    live.delay = 1600;
    await shows(page, "health", "behind");
    assertMatch(await textOf(page, "notice"), /^Behind: this picture is 1\.\d s old\.$/);
    assertMatch(await brightness(), /brightness/);
    live.delay = 0;
    await shows(page, "health", "live");
    live.sends = false;
    await page.holds(`/^Behind: no picture for \\d s\\.$/
      .test(document.getElementById("notice").textContent)`);
    assertEquals(await textOf(page, "health"), "behind");
    live.sends = true;
    await shows(page, "health", "live");

    live.streams = [{ name: "hall", state: { ...FINE, lost: LOST } }];
    live.list();
    await shows(page, "health", "no signal");
    assertMatch(await textOf(page, "notice"), /^No signal since .*: it sent no frame for 5 s$/);
    assertEquals(
      await page.value(
        `document.body.innerText.replace(document.getElementById("said").textContent, "")
        .split("it sent no frame").length`,
      ),
      2,
      "the reason is on the page once, beside what a screen reader reads out",
    );
    live.streams = ONE;
    live.list();
    await shows(page, "health", "live");

    live.sends = false;
    live.send({ type: "end", stream: "hall", reason: "removed" });
    await shows(page, "health", "ended");
    assertEquals(await textOf(page, "notice"), "The camera was removed from the server.");

    const asked = Promise.withResolvers<Response>();
    live.refusal = () => asked.promise;
    live.refuses = true;
    live.close(1008);
    await shows(page, "notice", "No connection: the connection was lost; trying again.");
    asked.resolve(new Response("a token is required\n", { status: 401 }));
    await shows(page, "health", "not allowed");
    await shows(page, "notice", "The server asks for the token again. Log in");
    live.refuses = false;
    live.sends = true;
    await page.value(`dispatchEvent(new Event("online"))`);
    await shows(page, "health", "live");

    const headers = { "x-state": "full" };
    live.refusal = () => new Response("64 clients are being served\n", { status: 503, headers });
    live.refuses = true;
    live.close(1008);
    await shows(page, "health", "full");
    await shows(page, "said", "No connection: 64 clients are being served.");
    await page.holds(`/^No connection: 64 clients are being served; next try in \\d s\\.$/
      .test(document.getElementById("notice").textContent)`);
    await page.goTo("about:blank");
  },
});

Deno.test({
  name: "page: acknowledges what it has drawn, and never queues pictures",
  ignore: !chromium,
  fn: async () => {
    await using live = new FakeLive(ONE);
    await using browser = await Browser.start();
    await using page = await browser.open(live.url);
    await shows(page, "health", "live");
    live.sends = false;
    await until("all are acknowledged", () => live.acknowledged.at(-1) === live.sent);
    const before = live.acknowledged.length;
    for (let i = 0; i < 50; i++) live.picture(1);
    await until("the newest is acknowledged", () => live.acknowledged.at(-1) === live.sent);
    assert(live.acknowledged.length - before < 50, "each of them was drawn");
    assertEquals(live.pings, 1);
    live.picture(7); // a camera that it does not know
    await until("that is acknowledged, too", () => live.acknowledged.at(-1) === live.sent);
    await page.goTo("about:blank");
  },
});

Deno.test({
  name: "page: groups detections, and shows the picture of an entry's moment",
  ignore: !chromium,
  fn: async () => {
    await using live = new FakeLive(ONE);
    await using browser = await Browser.start();
    await using page = await browser.open(live.url);
    await shows(page, "health", "live");
    const time = Date.UTC(2026, 10, 28, 12);
    const find = (seconds: number, boxes: number[][]) =>
      live.send({
        ...{ type: "detection", stream: "hall", sequence: live.sent, filter: "motion" },
        ...{ capturedAt: time + seconds * 1000, boxes },
      });
    find(-60, []);
    for (let i = 0; i < 5; i++) {
      find(i, [[100, 100, 80, 90], [300, 200, 50, 50]].slice(0, 1 + i % 2));
    }
    find(60, [[100, 100, 80, 90]]);
    await page.holds(`document.querySelectorAll("#events li").length === 2`);
    const lines = await page.value<string[]>(
      `[...document.querySelectorAll("#events li")].map((item) => item.textContent)`,
    );
    assertMatch(lines[0]!, /^motion, [^,]+, 1 box$/);
    assertMatch(lines[1]!, /^motion, .+ to .+, up to 2 boxes$/);

    await page.holds(`!document.querySelector("#events li:last-child button").disabled`);
    await page.value(`document.querySelector("#events li:last-child button").click()`);
    await page.holds(`document.getElementById("moment").naturalWidth === 512`);
    await page.holds(`document.getElementById("past").checkVisibility()`);
    assertMatch(await textOf(page, "past-words"), /^motion, .*: not live$/);
    await press(page, "Escape");
    await page.holds(`!document.getElementById("past").checkVisibility()`);
    await page.goTo("about:blank");
  },
});

Deno.test({
  name:
    "page: several cameras: Enter opens one, arrows and swipes turn, Escape and the history lead back",
  ignore: !chromium,
  fn: async () => {
    await using live = new FakeLive(THREE);
    await using browser = await Browser.start();
    await using page = await browser.open(`${live.url}?wire=jpeg`);
    await shows(page, "health", "3 live");
    assertEquals(live.watched, ["hall", "garden", "attic"]);
    await press(page, "ArrowRight");
    await press(page, "ArrowRight");
    await page.value(`document.activeElement.click()`);
    await page.holds(`location.pathname + location.search === "/garden/?wire=jpeg"`);
    await shows(page, "name", "garden");
    await until("only the opened one is watched", () => `${live.watched}` === "garden");
    await shows(page, "health", "live");
    await press(page, "ArrowRight");
    await shows(page, "name", "attic");
    await press(page, "ArrowRight");
    await shows(page, "name", "hall");
    await press(page, "Escape");
    await page.holds(
      `location.pathname === "/" && document.activeElement.dataset.camera === "hall"`,
    );
    await until("all are watched", () => live.watched.length === 3);
    await page.value(`history.forward()`);
    await shows(page, "name", "hall");
    await page.value(`history.back()`);
    await shows(page, "health", "3 live");
    await page.goTo(`${live.url}attic/`);
    await shows(page, "name", "attic");
    const touch = (type: string, ...touchPoints: { x: number; y: number }[]) =>
      page.call("Input.dispatchTouchEvent", { type, touchPoints });
    await touch("touchStart", { x: 400, y: 200 });
    await touch("touchMove", { x: 200, y: 210 });
    await touch("touchEnd");
    await shows(page, "name", "hall");
    await press(page, "Escape");
    await shows(page, "health", "3 live");
    assertEquals(page.errors, []);
    await page.goTo("about:blank");
  },
});

Deno.test({
  name: "page: axe-core finds no barrier on any view, dark and narrow, light and wide",
  ignore: !chromium,
  fn: async () => {
    await using live = new FakeLive(THREE);
    const recording = {
      ...{ since: "2026-11-28T18:30:22Z", allowed: true },
      files: [{ name: "hall.mp4", bytes: 3_400_000, seconds: 61, began: "2026-11-28T18:00:00Z" }],
    };
    await using browser = await Browser.start();
    await using page = await browser.open("about:blank");
    const look = async (view: string) => {
      const found: string[] = [];
      for (const [value, width, height] of [["dark", 390, 844], ["light", 1280, 800]] as const) {
        const features = [{ name: "prefers-color-scheme", value }];
        await page.call("Emulation.setEmulatedMedia", { features });
        const size = { width, height, mobile: width < 500, deviceScaleFactor: 1 };
        await page.call("Emulation.setDeviceMetricsOverride", size);
        for (const barrier of await barriers(page)) found.push(`${value}: ${barrier}`);
        const wide = await page.value<number>("document.documentElement.scrollWidth");
        if (wide > width) found.push(`${width}: the page is ${wide} wide`);
      }
      assertEquals(found, [], view);
    };
    live.streams = [THREE[0]!, { name: "garden", state: { ...FINE, lost: LOST } }, THREE[2]!];
    await page.goTo(live.url);
    await shows(page, "health", "1 of 3 not live");
    await look("the grid");
    live.streams = [{ name: "hall", state: { ...FINE, recording } }, ...THREE.slice(1)];
    await page.goTo(`${live.url}hall/`);
    await shows(page, "health", "live");
    const boxes = [[100, 100, 80, 90]];
    const capturedAt = Date.now();
    live.send({ type: "detection", stream: "hall", sequence: 1, capturedAt, filter: "m", boxes });
    await page.holds(`document.querySelector("#events button:not(:disabled)") !== null`);
    await look("one camera");
    await page.value(`document.querySelector("#events button").click()`);
    await page.holds(`document.getElementById("past").checkVisibility()`);
    await look("a past moment");
    await press(page, "Escape");
    live.streams = [{ name: "hall", state: { ...FINE, lost: LOST } }];
    live.list();
    await shows(page, "health", "no signal");
    await look("no signal");
    live.streams = [{ name: "hall", state: null, ended: "over" }];
    live.list();
    await shows(page, "health", "ended");
    await look("ended");
    live.refusal = () => new Response("busy\n", { status: 503, headers: { "x-state": "full" } });
    live.refuses = true;
    live.close(1008);
    await shows(page, "health", "full");
    await look("full");
    await page.goTo(`${live.url}page/login.html`);
    await page.holds(`document.getElementById("token") !== null`);
    await look("the login");
    await page.goTo(`${live.url}page/not_found.html`);
    await page.holds(`document.title === "Framewire: no such page"`);
    await look("no such page");
    await page.goTo("about:blank");
  },
});

Deno.test({
  name: "page: Firefox shows live pictures, without an error on the console",
  ignore: !firefox,
  fn: async () => {
    await using live = new FakeLive(ONE);
    await using browser = await Firefox.open(live.url);
    await browser.holds(`document.getElementById("health")?.textContent === "live"`);
    await browser.holds(`Number(document.getElementById("picture").dataset.sequence) > 10`);
    await browser.holds(`/^\\d+ ms/.test(document.getElementById("age").textContent)`);
    assert(live.acknowledged.length > 5);
    assertEquals(browser.errors, []);
  },
});
