/** The window on a real X server and the picture in a real terminal: what is on the screen. */

import { assertEquals, assertStringIncludes } from "../assert.ts";
import { TempDir } from "./pictures.ts";
import { look, screens, startScreen, typeInto } from "./screen.ts";
import {
  commandLine,
  installed,
  portOf,
  Program,
  run,
  startClient,
  startServer,
  until,
} from "./programs.ts";

/** A picture whose left half is black and whose right half is white, as a film that never ends. */
const HALVES = [
  ...["-i", "color=black:size=160x240:rate=30[a];color=white:size=160x240:rate=30[b];[a][b]hstack"],
  ...["--input-options", "-f lavfi -re"],
];

Deno.test({
  name: "client --display window: the picture is on the screen; q in the window ends the client",
  ignore: !screens,
  fn: async () => {
    const { display, xvfb } = await startScreen();
    await using _screen = xvfb;
    await using server = startServer(HALVES);
    const port = await portOf(server);
    const env = { DISPLAY: display };
    await using client = startClient(port, ["320", "240", "--display", "window"], env);
    // 160 white columns: the right half of a window of 320x240.
    await until(
      "the picture is there",
      async () => Math.abs((await look(display)).right - 160) < 4,
    );
    await typeInto(display, `127.0.0.1:${port} 320x240`, "q");
    const { code, stderr } = await client.end();
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, "ended after");
  },
});

Deno.test({
  name: "server --preview: the picture is on the screen; q in the window ends the server",
  ignore: !screens,
  fn: async () => {
    const { display, xvfb } = await startScreen();
    await using _screen = xvfb;
    await using server = startServer([...HALVES, "--preview"], { env: { DISPLAY: display } });
    await portOf(server);
    await until(
      "the picture is there",
      async () => Math.abs((await look(display)).right - 160) < 4,
    );
    await typeInto(display, "color=black", "q");
    assertEquals((await server.end()).code, 0);
  },
});

Deno.test({
  name: "client --display window: a missing screen is an error",
  ignore: !screens,
  fn: async () => {
    await using server = startServer(["--test", "-r", "64x48"]);
    const args = ["64", "48", "--display", "window"];
    await using client = startClient(await portOf(server), args, { DISPLAY: ":99999" });
    const { code, stderr } = await client.end();
    assertEquals(code, 1);
    assertStringIncludes(stderr, "error: Cannot show a window: ffplay says: Could not init");
    assertStringIncludes(stderr, "hint:  check DISPLAY");
  },
});

Deno.test({
  name: "client --display terminal: half blocks and a status line; q restores the screen",
  ignore: !installed("tmux"),
  fn: async () => {
    await using dir = new TempDir();
    const tmux = ["-f", "/dev/null", "-S", dir.file("tmux")];
    const screen = async (...options: string[]) =>
      new TextDecoder().decode(await run("tmux", [...tmux, "capture-pane", "-p", ...options]));
    await using server = startServer(HALVES);
    const port = String(await portOf(server));
    const [command, args] = commandLine("client", ["127.0.0.1", port, "320", "240"]);
    const quoted = [command, ...args, "--display", "terminal"].map((word) => `'${word}'`).join(" ");
    await run("tmux", [...tmux, "new-session", "-d", "-x", "80", "-y", "31", "sh"]);
    try {
      await run("tmux", [...tmux, "send-keys", `echo before; ${quoted}`, "Enter"]);
      await until("the picture is there", async () => /\d fps/.test(await screen()));
      // 4:3 into 80x30 cells of two pixels: 80x60, each row 40 black and 40 white half blocks.
      const rows = (await screen()).split("\n").slice(0, 30);
      for (const row of rows) assertEquals(row, "\u2580".repeat(80));
      const [colored = ""] = (await screen("-e")).split("\n");
      assertStringIncludes(colored, "\x1b[38;5;16m"); // black
      assertStringIncludes(colored, "\x1b[38;5;231m"); // white
      await run("tmux", [...tmux, "send-keys", "q"]);
      await until("the screen is back", async () => /ended after \d+ frames?/.test(await screen()));
      assertStringIncludes(await screen(), "before");
    } finally {
      await run("tmux", [...tmux, "kill-server"]);
    }
  },
});

Deno.test({
  name: "client --display window: a SIGKILL of the client closes the window",
  ignore: !screens,
  fn: async () => {
    const { display, xvfb } = await startScreen();
    await using _screen = xvfb;
    await using server = startServer(HALVES);
    const port = await portOf(server);
    const env = { DISPLAY: display };
    await using client = startClient(port, ["320", "240", "--display", "window"], env);
    await until("the picture is there", async () => (await look(display)).right > 100);
    client.kill("SIGKILL");
    await client.status;
    await until("the window is gone", async () => (await look(display)).right === 0);
    await until("ffplay has ended", async () => {
      await using ffplay = new Program("pgrep", ["-f", `ffplay.*127.0.0.1:${port} 320x240`]);
      return (await ffplay.end()).stdout.length === 0;
    });
  },
});

Deno.test({
  name: "server: ffplay shows the stream",
  ignore: !screens,
  fn: async () => {
    const { display, xvfb } = await startScreen();
    await using _screen = xvfb;
    await using server = startServer(HALVES);
    const input = ["-f", "rawvideo", "-pixel_format", "gray", "-video_size", "320x240"];
    const args = [
      "-v",
      "error",
      ...input,
      "-framerate",
      "30",
      `tcp://127.0.0.1:${await portOf(server)}`,
    ];
    await using _ffplay = new Program("ffplay", args, { env: { DISPLAY: display } });
    await until(
      "the picture is there",
      async () => Math.abs((await look(display)).right - 160) < 4,
    );
  },
});
