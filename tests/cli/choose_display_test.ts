import {
  defaultDisplay,
  type OpenDisplay,
  terminalObstacle,
  windowOr,
} from "../../lib/cli/choose_display.ts";
import { Failure } from "../../lib/log/failure.ts";
import { WindowLost } from "../../lib/present/window.ts";
import { assertEquals, assertRejects, assertStringIncludes } from "../assert.ts";
import { keptLog } from "../log/kept_log.ts";
import { MemoryStream } from "../stream/memory_stream.ts";

Deno.test("defaultDisplay() is a window, otherwise the terminal, otherwise none", () => {
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

/** A display that runs so. */
function display(run: () => Promise<void>): OpenDisplay {
  return { name: "a display", run, [Symbol.asyncDispose]: () => Promise.resolve() };
}

const control = { signal: new AbortController().signal };
const lost = () => display(() => Promise.reject(new WindowLost("Lost the window", "x")));
const missing = () => {
  throw new Failure("ffplay is not installed", "x");
};

Deno.test("windowOr() shows the picture in the terminal if the window is lost", async () => {
  const { warn, log } = keptLog();
  let shown = 0;
  const instead = () => display(() => Promise.resolve(void shown++));
  await using shows = windowOr(lost, { instead, hasOthers: false, log });
  await shows.run(new MemoryStream(), control);
  assertEquals([shown, warn], [1, ["Lost the window; the picture is shown in the terminal"]]);
});

Deno.test("windowOr() fails if the window is lost and there is no terminal", async () => {
  const { warn, log } = keptLog();
  await using shows = windowOr(lost, { instead: undefined, hasOthers: false, log });
  await assertRejects(() => shows.run(new MemoryStream(), control), WindowLost, "Lost the window");
  assertEquals(warn, []);
});

for (const hasOthers of [false, true]) {
  const what = hasOthers ? "leaves the client to its other outputs" : "runs until the frames end";
  Deno.test(`windowOr() ${what} if no display can be opened`, async () => {
    const { warn, log } = keptLog();
    await using shows = windowOr(missing, { instead: undefined, hasOthers, log });
    const stream = new MemoryStream();
    let ended = false;
    const running = shows.run(stream, control).then(() => ended = true);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    assertEquals(ended, hasOthers);
    stream.frames.end();
    await running;
    assertEquals(warn, ["ffplay is not installed; the picture is not shown"]);
  });
}

Deno.test("windowOr() ends with a window that the user has closed", async () => {
  const { warn, log } = keptLog();
  const instead = () => display(() => Promise.reject(new Error("not expected")));
  const closed = () => display(() => Promise.resolve());
  await using shows = windowOr(closed, { instead, hasOthers: false, log });
  await shows.run(new MemoryStream(), control);
  assertEquals(warn, []);
});
