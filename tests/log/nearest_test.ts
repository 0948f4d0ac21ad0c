import { nearest } from "../../lib/log/nearest.ts";
import { assertEquals } from "../assert.ts";

const flags = ["--port", "--preview", "--stamp", "--stall", "--resolution"];

Deno.test("nearest() finds the word for a typing error", () => {
  const table = [
    ["--prot", "--port"],
    ["--pot", "--port"],
    ["--portt", "--port"],
    ["--stanp", "--stamp"],
    ["--resolutoin", "--resolution"],
    ["--stamp", "--stamp"],
  ];
  for (const [word = "", meant] of table) assertEquals(nearest(word, flags), meant, word);
});

Deno.test("nearest() returns the nearest word, and the first of equally near ones", () => {
  assertEquals(nearest("--stal", ["--stamp", "--stall"]), "--stall");
  assertEquals(nearest("--stab", ["--star", "--stay"]), "--star");
});

Deno.test("nearest() returns none if more than two in five letters are wrong", () => {
  assertEquals(nearest("abcdef", ["abcdxy"]), "abcdxy");
  assertEquals(nearest("abcdef", ["abcxyz"]), undefined);
  assertEquals(nearest("--color", flags), undefined);
  assertEquals(nearest("--port", []), undefined);
});
