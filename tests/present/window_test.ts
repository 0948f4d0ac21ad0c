import { assertEquals } from "../assert.ts";
import { windowFailure } from "../../lib/present/window.ts";

const cases: [what: string, code: number, lines: string[], message: string | undefined][] = [
  ["a window that its user closes is no failure", 0, [], undefined],
  [
    "what a driver says at the start is no failure",
    0,
    ["libGL error: failed to load driver: swrast"],
    undefined,
  ],
  [
    "a display that does not answer",
    1,
    ["Could not initialize SDL - x11 not available", "(Did you set the DISPLAY variable?)"],
    "Cannot show a window: ffplay says: Could not initialize SDL - x11 not available",
  ],
  [
    "a window that can't be made, exit code 0",
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
  ["an exit code without a word", 1, [], "Cannot show a window: ffplay ended with exit code 1"],
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
