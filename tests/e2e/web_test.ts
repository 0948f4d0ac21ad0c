/** The web pages in a real browser, and clients that serve. */

import { assert, assertEquals, assertMatch } from "../assert.ts";
import { assertStringIncludes } from "../assert.ts";
import { Browser, chromium } from "./browser.ts";
import { TempDir } from "./pictures.ts";
import { childrenOf } from "./process_figures.ts";
import {
  commandLine,
  portOf,
  Program,
  run,
  startClient,
  startServer,
  until,
  within,
} from "./programs.ts";
import { get, secretIn, SMALL, startWeb, urlOf } from "./web_pages.ts";

const utf8 = new TextDecoder();

Deno.test({
  name: "page: shows a moving picture, saves a still, shows a lost source and its return",
  ignore: !chromium,
  fn: async () => {
    await using dir = new TempDir();
    const { server, url } = await startWeb(["--filter", "motion", "--source-timeout", "1"]);
    await using _server = server;
    await using browser = await Browser.start();
    await using page = await browser.open(url);
    await page.holds(`document.getElementById("health").textContent === "live"`);
    const pixels = `document.getElementById("picture").toDataURL().length + "/" +
      document.getElementById("picture").dataset.sequence`;
    const first = await page.value<string>(pixels);
    await page.holds(`(${pixels}) !== ${JSON.stringify(first)}`);
    assertEquals(await page.value(`document.getElementById("size").textContent`), "320×240");
    await page.holds(`parseFloat(document.getElementById("rate").textContent) > 20`);
    await page.holds(`/^\\d+ ms/.test(document.getElementById("age").textContent)`);
    await page.holds(
      `/^motion, .* box(es)?$/.test(document.querySelector("#events li")?.textContent)`,
    );

    await page.call("Page.setDownloadBehavior", { behavior: "allow", downloadPath: dir.path });
    await page.value(`dispatchEvent(new KeyboardEvent("keydown", { key: "s" }))`);
    const saved = () => [...Deno.readDirSync(dir.path)].find(({ name }) => /\.png$/.test(name));
    await until("the still is saved", () => saved() !== undefined);
    const probe = ["-v", "error", "-show_entries", "stream=codec_name,width,height,pix_fmt"];
    const still = await run("ffprobe", [...probe, "-of", "csv=p=0", dir.file(saved()!.name)]);
    assertEquals(utf8.decode(still).trim(), "png,320,240,gray");

    const [camera] = (await childrenOf(server.pid)).sort((a, b) => a - b);
    Deno.kill(camera!, "SIGSTOP");
    await page.holds(`document.getElementById("health").textContent === "no signal"`);
    await page.holds(`/^No signal since .*: /.test(document.getElementById("notice").textContent)`);
    await page.holds(`document.getElementById("health").textContent === "live"`);
    assertEquals(await page.value(`document.getElementById("notice").hidden`), true);
  },
});

Deno.test({
  name: "page: says that the server does not answer, and connects when it is back",
  ignore: !chromium,
  fn: async () => {
    const { server, url } = await startWeb([]);
    await using _server = server;
    await using browser = await Browser.start();
    await using page = await browser.open(url);
    await page.holds(`document.getElementById("health").textContent === "live"`);
    server.kill("SIGKILL");
    await server.status;
    await page.holds(`document.getElementById("health").textContent === "server away"`);
    await page.holds(`/^No connection: the server does not answer; next try in \\d s\\.$/
      .test(document.getElementById("notice").textContent)`);
    await using _again = startServer([...SMALL, "--http", new URL(url).host]);
    await page.holds(`document.getElementById("health").textContent === "live"`);
    await page.holds(`document.getElementById("notice").hidden`);
    await page.holds(`document.getElementById("clients").textContent === "1"`);
  },
});

Deno.test({
  name: "page: says why the server sends no stream, and shows it when there is a place",
  ignore: !chromium,
  fn: async () => {
    const { server, url } = await startWeb(["--max-clients", "1"]);
    await using _server = server;
    const first = await fetch(`${url}stream.mjpg`);
    await using browser = await Browser.start();
    await using page = await browser.open(url);
    await page.holds(`/^No connection: 1 client.* served, try again later; next try in \\d s\\.$/
      .test(document.getElementById("banner").textContent)`);
    await first.body?.cancel();
    await page.holds(`document.getElementById("health").textContent === "live"`);
    await page.holds(`document.getElementById("banner").hidden`);
  },
});

Deno.test({
  name: "page: the login needs the token, then shows the picture",
  ignore: !chromium,
  fn: async () => {
    await using dir = new TempDir();
    const token = await secretIn(dir, "correct-horse");
    const { server, url } = await startWeb(["--token-file", token]);
    await using _server = server;
    await using browser = await Browser.start();
    await using page = await browser.open(url);
    await page.holds(`location.pathname === "/login" && !!document.getElementById("token")`);
    const enter = (words: string) =>
      page.value(`document.getElementById("token").value = ${JSON.stringify(words)};
        document.querySelector("button").click()`);
    await enter("wrong-wrong");
    await page.holds(`document.querySelector(".error")?.textContent === "The token is wrong."`);
    await enter("correct-horse");
    await page.holds(`document.getElementById("health")?.textContent === "live"`);
    assertEquals(await page.value("document.cookie"), "", "a script can read the cookie");
  },
});

Deno.test("client --serve and --http: pass the filtered picture on, from client to client", async () => {
  await using server = startServer([...SMALL]);
  const args = ["--filter", "resize=width=160", "--serve", "127.0.0.1:0", "--http", "127.0.0.1:0"];
  await using middle = startClient(await portOf(server), args);
  const [, port] = await middle.line(/^serves: +127.0.0.1 port (\d+)$/);
  const url = await urlOf(middle);
  const probe = ["-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0"];
  const still = await run("ffprobe", [...probe, `${url}snapshot.png`]);
  assertEquals(utf8.decode(still).trim(), "160,120");
  const last = startClient(Number(port), ["--frames", "30", "-o", "-"]);
  await using _last = last;
  const { code, stdout, stderr } = await last.end();
  assertEquals([code, stdout.length], [0, 30 * 160 * 120], stderr);
  assertStringIncludes(stderr, "receiving 160x120 y4m");
  assertStringIncludes((await get(`${url}metrics`)).text, "framewire_received_frames_total");
  // A silent client gets raw frames, as the tutorial's does.
  using conn = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
  assert(await within("bytes", conn.read(new Uint8Array(10))) !== null);
});

Deno.test("client --display web: serves a page on this host alone, and prints its address", async () => {
  await using server = startServer(SMALL);
  const all = ["127.0.0.1", String(await portOf(server)), "--display", "web"];
  await using client = new Program(...commandLine("client", all));
  const url = await urlOf(client);
  assertMatch(url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
  assertStringIncludes((await get(url)).text, "<canvas");
});
