/**
 * Takes the README's screenshots of the real programs: the page in Chromium, the terminal in tmux.
 *
 *     deno run -A scripts/pictures.ts
 *
 * Writes scripts/pictures/page.png and terminal.png.
 */

import { Browser } from "../tests/e2e/browser.ts";
import { faceMovie, TempDir } from "../tests/e2e/pictures.ts";
import { commandLine, portOf, run, startServer } from "../tests/e2e/programs.ts";

const directory = new URL("./pictures/", import.meta.url);
const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

await using dir = new TempDir();
const movie = await faceMovie(dir, 6);
const film = ["-i", movie, "--loop", "--color", "-r", "640x480"];
await Deno.mkdir(directory, { recursive: true });

await using browser = await Browser.start({ args: ["--window-size=1100,960"] });
{
  // The page draws the boxes itself.
  const args = [...film, "--filter", "faces=draw=0", "--http", "127.0.0.1:0"];
  await using server = startServer(args);
  await portOf(server);
  const [, url = ""] = await server.line(/^web: +(\S+)$/) ?? [];
  await using page = await browser.open(url);
  await page.holds(`document.getElementById("health").textContent === "live"`);
  await page.holds(`document.querySelector("#events li") !== null`);
  await pause(6); // its figures have settled
  await Deno.writeFile(new URL("page.png", directory), await page.screenshot());
  server.kill();
  await server.status;
}

// The client in a tmux terminal of 100 by 36, which shows the boxes that the filter draws.
await using server = startServer([...film, "--filter", "faces"]);
const port = await portOf(server);
const tmux = (...args: string[]) => run("tmux", ["-L", `framewire-${Deno.pid}`, ...args]);
const [client, args] = commandLine("client", ["127.0.0.1", String(port), "--display", "terminal"]);
const command = [client, ...args].map((word) => `'${word}'`).join(" ");
await tmux(
  "new-session",
  "-d",
  "-x",
  "100",
  "-y",
  "36",
  `env NO_COLOR= COLORTERM=truecolor ${command}`,
);
await pause(4);
const screen = new TextDecoder().decode(await tmux("capture-pane", "-e", "-p"));
await tmux("kill-server");
{
  await Deno.writeTextFile(dir.file("terminal.html"), htmlOf(screen));
  await using page = await browser.open(`file://${dir.file("terminal.html")}`);
  const size = { width: 805, height: 575, deviceScaleFactor: 1, mobile: false };
  await page.call("Emulation.setDeviceMetricsOverride", size);
  await pause(1);
  await Deno.writeFile(new URL("terminal.png", directory), await page.screenshot());
}
server.kill();
await server.status;

/** Converts a terminal's screen to HTML: text with 24-bit colors. */
function htmlOf(screen: string): string {
  let [fore, back] = ["#ddd", "#111"];
  // deno-lint-ignore no-control-regex -- it matches escape sequences
  const body = screen.split(/(\x1b\[[\d;]*m)/).map((part) => {
    if (!part.startsWith("\x1b")) {
      const text = part.replace(/[&<]/g, (letter) => letter === "&" ? "&amp;" : "&lt;");
      return `<span style="color:${fore};background:${back}">${text}</span>`;
    }
    const codes = part.slice(2, -1).split(";").map(Number);
    for (let i = 0; i < codes.length; i++) {
      const color = `rgb(${codes.slice(i + 2, i + 5)})`;
      if (codes[i] === 38) fore = color;
      if (codes[i] === 48) back = color;
      if (codes[i] === 38 || codes[i] === 48) {
        i += 4;
        continue;
      }
      if (codes[i] === 0 || codes[i] === 39) fore = "#ddd";
      if (codes[i] === 0 || codes[i] === 49) back = "#111";
    }
    return "";
  }).join("");
  return `<meta charset=utf-8><body style="margin:12px;background:#111"><pre style="font:13px/15px 'DejaVu Sans Mono',monospace">${body}</pre>`;
}
