/** What the programs write to a terminal besides the picture: status line, events, figures. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { TempDir } from "./pictures.ts";
import {
  commandLine,
  installed,
  portOf,
  Program,
  shell,
  startClient,
  startServer,
} from "./programs.ts";
import { Tmux, typed } from "./tmux.ts";

const PICTURE = ["--test", "-r", "64x48"];
const ignore = !installed("tmux");

Deno.test({
  name: "client: the status line has the record at 80 columns",
  ignore,
  fn: async () => {
    await using dir = new TempDir();
    await using server = startServer(PICTURE);
    await using terminal = await Tmux.start(dir);
    const film = dir.file("a_long_name_for_the_film_of_the_camera_at_the_front_door_2026.mkv");
    const address = ["127.0.0.1", String(await portOf(server))];
    await terminal.line(`clear; ${typed("client", [...address, "--display", "none", "-o", film])}`);
    await terminal.shows(/^\d+ frames {2}[\d.]+ fps {2}\S*front_door_2026.mkv .*\d/m);
    const line = (await terminal.screen()).split("\n").find((line) => /fps/.test(line)) ?? "";
    assert(line.length < 80, line);
    await terminal.key("q");
    await terminal.shows(/ended after \d+ frames?/);
  },
});

Deno.test({
  name: "client --stats - in a terminal: no status line between the figures",
  ignore,
  fn: async () => {
    await using dir = new TempDir();
    await using server = startServer(PICTURE);
    await using terminal = await Tmux.start(dir);
    const address = ["127.0.0.1", String(await portOf(server))];
    await terminal.line(
      `clear; ${typed("client", [...address, "--display", "none", "--stats", "-"])}`,
    );
    await terminal.shows(/("seconds"[^]*){3}/);
    await terminal.key("q");
    await terminal.shows(/ended after \d+ frames?/);
    const screen = (await terminal.screen("-J")).replace(/^[^]*receiving .*\n/, "");
    const lines = screen.replace(/ended after[^]*/, "").trim().split("\n");
    for (const line of lines) assertEquals(JSON.parse(line).wire, "y4m");
  },
});

Deno.test({
  name: "client --display terminal: TERM=dumb is an error that says what to do",
  ignore,
  fn: async () => {
    await using dir = new TempDir();
    await using server = startServer(PICTURE);
    await using terminal = await Tmux.start(dir);
    const address = ["127.0.0.1", String(await portOf(server))];
    await terminal.line(
      `TERM=dumb ${typed("client", [...address, "--display", "terminal"])}; echo code $?`,
    );
    await terminal.shows(/TERM is dumb[^]*hint:[^]*TERM=xterm-256color[^]*code 2/);
  },
});

Deno.test("client: one line is logged if the picture is not shown or stored", async () => {
  await using server = startServer(PICTURE);
  const port = await portOf(server);
  await using chosen = startClient(port, ["--frames", "1"]);
  const { stderr } = await chosen.end();
  assertEquals(stderr.match(/^the picture is not shown or stored: .*$/gm)?.length, 1);
  const [command, args] = commandLine("client", ["127.0.0.1", String(port), "--frames", "1"]);
  await using found = new Program(command, args, { env: { DISPLAY: "", WAYLAND_DISPLAY: "" } });
  assertMatch(
    (await found.end()).stderr,
    /the picture is not shown or stored .*stdout is not a terminal/,
  );
  await using stored = startClient(port, ["--frames", "1", "--stats", "-"]);
  assert(!(await stored.end()).stderr.includes("nothing"));
});

Deno.test("client --stats -: the client ends when its reader closes the pipe", async () => {
  await using server = startServer(PICTURE);
  const port = String(await portOf(server));
  const args = ["127.0.0.1", port, "--display", "none", "--stats", "-"];
  await using pipe = new Program(...shell('"$@" | head -1', ...commandLine("client", args)));
  const { code, stdout, stderr } = await pipe.end();
  assertEquals(code, 0);
  assertEquals(new TextDecoder().decode(stdout).trim().split("\n").length, 1);
  assertStringIncludes(stderr, "ended after");
});
