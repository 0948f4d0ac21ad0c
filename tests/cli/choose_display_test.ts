import {
  defaultDisplay,
  type OpenDisplay,
  terminalObstacle,
  windowOr,
} from "../../lib/cli/choose_display.ts";
import { Failure } from "../../lib/log/failure.ts";
import type { Frame } from "../../lib/frame/frame.ts";
import { Latest } from "../../lib/frame/latest.ts";
import type { Log } from "../../lib/log/log.ts";
import { assertEquals, assertStringIncludes } from "../assert.ts";

Deno.test("defaultDisplay() is a window, else the terminal, else none", () => {
  const table = [
    [{ screen: true, terminal: true }, "window"],
    [{ screen: true, terminal: false }, "window"],
    [{ screen: false, terminal: true }, "terminal"],
    [{ screen: false, terminal: false }, "none"],
  ] as const;
  for (const [host, display] of table) {
    assertEquals(defaultDisplay(host), display, JSON.stringify(host));
  }
});

Deno.test("terminalObstacle() names what is missing", () => {
  assertEquals(terminalObstacle({ stdout: true, term: "xterm" }), undefined);
  assertEquals(terminalObstacle({ stdout: true, term: undefined }), undefined);
  assertStringIncludes(
    terminalObstacle({ stdout: false, term: "xterm" })?.[0] ?? "",
    "stdout is not a terminal",
  );
  const [why = "", hint = ""] = terminalObstacle({ stdout: true, term: "dumb" }) ?? [];
  assertStringIncludes(why, "TERM is dumb");
  assertStringIncludes(hint, "TERM=xterm-256color");
});

/** A display whose `show` does this. */
function display(show: () => Promise<void>): OpenDisplay {
  return { show, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/** A log that keeps its warnings. */
function keepWarnings(): { warnings: string[]; log: Log } {
  const warnings: string[] = [];
  const ignore = () => {};
  const warn = (line: string) => void warnings.push(line);
  return { warnings, log: { error: ignore, info: ignore, debug: ignore, warn } };
}

const control = { signal: new AbortController().signal, status: () => "" };
const lost = () => Promise.reject(new Failure("Lost the window", "x"));

Deno.test("windowOr() goes on in the terminal where the window is lost", async () => {
  const { warnings, log } = keepWarnings();
  let shown = 0;
  const instead = () => display(() => Promise.resolve(void shown++));
  await using shows = windowOr(() => display(lost), { instead, log });
  await shows.show(new Latest<Frame>(), control);
  assertEquals([shown, warnings], [1, ["Lost the window; the picture is shown in the terminal"]]);
});

Deno.test("windowOr() goes on without a picture until the frames end where there is no terminal", async () => {
  const { warnings, log } = keepWarnings();
  const openWindow = () => {
    throw new Failure("ffplay is not installed", "x");
  };
  await using shows = windowOr(openWindow, { instead: undefined, log });
  const frames = new Latest<Frame>();
  const showing = shows.show(frames, control);
  frames.end();
  await showing;
  assertEquals(warnings, ["ffplay is not installed; the picture is not shown"]);
});

Deno.test("windowOr() ends with a window that its user has closed", async () => {
  const { warnings, log } = keepWarnings();
  const instead = () => display(() => Promise.reject(new Error("not wanted")));
  await using shows = windowOr(() => display(() => Promise.resolve()), { instead, log });
  await shows.show(new Latest<Frame>(), control);
  assertEquals(warnings, []);
});
