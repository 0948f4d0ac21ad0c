import { configKeys, lineOfKey, repeatedKey } from "../../lib/cli/config_keys.ts";
import { assertEquals } from "../assert.ts";

/** The keys as `camera.a.device 3`. */
function keysOf(text: string): string[] {
  return configKeys(text).map(({ path, line }) => `${path.join("/")} ${line}`);
}

Deno.test("configKeys() gives the keys of TOML with their tables and lines", () => {
  const text = `http = "8080" # device = 3

[camera.kitchen]
device = "a = b"
'in put' = 1
[ camera . "front.door" ] # the door
controls.gain = 3
[[list]]
x = [
  "y = 3",
]
`;
  assertEquals(keysOf(text), [
    "http 1",
    "camera/kitchen 3",
    "camera/kitchen/device 4",
    "camera/kitchen/in put 5",
    "camera/front.door 6",
    "camera/front.door/controls/gain 7",
    "camera/front.door/x 9",
  ]);
});

Deno.test("configKeys() skips texts of several lines in TOML", () => {
  const text = `a = """
[camera.b]
c = 3
"""
d = '''one line'''
e = '''
f = 4'''
g = 5`;
  assertEquals(keysOf(text), ["a 1", "d 5", "e 6", "g 8"]);
});

Deno.test("configKeys() gives the keys of JSON with their objects and lines", () => {
  const text = `{
  "http": "a: {",
  "camera": { "2": { "device": "0" },
    "1": {"test" : true, "output": [{ "x": 1 }, "y"]}
  },
  "fps": 3
}`;
  assertEquals(keysOf(text), [
    "http 2",
    "camera 3",
    "camera/2 3",
    "camera/2/device 3",
    "camera/1 4",
    "camera/1/test 4",
    "camera/1/output 4",
    "fps 6",
  ]);
});

Deno.test("configKeys() reads lines that end with CRLF", () => {
  assertEquals(keysOf("a = 1\r\n[camera.b]\r\nc = 2\r\n"), [
    "a 1",
    "camera/b 2",
    "camera/b/c 3",
  ]);
});

Deno.test("repeatedKey() finds a table or a key that is given twice", () => {
  const table: [text: string, line: number | undefined][] = [
    ["[camera.a]\nx = 1\n[camera.b]\nx = 1", undefined],
    ["[camera.a]\n[camera.a]", 2],
    ["[camera.a]\nx = 1\nx = 2", 3],
    ["camera.a = {}\n[camera.a]", 2],
    ['{ "a": 1,\n"a": 2 }', 2],
    ['{ "a": { "x": 1 },\n"b": { "x": 2 } }', undefined],
  ];
  for (const [text, line] of table) {
    assertEquals(repeatedKey(configKeys(text))?.line, line, text);
  }
});

Deno.test("lineOfKey() gives the line of the table for a key of an inline table", () => {
  const keys = configKeys('x = 1\n[camera]\na = { device = "0" }');
  assertEquals(lineOfKey(keys, ["camera", "a", "device"]), 3);
  assertEquals(lineOfKey(keys, ["camera", "b"]), 2);
  assertEquals(lineOfKey(keys, ["y"]), undefined);
});
