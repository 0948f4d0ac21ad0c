import { frameSize, integer, oneOf, positive, rate, text, words } from "../../lib/cli/readers.ts";
import { assertEquals, assertThrows } from "../assert.ts";

/** Asserts that a reader refuses each text and says what it wants. */
function assertRefuses(read: (text: string) => unknown, texts: string[], wanted: string) {
  for (const text of texts) assertThrows(() => read(text), Error, wanted, `"${text}"`);
}

Deno.test("integer() reads whole numbers of a range, in decimal digits only", () => {
  const read = integer(1, 65535);
  assertEquals(["1", "65535", "080"].map(read), [1, 65535, 80]);
  const texts = ["", "0", "65536", "-1", "+1", "1.5", "1e3", "0x10", " 1", "1 ", "one", "Infinity"];
  assertRefuses(read, texts, "wanted a whole number from 1 to 65535");
});

Deno.test("positive() reads numbers above 0 up to a limit", () => {
  const read = positive("seconds", 100);
  assertEquals(["1", "0.5", ".25", "29.97", "100"].map(read), [1, 0.5, 0.25, 29.97, 100]);
  const texts = ["", "0", "0.0", "100.1", "-1", "1e1", "0x1", "1s", "1,5", "NaN"];
  assertRefuses(read, texts, "wanted seconds above 0, up to 100");
});

Deno.test("frameSize() reads WxH", () => {
  assertEquals(frameSize("4x3"), { width: 4, height: 3 });
  assertRefuses(frameSize, ["", "4", "0x3", "16385x3", "vga"], "wanted WIDTHxHEIGHT");
});

Deno.test("oneOf() reads one of a few words", () => {
  const read = oneOf("window", "none");
  assertEquals(read("none"), "none");
  assertRefuses(read, ["", "None", "window,none", "win"], "wanted one of window, none");
});

Deno.test("text() takes any text as it is", () => {
  assertEquals(text(" a b "), " a b ");
});

Deno.test("words() splits at spaces, and quotes keep a word together", () => {
  const table: [string, string[]][] = [
    ["", []],
    ["  -f  v4l2\t-ts abs ", ["-f", "v4l2", "-ts", "abs"]],
    [`-headers "A: b" -user 'c d'`, ["-headers", "A: b", "-user", "c d"]],
    [`-a x"y z"'w'`, ["-a", "xy zw"]],
    [`"it's" '"'`, ["it's", '"']],
    [`-metadata ""`, ["-metadata", ""]],
  ];
  for (const [text, expected] of table) assertEquals(words(text), expected, text);
});

Deno.test("words() refuses a quote that is not closed", () => {
  assertRefuses(words, [`"a`, "a'", `"a" 'b`, "it's"], "a quote is not closed");
});

Deno.test("rate() reads frames per second as numbers and fractions", () => {
  assertEquals(["30", "29.97", "30000/1001", "1/2"].map(rate), [30, 29.97, 30000 / 1001, 0.5]);
  const texts = ["", "0", "0/1", "1/0", "1001", "-1", "30/", "/1", "1/2/3", "fast", "1e2"];
  assertRefuses(rate, texts, "such as 30, 29.97 or 30000/1001");
});
