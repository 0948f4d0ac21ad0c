/** The colors of a stream where people see them: window, terminal, page, stills, records, media servers. */

import { assert, assertEquals, assertMatch } from "../assert.ts";
import { Browser, chromium } from "./browser.ts";
import { barsOf, COLOR_BARS, isBars, rgbOf } from "./color_bars.ts";
import { TempDir } from "./pictures.ts";
import { screens, startScreen } from "./screen.ts";
import {
  freePort,
  hasBytes,
  installed,
  portOf,
  Program,
  run,
  startClient,
  startServer,
  until,
} from "./programs.ts";
import { Tmux, typed } from "./tmux.ts";

const SERVER = [...COLOR_BARS, "--color"];

Deno.test({
  name: "client, ffplay and server --preview: the window shows the colors",
  ignore: !screens,
  fn: async () => {
    const { display, xvfb } = await startScreen();
    await using _screen = xvfb;
    const env = { DISPLAY: display };
    await using server = startServer(SERVER);
    await using client = startClient(await portOf(server), ["--display", "window"], env);
    await until("the window shows the bars", () => hasColors(display));
    client.kill("SIGINT");
    assertEquals((await client.end()).code, 0);
    await until("the window is gone", async () => !await hasColors(display));
    const y4m = startServer([...SERVER, "--wire", "y4m"]);
    await using _y4m = y4m;
    const url = `tcp://127.0.0.1:${await portOf(y4m)}`;
    const ffplay = new Program("ffplay", ["-v", "error", url], { env });
    await until("ffplay shows the bars", () => hasColors(display));
    await ffplay[Symbol.asyncDispose]();
    await using preview = startServer([...SERVER, "--preview"], { env });
    await portOf(preview);
    await until("the preview shows the bars", () => hasColors(display));
  },
});

/** Whether red, green, blue and white are on a screen, each in many pixels. */
async function hasColors(display: string): Promise<boolean> {
  const args = ["-display", display, "-window", "root", "-depth", "8", "rgb:-"];
  const screen = await run("import", args);
  const counts = [0, 0, 0, 0];
  for (let at = 0; at < screen.length; at += 3) {
    const [r, g, b] = [0, 1, 2].map((i) => (screen[at + i] ?? 0) > 90);
    const bar = r && g && b ? 3 : r && !g && !b ? 0 : !r && g && !b ? 1 : !r && !g && b ? 2 : -1;
    if (bar >= 0) counts[bar] = (counts[bar] ?? 0) + 1;
  }
  return counts.every((count) => count > 5000);
}

for (
  const [name, env, red, gray] of [
    ["24-bit colors", { COLORTERM: "truecolor" }, /38;2;25\d;[01];[01]m/, false],
    ["256 colors", { COLORTERM: "", TERM: "tmux-256color" }, /38;5;196m/, false],
    ["grays with NO_COLOR", { COLORTERM: "truecolor", NO_COLOR: "1" }, /38;2;76;76;76m/, true],
    ["grays on a terminal of few colors", { COLORTERM: "", TERM: "screen" }, /38;5;239m/, true],
  ] as const
) {
  Deno.test({
    name: `client --display terminal: ${name}`,
    ignore: !installed("tmux"),
    fn: async () => {
      await using dir = new TempDir();
      await using server = startServer(SERVER);
      await using terminal = await Tmux.start(dir, { NO_COLOR: "", ...env });
      const address = ["127.0.0.1", String(await portOf(server))];
      const log = dir.file("screen.txt");
      await terminal.shows(/^>/m); // the shell reads
      // What the client writes, as it writes it: tmux changes the sequences.
      await terminal.line(
        `script -q -c "${typed("client", [...address, "--display", "terminal"])}" ${log}`,
      );
      await until(
        "the picture is there",
        async () => /\u2580/.test(await Deno.readTextFile(log).catch(() => "")),
      );
      await terminal.key("q");
      await terminal.shows(/ended after/);
      const written = await Deno.readTextFile(log);
      assertMatch(written, red);
      const direct = [...written.matchAll(/[34]8;2;(\d+);(\d+);(\d+)m/g)];
      const numbered = [...written.matchAll(/[34]8;5;(\d+)m/g)].map(([, number]) => Number(number));
      assert(direct.length + numbered.length > 100, "there is no picture");
      if (!gray) return;
      assert(direct.every(([, r, g, b]) => r === g && g === b), "it is not gray");
      assert(numbered.every((number) => number === 16 || number > 230), "it is not gray");
    },
  });
}

Deno.test({
  name: "web: the page and its stills show the colors",
  ignore: !chromium,
  fn: async () => {
    await using dir = new TempDir();
    await using server = startServer([...SERVER, "--http", "127.0.0.1:0"]);
    const [, url = ""] = await server.line(/^web: +(http\S+)$/);
    for (const still of ["snapshot.png", "snapshot.jpg"]) {
      const file = dir.file(still);
      await Deno.writeFile(file, new Uint8Array(await (await fetch(url + still)).arrayBuffer()));
      const bars = barsOf(await rgbOf(file));
      assert(isBars(bars), `${still}: ${JSON.stringify(bars)}`);
    }
    await using browser = await Browser.start();
    await using page = await browser.open(url);
    const bars = `(() => {
      const picture = document.getElementById("picture");
      if (!picture) return [];
      const canvas = new OffscreenCanvas(320, 240);
      const context = canvas.getContext("2d");
      context.drawImage(picture, 0, 0, 320, 240);
      return [40, 120, 200, 280].map((x) => [...context.getImageData(x, 120, 1, 1).data].slice(0, 3));
    })()`;
    const colors = () => page.value<[number, number, number][]>(bars).catch(() => []);
    await until("the page shows the bars", async () => isBars(await colors()));
    assertEquals(page.errors, []);
  },
});

Deno.test("client -o: every format keeps the colors, at an odd size", async () => {
  await using dir = new TempDir();
  await using server = startServer([...SERVER, "-r", "323x241"]);
  const films: [name: string, ...args: string[]][] = [
    ...[["a.mp4"], ["lossless.mp4", "--crf", "0"], ["a.mkv"], ["ffv1.mkv", "--codec", "ffv1"]],
    ...[["vp8.mkv", "--codec", "vp8"], ["vp9.mkv", "--codec", "vp9"]],
    ...[
      ["mjpeg.mkv", "--codec", "mjpeg"],
      ["a.webm"],
      ["a.avi"],
      ["ffv1.avi", "--codec", "ffv1"],
      ["a.y4m"],
      ["a.png"],
      ["a.jpg"],
    ],
  ] as [string, ...string[]][];
  for (const [name, ...args] of films) {
    const outputs = ["-o", dir.file(name), ...args, "--frames", "3"];
    await using client = startClient(await portOf(server), outputs);
    const { code, stderr } = await client.end();
    assertEquals(code, 0, `${name}: ${stderr}`);
    const bars = barsOf(await rgbOf(dir.file(name)));
    assert(isBars(bars), `${name}: ${JSON.stringify(bars)}`);
  }
});

Deno.test("client -o: a film says which matrix and range its colors have", async () => {
  await using dir = new TempDir();
  await using server = startServer([...SERVER, "-r", "1280x720"]);
  const files = ["a.mp4", "a.webm"].map((name) => dir.file(name));
  const outputs = files.flatMap((file) => ["-o", file]);
  await using client = startClient(await portOf(server), [...outputs, "--frames", "3"]);
  const { code, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  for (const file of files) {
    const entries = ["-show_entries", "stream=color_space,color_range", "-of", "csv=p=0"];
    const facts = new TextDecoder().decode(await run("ffprobe", ["-v", "error", ...entries, file]));
    // Players would take a film of this height for BT.709, and red for orange.
    assertMatch(facts, /smpte170m/, file);
  }
});

Deno.test("client -o tcp://: a media server gets the colors", async () => {
  await using dir = new TempDir();
  await using server = startServer(SERVER);
  const port = freePort();
  await using media = new Program("ffmpeg", [
    ...["-v", "error", "-y", "-i", `tcp://127.0.0.1:${port}?listen=1`, "-t", "1"],
    ...["-c", "copy", dir.file("got.mkv")],
  ]);
  const url = `tcp://127.0.0.1:${port}`;
  await using _client = startClient(await portOf(server), ["-o", url]);
  await media.end();
  await hasBytes(dir.file("got.mkv"));
  const bars = barsOf(await rgbOf(dir.file("got.mkv")));
  assert(isBars(bars), JSON.stringify(bars));
});
