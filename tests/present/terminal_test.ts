import { colorDepth, type Screen, Terminal } from "../../lib/present/terminal.ts";
import { placeFrame } from "../frame/place_frame.ts";
import { MemoryStream } from "../stream/memory_stream.ts";
import { assertEquals, assertStringIncludes } from "../assert.ts";

Deno.test("colorDepth() is 24-bit only where the environment says so", () => {
  const table = [
    [{ COLORTERM: "truecolor", TERM: "xterm-256color" }, "24-bit"],
    [{ COLORTERM: "24bit" }, "24-bit"],
    [{ TERM: "xterm-direct" }, "24-bit"],
    [{ COLORTERM: "", TERM: "xterm-256color" }, "256"],
    [{ COLORTERM: "yes", TERM: "linux" }, "grays"],
    [{ TERM: "vt100" }, "grays"],
    [{ TERM: "screen" }, "grays"],
    [{ TERM: "xterm-kitty" }, "256"], // over ssh, COLORTERM is missing
    [{}, "256"],
  ] as const;
  for (const [env, depth] of table) assertEquals(colorDepth(env), depth, JSON.stringify(env));
});

Deno.test("colorDepth() is gray with NO_COLOR, unless that is empty", () => {
  const NO_COLOR = "1";
  const table = [
    [{ COLORTERM: "truecolor", NO_COLOR }, "24-bit grays"],
    [{ TERM: "xterm-direct", NO_COLOR }, "24-bit grays"],
    [{ TERM: "xterm-256color", NO_COLOR }, "grays"],
    [{ NO_COLOR }, "grays"],
    [{ COLORTERM: "truecolor", NO_COLOR: "" }, "24-bit"],
    [{ TERM: "xterm-256color", NO_COLOR: "" }, "256"],
  ] as const;
  for (const [env, depth] of table) assertEquals(colorDepth(env), depth, JSON.stringify(env));
});

/** A screen in memory that keeps what is written; `onWrite` is called for each drawing. */
function memoryScreen(onWrite: () => void) {
  let text = "";
  const keep = (bytes: Uint8Array) => {
    text += new TextDecoder().decode(bytes);
    return bytes.length;
  };
  const screen: Screen = {
    write: (bytes) => {
      onWrite();
      return Promise.resolve(keep(bytes));
    },
    writeSync: keep,
    size: () => ({ columns: 20, rows: 5 }),
  };
  return { screen, text: () => text };
}

Deno.test("Terminal.run() draws the newest frame and the status, and restores the screen", async () => {
  const drawn = Promise.withResolvers<void>();
  const { screen, text } = memoryScreen(() => drawn.resolve());
  const stream = new MemoryStream();
  {
    using terminal = new Terminal({ depth: "24-bit", status: () => "30 fps", screen });
    terminal.enter();
    const running = terminal.run(stream, { signal: new AbortController().signal });
    assertEquals(stream.subscribers.isWatched, true);
    await stream.put(placeFrame());
    await drawn.promise;
    stream.frames.end();
    await running;
  }
  assertEquals(stream.subscribers.isWatched, false);
  assertStringIncludes(text(), "\x1b[?1049h");
  assertStringIncludes(text(), "\u2580");
  assertStringIncludes(text(), "30 fps");
  assertEquals(text().endsWith("\x1b[?1049l"), true);
});

Deno.test("Terminal.run() draws nothing while another program has the screen", async () => {
  let drawings = 0;
  const { screen } = memoryScreen(() => drawings++);
  using terminal = new Terminal({ depth: "256", status: () => "", screen });
  const stream = new MemoryStream();
  const running = terminal.run(stream, { signal: new AbortController().signal });
  await stream.put(placeFrame());
  stream.frames.end();
  await running;
  assertEquals(drawings, 0);
});
