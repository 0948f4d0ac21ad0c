/** The programs as jobs of a shell: foreground, Ctrl-Z, background. */

import { assert, assertStringIncludes } from "../assert.ts";
import { TempDir } from "./pictures.ts";
import { installed, portOf, startServer } from "./programs.ts";
import { Tmux, typed } from "./tmux.ts";

const ignore = !installed("tmux", "bash") || Deno.build.os !== "linux";

/** Whether the terminal echoes and reads lines, its usual mode. */
async function isCooked(terminal: Tmux): Promise<void> {
  await terminal.line(
    "stty -a | tr ' ' '\\n' | grep -xE -- '-?(icanon|echo);?' | xargs echo modes",
  );
  await terminal.shows(/^modes icanon echo$/m);
}

Deno.test({
  name: "client --display terminal: Ctrl-Z restores the screen, fg redraws, q ends the client",
  ignore,
  fn: async () => {
    await using dir = new TempDir();
    await using server = startServer(["--test", "-r", "64x48"]);
    const port = String(await portOf(server));
    await using terminal = await Tmux.start(dir);
    await terminal.line("echo before");
    await terminal.line(typed("client", ["127.0.0.1", port, "--display", "terminal"]));
    await terminal.shows(/\u2580{20}[^]*\d fps/);
    assert(!(await terminal.screen()).includes("before"));
    await terminal.key("C-z");
    await terminal.shows(/before[^]*Stopped/);
    assert(!(await terminal.screen()).includes("\u2580"));
    await isCooked(terminal);
    await terminal.line("fg");
    await terminal.shows(/\u2580{20}[^]*\d fps/);
    await terminal.key("C-z");
    await terminal.shows(/Stopped[^]*Stopped/);
    await terminal.line("fg");
    await terminal.shows(/\u2580{20}[^]*\d fps/);
    await terminal.key("q");
    await terminal.shows(/ended after \d+ frames?/);
    assertStringIncludes(await terminal.screen(), "before");
    await isCooked(terminal);
  },
});

Deno.test({
  name: "client: leaves the terminal alone in the background, and takes it after fg",
  ignore,
  fn: async () => {
    await using dir = new TempDir();
    await using server = startServer(["--test", "-r", "64x48"]);
    const port = String(await portOf(server));
    await using terminal = await Tmux.start(dir);
    const stats = dir.file("stats");
    const args = ["127.0.0.1", port, "--display", "none", "--stats", stats];
    await terminal.line(`${typed("client", args)} &`);
    await terminal.shows(/receiving 64x48/);
    // Two lines of figures: within 2 s a status line would have been drawn.
    await terminal.line(
      `until [ "$(wc -l < ${stats} 2> /dev/null || echo 0)" -ge 2 ]; do sleep 0.1; done; jobs`,
    );
    await terminal.shows(/\[1\]\+ +Running/);
    assert(!/\d fps/.test(await terminal.screen()), await terminal.screen());
    await isCooked(terminal);
    await terminal.line("fg");
    await terminal.shows(/\d fps/);
    await terminal.key("C-z");
    await terminal.shows(/Stopped/);
    await terminal.line("clear; sleep 0.5; bg"); // as a person types: a shorter stop is not noticed
    await terminal.line(
      `n=$(wc -l < ${stats} 2> /dev/null || echo 0); until [ "$(wc -l < ${stats} 2> /dev/null || echo 0)" -ge $((n + 2)) ]; do sleep 0.1; done; jobs`,
    );
    await terminal.shows(/\[1\]\+ +Running/);
    assert(!/\d fps/.test(await terminal.screen()), await terminal.screen());
    await terminal.line("kill %1; wait; echo code $?");
    await terminal.shows(/code 0/);
    await isCooked(terminal);
  },
});

Deno.test({
  name: "server: q ends it where the status line is shown; it works after Ctrl-Z and fg",
  ignore,
  fn: async () => {
    await using dir = new TempDir();
    await using terminal = await Tmux.start(dir);
    await terminal.line(typed("server", ["--test", "-s", "127.0.0.1", "-p", "0", "-r", "64x48"]));
    await terminal.shows(/\d fps {2}0 clients/);
    await terminal.key("C-z");
    await terminal.shows(/Stopped/);
    await isCooked(terminal);
    await terminal.line("clear; fg");
    await terminal.shows(/\d fps {2}0 clients/);
    await terminal.key("q");
    await terminal.shows(/ended after \d+ frames?/);
    await terminal.line("echo code $?");
    await terminal.shows(/code 0/);
    await isCooked(terminal);
  },
});

Deno.test({
  name:
    "client --display terminal: draws nothing in the background; draws after fg, and Ctrl-C ends it",
  ignore,
  fn: async () => {
    await using dir = new TempDir();
    await using server = startServer(["--test", "-r", "64x48"]);
    const port = String(await portOf(server));
    await using terminal = await Tmux.start(dir);
    const stats = dir.file("stats");
    const args = ["127.0.0.1", port, "--display", "terminal", "--stats", stats];
    await terminal.line(`${typed("client", args)} &`);
    await terminal.line(
      `until [ "$(wc -l < ${stats} 2> /dev/null || echo 0)" -ge 2 ]; do sleep 0.1; done; jobs`,
    );
    await terminal.shows(/\[1\]\+ +Running/);
    assert(!(await terminal.screen()).includes("\u2580"), await terminal.screen());
    await isCooked(terminal);
    await terminal.line("fg");
    await terminal.shows(/\u2580{20}[^]*\d fps/);
    await terminal.key("C-c");
    await terminal.shows(/ended after \d+ frames?/);
    await terminal.line("echo code $?");
    await terminal.shows(/code 0/);
    await isCooked(terminal);
  },
});
