/** What nobody sees costs nothing: hidden tabs, tiles out of sight. And the page comes back after a restart, and a changed token. */

import { assert, assertEquals } from "../assert.ts";
import { Browser, chromium } from "./browser.ts";
import { FakeLive } from "./fake_live.ts";
import { TempDir } from "./pictures.ts";
import { startServer, until } from "./programs.ts";
import { get, secretIn, SMALL, startWeb } from "./web_pages.ts";

Deno.test({
  name: "page: a hidden tab gets no pictures, and has a new one as soon as it is shown",
  ignore: !chromium,
  fn: async () => {
    const { server, url } = await startWeb([]);
    await using _server = server;
    await using browser = await Browser.start();
    await using page = await browser.open(url);
    await page.holds(`document.getElementById("health").textContent === "live"`);
    const sent = async () => {
      const { text } = await get(`${url}metrics`);
      return Number(/^framewire_sent_bytes_total (\d+)/m.exec(text)?.[1]);
    };
    assert(await sent() > 0);
    await using _front = await browser.open("about:blank"); // a new tab hides the page
    await page.holds(`document.hidden`);
    let [before, now] = [-1, await sent()];
    await until("no more is sent", async () => {
      await new Promise((resolve) => setTimeout(resolve, 200)); // six frames
      [before, now] = [now, await sent()];
      return before === now;
    });
    const drawn = `Number(document.getElementById("picture").dataset.sequence)`;
    const last = await page.value<number>(drawn);
    await page.call("Page.bringToFront");
    await page.holds(`${drawn} > ${last}`);
    await page.holds(`document.getElementById("health").textContent === "live"`);
  },
});

Deno.test({
  name: "page: only the cameras in sight are watched, each in the size of its tile",
  ignore: !chromium,
  fn: async () => {
    const names = Array.from({ length: 12 }, (_, i) => ({ name: `cam${i}` }));
    await using live = new FakeLive(names);
    await using browser = await Browser.start();
    await using page = await browser.open("about:blank");
    const size = { width: 390, height: 600, mobile: true, deviceScaleFactor: 2 };
    await page.call("Emulation.setDeviceMetricsOverride", size);
    await page.goTo(live.url);
    await until("the first ones are watched", () => live.watched.includes("cam0"));
    assertEquals(live.watched.includes("cam11"), false);
    await page.value(`scrollTo(0, document.body.scrollHeight)`);
    await until("the last one is watched", () => live.watched.includes("cam11"));
    await until("the first one is not", () => !live.watched.includes("cam0"));
    const { streams } = live.heard.findLast(({ type }) => type === "watch")!;
    const [wanted] = Object.values(streams as Record<string, unknown>);
    assertEquals(wanted, { width: 1280, wire: "jpeg" });
    await page.goTo("about:blank");
  },
});

Deno.test({
  name: "page: after a restart with another token it asks to log in, and comes back to its camera",
  ignore: !chromium,
  fn: async () => {
    await using dir = new TempDir();
    const token = await secretIn(dir, "correct-horse");
    const { server, url } = await startWeb(["--token-file", token]);
    await using _server = server;
    await using browser = await Browser.start();
    await using page = await browser.open(url);
    const logIn = async (secret: string) => {
      await page.holds(`location.pathname === "/login" && !!document.getElementById("token")`);
      await page.value(`document.getElementById("token").value = ${JSON.stringify(secret)};
        document.querySelector("button").click()`);
      await page.holds(`document.getElementById("health")?.textContent === "live"`);
    };
    await logIn("correct-horse");
    const { streams } = JSON.parse(
      await page.value<string>(`new Promise((resolve) => {
      const socket = new WebSocket("/live");
      socket.onmessage = ({ data }) => JSON.parse(data).streams && resolve(data);
    })`),
    );
    const view = `/${encodeURIComponent(streams[0].name)}/?wire=jpeg`;
    await page.goTo(new URL(view, url).href);
    await page.holds(`document.getElementById("health")?.textContent === "live"`);
    server.kill("SIGKILL");
    await server.status;
    await secretIn(dir, "battery-staple");
    const args = [...SMALL, "--http", new URL(url).host, "--token-file", token];
    await using _again = startServer(args);
    await page.holds(`document.getElementById("health").textContent === "not allowed"`);
    await page.value(`document.querySelector("#notice a").click()`);
    await logIn("battery-staple");
    assertEquals(await page.value("location.pathname + location.search"), view);
  },
});
