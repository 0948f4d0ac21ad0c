/** Privacy hours: outside of them no camera is open, and everybody is told until when. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { Browser, chromium } from "./browser.ts";
import { camera, configIn } from "./cameras.ts";
import { childrenOf } from "./process_figures.ts";
import { TempDir } from "./pictures.ts";
import { commandLine, portOf, run, startClient, startServer, until } from "./programs.ts";
import { get, urlOf } from "./web_pages.ts";

const linux = Deno.build.os === "linux";

const ZONE = "Pacific/Auckland";

/** The time in the zone, some seconds from now. */
function timeIn(seconds: number): string {
  const options = { timeZone: ZONE, hourCycle: "h23", timeStyle: "medium" } as const;
  return new Date(Date.now() + seconds * 1000).toLocaleTimeString("en-US", options);
}

/** Hours that begin and end so many seconds from now. */
const hours = (from: number, to: number) => `${timeIn(from)}-${timeIn(to)}`;

/** How many ffmpegs capture: others encode, or were asked for their encoders. */
async function captures(pid: number): Promise<number> {
  const lines = (await childrenOf(pid)).map((child) =>
    Deno.readTextFile(`/proc/${child}/cmdline`).catch(() => "") // it has ended
  );
  return (await Promise.all(lines)).filter((line) => line.includes("yuv4mpegpipe")).length;
}

const isCaptured = async (pid: number) => await captures(pid) > 0;

Deno.test({
  name: "--hours: ffmpeg does not run before their beginning and after their end",
  ignore: !linux,
  fn: async () => {
    const page = ["--http", "127.0.0.1:0"];
    const when = ["--time-zone", ZONE, "--hours", hours(6, 14)];
    await using server = startServer(["--test", "-r", "320x240", "-f", "10", ...page, ...when]);
    const url = await urlOf(server);
    const port = await portOf(server);
    assertMatch(
      server.errors.join("\n"),
      /^test picture is closed until \w{3} \d\d:\d\d(:\d\d)?: these are not its hours$/m,
    );
    assertEquals(await isCaptured(server.pid), false, "ffmpeg runs");
    const state = JSON.parse((await get(`${url}state`)).text);
    assertEquals([state.lost, typeof state.closed.since], [null, "string"]);
    assert(Math.abs(Date.parse(state.closed.until) - Date.now()) < 8000, state.closed.until);
    assertEquals(await get(`${url}healthz`), { status: 200, text: "ok; closed\n" });
    const metrics = (await get(`${url}metrics`)).text;
    assertMatch(metrics, /^framewire_source_closed(\{.*\})? 1$/m);
    assertMatch(metrics, /^framewire_source_up(\{.*\})? 1$/m);
    const list = ["127.0.0.1", String(port), "--list-streams"];
    const listed = new TextDecoder().decode(await run(...commandLine("client", list)));
    assertMatch(listed, /\tclosed until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/m);
    await using client = startClient(port, ["--frames", "5", "-o", "-"]);

    await server.line(/^test picture opens: its hours begin$/);
    await until("ffmpeg runs", () => isCaptured(server.pid));
    // The frames of the camera, and none of the placeholders.
    assertEquals((await client.end()).stdout.length, 5 * 320 * 240);
    assertEquals(JSON.parse((await get(`${url}state`)).text).closed, null);
    const opened = server.errors.length;
    await until("it is closed", async () => {
      return JSON.parse((await get(`${url}state`)).text).closed !== null;
    });
    assertMatch(server.errors.slice(opened).join("\n"), /^test picture is closed until/m);
    await until("ffmpeg has ended", async () => !await isCaptured(server.pid));
    assertMatch((await get(`${url}metrics`)).text, /^framewire_source_restarts_total(\{.*\})? 0$/m);
  },
});

Deno.test({
  name: "--hours: SIGHUP opens and closes a camera; the others go on",
  ignore: !linux,
  fn: async () => {
    await using dir = new TempDir();
    const other = camera("other", "64x48");
    const room = (from: number, to: number) =>
      camera("room", "64x48", `hours = "${hours(from, to)}"\ntime-zone = "${ZONE}"`);
    const config = await configIn(dir, other + room(-7200, -3600));
    await using server = startServer(["--config", config, "--http", "127.0.0.1:0"]);
    const url = await urlOf(server);
    const count = () => captures(server.pid);
    await until("one camera is open", async () => await count() === 1);
    assertEquals((await get(`${url}healthz`)).text, "ok; closed: room\n");
    await configIn(dir, other + room(-3600, 3600));
    server.kill("SIGHUP");
    await until("both are open", async () => await count() === 2);
    await configIn(dir, other + room(-7200, -3600));
    server.kill("SIGHUP");
    await until("one camera is open", async () => await count() === 1);
    await until("the page says so", async () => {
      return (await get(`${url}healthz`)).text === "ok; closed: room\n";
    });
  },
});

Deno.test({
  name: "--hours: the page says that the camera is closed, and until when",
  ignore: !linux || !chromium,
  fn: async () => {
    const when = ["--time-zone", ZONE, "--hours", hours(-7200, -3600)];
    const small = ["--test", "-r", "320x240", "--http", "127.0.0.1:0"];
    await using server = startServer([...small, ...when]);
    const url = await urlOf(server);
    await using browser = await Browser.start();
    await using page = await browser.open(url);
    await page.holds(`document.getElementById("health").textContent === "closed"`);
    const notice = await page.value<string>(`document.getElementById("notice").textContent`);
    assertMatch(notice, /^Closed until \w+, \d.*\.$/);
    const still = await (await fetch(`${url}snapshot.jpg`)).bytes();
    assert(still.length > 1000, "there is no picture");
    assertStringIncludes(await page.value(`document.getElementById("health").className`), "closed");
  },
});
