/** Several cameras in one server, each by its name: what fails in one costs the others no frame. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { Browser, chromium } from "./browser.ts";
import { TempDir } from "./pictures.ts";
import { childrenOf } from "./process_figures.ts";
import { Y4mSource } from "./y4m_source.ts";
import {
  commandLine,
  freePort,
  hasBytes,
  portOf,
  Program,
  run,
  startClient,
  startServer,
} from "./programs.ts";
import { get, urlOf } from "./web_pages.ts";

const linux = Deno.build.os === "linux";

/** A configuration in a file of its own. */
async function configIn(dir: TempDir, text: string): Promise<string> {
  const path = dir.file("cameras.toml");
  await Deno.writeTextFile(path, text);
  return path;
}

/** A test camera's table. */
function camera(name: string, size: string, rest = ""): string {
  return `[camera.${name}]\ntest = true\nresolution = "${size}"\n${rest}\n`;
}

/** Starts a client of one stream. */
function watch(port: number, name: string, args: string[]): Program {
  const address = [`127.0.0.1/${name}`, String(port)];
  return new Program(...commandLine("client", [...address, "--display", "none", ...args]));
}

/** How many frames a client has missed, as it says at its end. */
function missedBy(stderr: string): number {
  return Number(/^ended after \d+ frames? in .* s: (\d+) missed/m.exec(stderr)?.[1] ?? NaN);
}

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
    name: "hall",
    width: 32,
    height: 24,
    pixels: "gray",
    fps: 10,
    lost: null,
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

/** What goes wrong with one camera, by its table, and what the server says of it. */
const FAULTS: [fault: string, table: (dir: TempDir) => string, line: RegExp][] = [
  [
    "is not there at the start",
    () => `[camera.bad]\ninput = "/nosuch/film.mp4"\n`,
    /^warning: cannot open \/nosuch\/film\.mp4: there is no such file; retrying$/,
  ],
  [
    "has a filter that loops for ever",
    (dir) => {
      const path = dir.file("loop.js");
      const source =
        "export default () => ({ process(_, { sequence }) { while (sequence > 2); } });";
      Deno.writeTextFileSync(path, source);
      return camera("bad", "32x24", `filter = "${path}"`);
    },
    /^error: camera bad: The filters did not answer within 10 s/,
  ],
];
for (const [fault, table, line] of FAULTS) {
  Deno.test(`server with several cameras: one that ${fault} costs the other no frame`, async () => {
    await using dir = new TempDir();
    const config = await configIn(dir, camera("good", "64x48") + table(dir));
    await using server = startServer(["--config", config]);
    const port = await portOf(server);
    const film = dir.file("good.gray");
    await using good = watch(port, "good", ["-o", film]);
    await hasBytes(film);
    await using _bad = watch(port, "bad", []);
    await server.line(line);
    await hasBytes(film, (await Deno.stat(film)).size + 30 * 64 * 48);
    good.kill("SIGINT");
    const { code, stderr } = await good.end();
    assertEquals([code, missedBy(stderr)], [0, 0], stderr);
  });
}

Deno.test({
  name: "server with several cameras: one that hangs, and comes back, costs the other no frame",
  ignore: !linux,
  fn: async () => {
    await using dir = new TempDir();
    const config = await configIn(
      dir,
      "source-timeout = 1\n" + camera("good", "64x48") + camera("bad", "32x24"),
    );
    await using server = startServer(["--config", config]);
    const port = await portOf(server);
    const film = dir.file("good.gray");
    await using good = watch(port, "good", ["-o", film]);
    await hasBytes(film);
    const arguments_ = async (pid: number) => await Deno.readTextFile(`/proc/${pid}/cmdline`);
    for (const pid of await childrenOf(server.pid)) {
      if ((await arguments_(pid)).includes("32")) Deno.kill(pid, "SIGSTOP");
    }
    await server.line(/^warning: lost test picture: .*; retrying$/);
    const list = ["127.0.0.1", String(port), "--list-streams"];
    const text = new TextDecoder().decode(await run(...commandLine("client", list)));
    assertMatch(text, /^good\t64x48\t30 fps\tlive\nbad\t32x24\t30 fps\tno signal since /);
    await server.line(/^test picture is back after /);
    good.kill("SIGINT");
    const { stderr } = await good.end();
    assertEquals(missedBy(stderr), 0, stderr);
  },
});

Deno.test("server with several cameras: one that comes back in another size costs the other no frame", async () => {
  await using dir = new TempDir();
  await using source = new Y4mSource();
  source.play(32, 24);
  const bad = `[camera.bad]\ninput = "tcp://127.0.0.1:${source.port}"\n`;
  const config = await configIn(dir, camera("good", "64x48") + bad);
  await using server = startServer(["--config", config]);
  const port = await portOf(server);
  const [film, other] = [dir.file("good.gray"), dir.file("bad.gray")];
  await using good = watch(port, "good", ["-o", film]);
  await using client = watch(port, "bad", ["-o", other]);
  await Promise.all([hasBytes(film), hasBytes(other)]);
  source.stop();
  await server.line(/^warning: lost tcp:.*; retrying$/);
  source.play(16, 12);
  await server.line(/^tcp:.* is back after /);
  await hasBytes(other, (await Deno.stat(other)).size + 3 * 32 * 24);
  for (const program of [good, client]) program.kill("SIGINT");
  const [{ stderr }, ended] = await Promise.all([good.end(), client.end()]);
  assertEquals(missedBy(stderr), 0, stderr);
  assertEquals([ended.code, (await Deno.stat(other)).size % (32 * 24)], [0, 0]);
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

    await configIn(dir, stays + camera("turns", "20x10") + camera("comes", "8x6"));
    server.kill("SIGHUP");
    await server.line(/^the configuration was read again: /);
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

Deno.test({
  name: "page: several cameras have one page with a still of each; a click opens the camera's own",
  ignore: !chromium,
  fn: async () => {
    await using dir = new TempDir();
    const config = await configIn(dir, camera("kitchen", "64x48") + camera("hall", "32x24"));
    await using server = startServer(["--config", config, "--http", "127.0.0.1:0"]);
    const url = await urlOf(server);
    await using browser = await Browser.start();
    await using page = await browser.open(url);
    const widths = `[...document.querySelectorAll(".tile img")].map((i) => i.naturalWidth).join()`;
    await page.holds(`${widths} === "64,32"`);
    await page.holds(`document.getElementById("health").textContent === "2 live"`);
    await page.goTo(`${url}hall/`);
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
