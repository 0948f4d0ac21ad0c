import { printable } from "../../lib/cli/console_log.ts";
import { assertEquals } from "../assert.ts";

Deno.test("printable() replaces control characters", () => {
  const table = [
    ["\x1b[2J\x1b]0;title\x07", "?[2J?]0;title?"],
    ["a\r\nb\0c\x7f", "a??b?c?"],
    ["\x80\x9b31m\x9f", "??31m?"],
  ];
  for (const [text = "", expected] of table) assertEquals(printable(text), expected);
});

Deno.test("printable() leaves letters of any language and tabs as they are", () => {
  const text = "a\tb ~ \u00a0 Kamera f\u00fcr \u732b \u{1f3a5}";
  assertEquals(printable(text), text);
});
