import { grayFormat } from "../../lib/frame/frame_format.ts";
import { Window, windowFailure, WindowLost, type WindowProcess } from "../../lib/present/window.ts";
import { placeFrame } from "../frame/place_frame.ts";
import { MemoryStream } from "../stream/memory_stream.ts";
import { assertEquals, assertRejects } from "../assert.ts";

const cases: [what: string, code: number, lines: string[], message: string | undefined][] = [
  ["a window that its user closes is no failure", 0, [], undefined],
  [
    "a driver's message at the start is no failure",
    0,
    ["libGL error: failed to load driver: swrast"],
    undefined,
  ],
  [
    "a display that does not respond",
    1,
    ["Could not initialize SDL - x11 not available", "(Did you set the DISPLAY variable?)"],
    "Cannot show a window: ffplay says: Could not initialize SDL - x11 not available",
  ],
  [
    "a window that can't be created, exit code 0",
    0,
    ["Failed to create window or renderer: no memory"],
    "Cannot show a window: ffplay says: Failed to create window or renderer: no memory",
  ],
  [
    "an X server that ends",
    1,
    ["X connection to :0 broken (explicit kill or server shutdown)."],
    "Lost the window: X connection to :0 broken (explicit kill or server shutdown).",
  ],
  [
    "an X server that is killed",
    1,
    [
      'XIO:  fatal IO error 11 (Resource temporarily unavailable) on X server ":1"',
      "      after 278 requests (278 known processed) with 0 events remaining.",
    ],
    'Lost the window: XIO:  fatal IO error 11 (Resource temporarily unavailable) on X server ":1"',
  ],
  ["a SIGTERM", 123, [], "Lost the window: ffplay was stopped by a signal"],
  ["an exit code without a message", 1, [], "Cannot show a window: ffplay ended with exit code 1"],
];
for (const [what, code, lines, message] of cases) {
  Deno.test(`windowFailure() ${what}`, () => {
    assertEquals(windowFailure({ code, signal: null }, lines)?.message, message);
  });
}

Deno.test("windowFailure() an ffplay that was killed", () => {
  const failure = windowFailure({ code: 137, signal: "SIGKILL" }, []);
  assertEquals(failure?.message, "Lost the window: ffplay was killed (SIGKILL)");
});

/** An ffplay in memory: it keeps the first byte of each frame, and ends when it is told to. */
class MemoryPlayer implements WindowProcess {
  readonly shown: number[] = [];
  readonly lines: string[] = [];
  stops = 0;
  readonly #end = Promise.withResolvers<Deno.CommandStatus>();
  readonly ended = this.#end.promise;
  readonly stdin = new WritableStream<Uint8Array>({
    write: (pixels) => void this.shown.push(pixels[0]!),
  });

  end(code: number, signal: Deno.Signal | null = null): void {
    this.#end.resolve({ success: code === 0, code, signal });
  }

  stop(): void {
    this.stops++;
    this.end(123);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    return Promise.resolve();
  }
}

/** A window that runs on a stream in memory. */
function open() {
  const player = new MemoryPlayer();
  const format = grayFormat({ width: 4, height: 3 });
  const window = new Window(format, { title: "a test", start: () => player });
  const stream = new MemoryStream();
  const controller = new AbortController();
  const running = window.run(stream, { signal: controller.signal });
  return { player, window, stream, controller, running };
}

Deno.test("Window.run() shows the newest frame, and returns when the frames end", async () => {
  const { player, window, stream, running } = open();
  stream.frames.put(placeFrame({ sequence: 1 }));
  stream.frames.put(placeFrame({ sequence: 2 }));
  stream.frames.end();
  await running;
  assertEquals(player.shown, [placeFrame({ sequence: 2 }).pixels[0]!]);
  assertEquals([stream.subscribers.isWatched, player.stops], [false, 0]);
  await window[Symbol.asyncDispose]();
});

Deno.test("Window.run() returns when the user closes the window", async () => {
  const { player, stream, running } = open();
  assertEquals(stream.subscribers.isWatched, true);
  player.end(0);
  await running;
  assertEquals(stream.subscribers.isWatched, false);
});

Deno.test("Window.run() throws where the window is lost", async () => {
  const { player, running } = open();
  player.end(137, "SIGKILL");
  await assertRejects(() => running, WindowLost, "ffplay was killed (SIGKILL)");
});

Deno.test("Window.run() stops ffplay on abort, and returns", async () => {
  const { player, controller, running } = open();
  controller.abort();
  await running;
  assertEquals(player.stops, 1);
});
