import { LineBudget, LineBudgets } from "../../lib/serve/line_budget.ts";
import { assertEquals } from "../assert.ts";

Deno.test("LineBudget.tell() logs a burst, then one line an interval, and counts those that it leaves out", () => {
  const budget = new LineBudget({ burst: 2, interval: 1000 });
  const lines: string[] = [];
  const tell = (line: string, now: number) => budget.tell(line, (said) => lines.push(said), now);
  for (const line of ["a", "b", "c", "d"]) tell(line, 0);
  assertEquals(lines, ["a", "b"]);
  tell("e", 999);
  tell("f", 1000);
  tell("g", 1001);
  assertEquals(lines.slice(2), ["f (3 similar lines left out)"]);
  tell("h", 60_000);
  tell("i", 60_000);
  tell("j", 60_000);
  assertEquals(lines.slice(3), ["h (1 similar lines left out)", "i"]);
});

Deno.test("LineBudgets.tell(): a flood of one kind does not hide another kind", () => {
  const budgets = new LineBudgets<"flood" | "rare">({ burst: 1, interval: 1000 });
  const lines: string[] = [];
  const tell = (kind: "flood" | "rare", line: string) =>
    budgets.tell(kind, line, (said) => lines.push(said), 0);
  for (let i = 0; i < 100; i++) tell("flood", `flood ${i}`);
  tell("rare", "rare");
  tell("rare", "rare again");
  assertEquals(lines, ["flood 0", "rare"]);
});
