import { colorDepth } from "../../lib/present/terminal.ts";
import { assertEquals } from "../assert.ts";

Deno.test("colorDepth() believes in 24 bits only where the terminal says so", () => {
  const table = [
    [{ COLORTERM: "truecolor", TERM: "xterm-256color" }, "24-bit"],
    [{ COLORTERM: "24bit" }, "24-bit"],
    [{ TERM: "xterm-direct" }, "24-bit"],
    [{ COLORTERM: "", TERM: "xterm-256color" }, "256"],
    [{ COLORTERM: "yes", TERM: "linux" }, "256"],
    [{}, "256"],
  ] as const;
  for (const [env, depth] of table) assertEquals(colorDepth(env), depth, JSON.stringify(env));
});
