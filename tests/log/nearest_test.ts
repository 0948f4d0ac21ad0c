import { nearest } from "../../lib/log/nearest.ts";
import { assertEquals } from "../assert.ts";

const flags = ["--port", "--preview", "--stamp", "--stall", "--resolution"];

Deno.test("nearest() finds the word that was mistyped", () => {
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

Deno.test("nearest() gives the nearest of several, and the first of those that are as near", () => {
  assertEquals(nearest("--stal", ["--stamp", "--stall"]), "--stall");
  assertEquals(nearest("--stab", ["--star", "--stay"]), "--star");
});

Deno.test("nearest() gives none where more than a third of the letters are wrong", () => {
  assertEquals(nearest("abcdef", ["abcdxy"]), "abcdxy");
  assertEquals(nearest("abcdef", ["abcxyz"]), undefined);
  assertEquals(nearest("--colour", flags), undefined);
  assertEquals(nearest("--port", []), undefined);
});
