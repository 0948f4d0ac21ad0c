import { defaultDisplay } from "../../lib/cli/choose_display.ts";
import { assertEquals } from "../assert.ts";

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
