import { ownsTerminal } from "../../lib/host/foreground.ts";
import { assertEquals } from "../assert.ts";

/** A line of /proc/PID/stat, as far as it matters. */
function stat({ group, foreground, name = "ffmpeg" }: {
  group: number;
  foreground: number;
  name?: string;
}): string {
  return `5260 (${name}) R 5219 ${group} 5200 34816 ${foreground} 4194304 3802 0 0\n`;
}

Deno.test("ownsTerminal() compares the process group with the terminal's", () => {
  assertEquals(ownsTerminal(stat({ group: 7, foreground: 7 })), true);
  assertEquals(ownsTerminal(stat({ group: 7, foreground: 8 })), false);
});

Deno.test("ownsTerminal() is true without a terminal, or without data", () => {
  assertEquals(ownsTerminal(stat({ group: 7, foreground: -1 })), true);
  assertEquals(ownsTerminal(""), true);
});

Deno.test("ownsTerminal() reads a process name that has parentheses and blanks", () => {
  assertEquals(ownsTerminal(stat({ group: 7, foreground: 8, name: "a) R 1 7 1 1 7" })), false);
});
