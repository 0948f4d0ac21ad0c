/** Screens that are missing, or die: a display that was requested fails, a default one falls back. */

import { assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { TempDir } from "./pictures.ts";
import { childrenOf } from "./process_figures.ts";
import {
  commandLine,
  hasBytes,
  installed,
  portOf,
  Program,
  startClient,
  startServer,
  until,
} from "./programs.ts";
import { look, screens, startScreen } from "./screen.ts";
import { Tmux, typed } from "./tmux.ts";

const PICTURE = ["--test", "-r", "64x48"];

/** Nothing has this display. */
const STALE = { DISPLAY: ":99999" };

/** A picture whose right half is white. */
const HALVES = [
  ...["-i", "color=black:size=160x240:rate=30[a];color=white:size=160x240:rate=30[b];[a][b]hstack"],
  ...["--input-options", "-f lavfi -re"],
];

Deno.test({
  name:
    "client: a stale DISPLAY, display chosen by default: continues without a picture, with one log line",
  ignore: !installed("ffplay"),
  fn: async () => {
    await using server = startServer(PICTURE);
    const port = String(await portOf(server));
    const [command, args] = commandLine("client", ["127.0.0.1", port, "--frames", "60"]);
    await using client = new Program(command, args, { env: STALE });
    const { code, stderr } = await client.end();
    assertEquals(code, 0, stderr);
    assertMatch(
      stderr,
      /^warning: Cannot show a window: ffplay says: Could not .*; the picture is not shown$/m,
    );
    assertStringIncludes(stderr, "ended after 60 frames");
  },
});

Deno.test({
  name: "client: a stale DISPLAY, display chosen by default: the picture is shown in the terminal",
  ignore: !installed("ffplay", "tmux"),
  fn: async () => {
    await using dir = new TempDir();
    await using server = startServer(PICTURE);
    const port = String(await portOf(server));
    await using terminal = await Tmux.start(dir, STALE);
    await terminal.line(typed("client", ["127.0.0.1", port]));
    await terminal.shows(/\u2580{20}[^]*\d fps/);
    await terminal.key("q");
    await terminal.shows(/Could not[^]*shown in the\s+terminal[^]*ended after \d+ frames?/);
  },
});

Deno.test({
  name: "client --display window: an X server that dies is an error, exit code 1",
  ignore: !screens,
  fn: async () => {
    const { display, xvfb } = await startScreen();
    await using _screen = xvfb;
    await using server = startServer(HALVES);
    const port = await portOf(server);
    await using client = startClient(port, ["--display", "window"], { DISPLAY: display });
    await until("the picture is there", async () => (await look(display)).right > 100);
    xvfb.kill("SIGTERM");
    const { code, stderr } = await client.end();
    assertEquals(code, 1, stderr);
    assertMatch(stderr, /^error: Lost the window: X.*\nhint: {2}check/m);
  },
});

for (const end of ["X server", "ffplay"] as const) {
  Deno.test({
    name:
      `client: a window chosen by default is lost with its ${end}: the client ends, exit code 1`,
    ignore: !screens || Deno.build.os !== "linux",
    fn: async () => {
      const { display, xvfb } = await startScreen();
      await using _screen = xvfb;
      await using server = startServer(HALVES);
      const args = ["127.0.0.1", String(await portOf(server))];
      const env = { DISPLAY: display };
      await using client = new Program(...commandLine("client", args), { env });
      await until("the picture is there", async () => (await look(display)).right > 100);
      if (end === "X server") xvfb.kill("SIGTERM");
      else for (const pid of await childrenOf(client.pid)) Deno.kill(pid, "SIGKILL");
      const { code, stderr } = await client.end();
      assertEquals(code, 1, stderr);
      assertMatch(stderr, /^error: Lost the window: .*\nhint: {2}check/m);
    },
  });
}

Deno.test({
  name: "client: a window chosen by default is lost: a record continues, exit code 1 at the end",
  ignore: !screens,
  fn: async () => {
    await using dir = new TempDir();
    const film = dir.file("film.gray");
    const { display, xvfb } = await startScreen();
    await using _screen = xvfb;
    await using server = startServer(HALVES);
    const args = ["127.0.0.1", String(await portOf(server)), "-o", film];
    const env = { DISPLAY: display };
    await using client = new Program(...commandLine("client", args), { env });
    await until("the picture is there", async () => (await look(display)).right > 100);
    xvfb.kill("SIGTERM");
    await client.line(/^error: Lost the window: .*; the other outputs continue$/);
    await hasBytes(film, (await Deno.stat(film)).size + 1);
    client.kill("SIGINT");
    assertEquals((await client.end()).code, 1);
  },
});

for (const [what, dies] of [["is missing", false], ["dies", true]] as const) {
  Deno.test({
    name: `server --preview: the server continues where its screen ${what}`,
    ignore: !screens,
    fn: async () => {
      const { display, xvfb } = await startScreen();
      await using _screen = xvfb;
      const env = dies ? { DISPLAY: display } : STALE;
      await using server = startServer([...HALVES, "--preview"], { env });
      const port = await portOf(server);
      if (dies) {
        await until("the picture is there", async () => (await look(display)).right > 100);
        xvfb.kill("SIGTERM");
      }
      await server.line(/^warning: .* window.*; the server continues without its preview$/);
      await using client = startClient(port, ["--frames", "3"]);
      assertEquals((await client.end()).code, 0);
      server.kill("SIGINT");
      assertEquals((await server.end()).code, 0);
    },
  });
}
