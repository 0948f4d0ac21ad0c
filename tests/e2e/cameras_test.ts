/** Several cameras in one server, each by its name: what fails in one costs the others no frame. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { Browser, chromium } from "./browser.ts";
import { camera, configIn, missedBy, watch } from "./cameras.ts";
import { TempDir } from "./pictures.ts";
import {
  commandLine,
  freePort,
  hasBytes,
  portOf,
  Program,
  run,
  startClient,
  startServer,
  until,
} from "./programs.ts";
import { get, urlOf } from "./web_pages.ts";

const linux = Deno.build.os === "linux";

Deno.test("server with several cameras: each has its name on the wire, the first is the default", async () => {
  await using dir = new TempDir();
  const own = freePort();
  const config = await configIn(
    dir,
    camera("kitchen", "64x48") + camera("hall", "32x24", `fps = 10\nport = ${own}`),
  );
  await using server = startServer(["--config", config]);
  const port = await portOf(server);
  await server.line(/^camera: {2}hall: test picture, 32x24, 10 fps$/);

  const bytes = async (program: Program) => (await program.end()).stdout.length;
  assertEquals(await bytes(watch(port, "hall", ["--frames", "2", "-o", "-"])), 2 * 32 * 24);
  assertEquals(await bytes(startClient(port, ["--frames", "2", "-o", "-"])), 2 * 64 * 48);
  const silent = [
    String(own),
    "32",
    "24",
    "--raw",
    "--display",
    "none",
    "--frames",
    "2",
    "-o",
    "-",
  ];
  const raw = new Program(...commandLine("client", ["127.0.0.1", ...silent]));
  assertEquals(await bytes(raw), 2 * 32 * 24);

  const wrong = await watch(port, "hal", ["--no-reconnect"]).end();
  assertEquals(wrong.code, 1);
  assertMatch(
    wrong.stderr,
    /^error: The server refuses: there is no stream "hal"; did you mean "hall"\?\nhint: .*--list-streams/m,
  );
  const list = (args: string[]) =>
    run(...commandLine("client", ["127.0.0.1", String(port), "--list-streams", ...args]));
  const text = new TextDecoder().decode(await list([]));
  assertEquals(text, "kitchen\t64x48\t30 fps\tlive\nhall\t32x24\t10 fps\tlive\n");
  const json = JSON.parse(new TextDecoder().decode(await list(["--json"])));
  assertEquals(json[1], {
    ...{ name: "hall", width: 32, height: 24, pixels: "gray", fps: 10, lost: null },
  });
});

Deno.test("server with several cameras: a camera's port that is in use is an error with its table", async () => {
  await using dir = new TempDir();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const table = camera("hall", "32x24", `port = ${taken.addr.port}`);
  const config = await configIn(dir, camera("kitchen", "64x48") + table);
  await using server = startServer(["--config", config]);
  const { code, stderr } = await server.end();
  assertEquals(code, 1);
  assertMatch(stderr, /^error: .*the port is in use\nhint: .*\[camera\.hall\]/m);
});

Deno.test("server with several cameras: if none can be opened, it ends with exit code 1", async () => {
  await using server = startServer(["-i", "a=/nosuch/a.mp4", "-i", "b=/nosuch/b.mp4"]);
  const { code, stderr } = await server.end();
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^error: None of the 2 cameras can be opened: a \(there is no such file\), b \(.*\)\nhint: /m,
  );
});

Deno.test("client HOST/NAME: a server that does not know names is an error", async () => {
  await using server = startServer(["--test", "-r", "64x48"]);
  const { code, stderr } = await watch(await portOf(server), "kitchen", ["--no-reconnect"]).end();
  assertEquals(code, 1);
  assertStringIncludes(stderr, 'there is no stream "kitchen"');
});

Deno.test({
  name: "server --config: SIGHUP starts, ends and changes cameras; the others lose no frame",
  ignore: !linux,
  fn: async () => {
    await using dir = new TempDir();
    const stays = camera("stays", "64x48");
    const config = await configIn(dir, stays + camera("goes", "32x24") + camera("turns", "16x12"));
    await using server = startServer(["--config", config]);
    const port = await portOf(server);
    const film = dir.file("stays.gray");
    await using client = watch(port, "stays", ["-o", film]);
    await hasBytes(film);
    const gone = watch(port, "goes", []);
    await gone.line(/^receiving 32x24/);

    await configIn(dir, `${stays}[camera.turns]\nnonsense = 1\n`);
    server.kill("SIGHUP");
    await server.line(/^error: .*nonsense.*; the configuration stays as it was$/);

    await configIn(dir, "fps = 5\n");
    server.kill("SIGHUP");
    await server.line(/^error: No camera is left in .*; the configuration stays as it was$/);

    await configIn(dir, stays + camera("turns", "20x10") + camera("comes", "8x6"));
    server.kill("SIGHUP");
    const counts = /^the configuration was read again: 1 camera added, 1 changed, 1 removed, 1 un/;
    await server.line(counts);
    const { code, stderr: words } = await gone.end();
    assertEquals(code, 1);
    assertMatch(words, /^error: The server has removed the stream after \d+ frames?\nhint: /m);
    const list = ["127.0.0.1", String(port), "--list-streams"];
    const text = new TextDecoder().decode(await run(...commandLine("client", list)));
    assertEquals(
      text,
      "stays\t64x48\t30 fps\tlive\nturns\t20x10\t30 fps\tlive\ncomes\t8x6\t30 fps\tlive\n",
    );
    client.kill("SIGINT");
    const { stderr } = await client.end();
    assertEquals(missedBy(stderr), 0, stderr);
  },
});

Deno.test({
  name: "server --config: SIGHUP can change every camera, and their order; the server runs on",
  ignore: !linux,
  fn: async () => {
    await using dir = new TempDir();
    const config = await configIn(dir, camera("kitchen", "64x48"));
    await using server = startServer(["--config", config]);
    const port = await portOf(server);
    const first = async () => {
      const films = startClient(port, ["--frames", "1", "-o", "-"]);
      return (await films.end()).stdout.length;
    };
    await configIn(dir, camera("kitchen", "32x24"));
    server.kill("SIGHUP");
    await server.line(/^camera kitchen starts: /);
    await server.line(/^the configuration was read again: /);
    assertEquals(await first(), 32 * 24);

    await configIn(dir, camera("hall", "16x12") + camera("kitchen", "32x24"));
    server.kill("SIGHUP");
    await server.line(/^camera hall starts: /);
    // One reading comes after the other: this one says that the last is done.
    await configIn(dir, "nonsense = 1\n");
    server.kill("SIGHUP");
    await server.line(/^error: .*nonsense/);
    assertEquals(await first(), 16 * 12);
  },
});

Deno.test({
  name: "server --config: SIGHUP while the cameras open is obeyed when they are open",
  ignore: !linux,
  fn: async () => {
    await using dir = new TempDir();
    const config = await configIn(dir, camera("kitchen", "64x48"));
    await using server = startServer(["--config", config, "--log-level", "debug"]);
    await server.line(/./); // it handles signals, and opens the camera
    await configIn(dir, camera("kitchen", "32x24"));
    server.kill("SIGHUP");
    server.kill("SIGHUP");
    await server.line(/^the configuration was read again: /);
    const list = ["127.0.0.1", String(await portOf(server)), "--list-streams"];
    const text = new TextDecoder().decode(await run(...commandLine("client", list)));
    assertEquals(text, "kitchen\t32x24\t30 fps\tlive\n");
  },
});

Deno.test("server with several cameras: films end one by one, the server with the last one", async () => {
  await using dir = new TempDir();
  const config = await configIn(
    dir,
    "frames = 5\n" + camera("short", "64x48") + camera("long", "32x24", "frames = 40"),
  );
  await using server = startServer(["--config", config]);
  const { code, stderr } = await server.end();
  assertEquals(code, 0);
  assertMatch(stderr, /^ended after 45 frames in /m);
});

Deno.test("server with several cameras: once the first one has ended, nobody gets another in its place", async () => {
  await using dir = new TempDir();
  const config = await configIn(
    dir,
    camera("short", "64x48", "frames = 5") + camera("long", "32x24"),
  );
  await using server = startServer(["--config", config]);
  const port = await portOf(server);
  await server.line(/^camera short has ended$/);
  const list = ["127.0.0.1", String(port), "--list-streams"];
  await until("the camera is gone", async () => {
    const text = new TextDecoder().decode(await run(...commandLine("client", list)));
    return !text.includes("short");
  });
  const { code, stderr } = await startClient(port, ["--no-reconnect"]).end();
  assertEquals(code, 1);
  assertMatch(stderr, /^error: The server refuses: the stream "short" is not available now/m);
  assertEquals((await watch(port, "long", ["--frames", "1"]).end()).code, 0);
});

Deno.test({
  name: "page: several cameras have one page with a picture of each; a click opens one",
  ignore: !chromium,
  fn: async () => {
    await using dir = new TempDir();
    const config = await configIn(dir, camera("kitchen", "64x48") + camera("hall", "32x24"));
    await using server = startServer(["--config", config, "--http", "127.0.0.1:0"]);
    const url = await urlOf(server);
    await using browser = await Browser.start();
    await using page = await browser.open(url);
    const widths =
      `[...document.querySelectorAll(".tile canvas")].map(({ width }) => width).join()`;
    await page.holds(`${widths} === "64,32"`);
    await page.holds(`document.getElementById("health").textContent === "2 live"`);
    await page.value(`document.querySelector('[data-camera="hall"]').click()`);
    await page.holds(`location.pathname === "/hall/"`);
    await page.holds(`Number(document.getElementById("picture")?.dataset.sequence ?? NaN) >= 0`);
    await page.holds(`document.getElementById("size").textContent.includes("32")`);
    await page.holds(`document.getElementById("all").checkVisibility()`);
    await page.holds(`document.getElementById("name").textContent === "hall"`);
    assertEquals(page.errors, []);
    const { text: metrics } = await get(`${url}metrics`);
    assertMatch(metrics, /^framewire_captured_frames_total\{stream="hall"\} \d+$/m);
    assert(metrics.split("# TYPE framewire_captured_frames_total").length === 2);
  },
});
