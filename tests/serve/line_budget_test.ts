import { LineBudget } from "../../lib/serve/line_budget.ts";
import { assertEquals } from "../assert.ts";

Deno.test("LineBudget lets a burst through, then one a while, and says how many it left out", () => {
  const budget = new LineBudget({ burst: 2, interval: 1000 });
  const lines: string[] = [];
  const tell = (line: string, now: number) => budget.tell(line, (said) => lines.push(said), now);
  for (const line of ["a", "b", "c", "d"]) tell(line, 0);
  assertEquals(lines, ["a", "b"]);
  tell("e", 999);
  tell("f", 1000);
  tell("g", 1001);
  assertEquals(lines.slice(2), ["f (and 3 such lines before)"]);
  tell("h", 60_000);
  tell("i", 60_000);
  tell("j", 60_000);
  assertEquals(lines.slice(3), ["h (and 1 such lines before)", "i"]);
});
