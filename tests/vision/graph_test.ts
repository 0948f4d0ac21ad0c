import { assertEquals, assertThrows } from "../assert.ts";
import { defineFilter, number, text, whole, word } from "../../lib/vision/filter.ts";
import { parseGraph } from "../../lib/vision/graph.ts";

const create = () => ({ process() {} });
const definitions = [
  defineFilter({
    name: "faces",
    summary: "",
    parameters: {
      scale: number(1.1, { from: 1.01, to: 2, help: "" }),
      min: whole(30, { from: 1, to: 999, help: "" }),
      mode: word("fast", { of: ["fast", "plain"], help: "" }),
    },
    reports: "",
    create,
  }),
  defineFilter({
    name: "text",
    summary: "",
    parameters: { text: text("", { help: "" }) },
    reports: "",
    create,
  }),
];

const plain = { scale: 1.1, min: 30, mode: "fast" };
for (
  const [graph, options] of [
    ["faces", plain],
    ["faces=scale=1.2:min=40", { ...plain, scale: 1.2, min: 40 }],
    ["faces=1.2:40:plain", { scale: 1.2, min: 40, mode: "plain" }],
    ["faces = min=40", { ...plain, min: 40 }],
  ] as const
) {
  Deno.test(`parseGraph() reads "${graph}"`, () => {
    assertEquals(parseGraph(graph, definitions), [{ kind: "built-in", name: "faces", options }]);
  });
}

Deno.test("parseGraph() keeps the order of the items", () => {
  const items = parseGraph("text=a,faces,text=b", definitions);
  assertEquals(items.map((item) => item.options.text), ["a", undefined, "b"]);
});

for (
  const [typed, meant] of [
    ["text='a,b:c=d'", "a,b:c=d"],
    ["text=text=a\\,b", "a,b"],
    ["text=text=a=b", "a=b"],
    ["text='it'\\''s'", "it's"],
  ] as const
) {
  Deno.test(`parseGraph() keeps quoted and escaped marks: ${typed}`, () => {
    assertEquals(parseGraph(typed, definitions)[0]?.options, { text: meant });
  });
}

Deno.test("parseGraph() reads a path that ends in .js as the user's own filter, with any options", () => {
  assertEquals(parseGraph("./a.js=level=3:dark,/b/c.mjs", definitions), [
    { kind: "own", path: "./a.js", options: { level: "3", dark: true } },
    { kind: "own", path: "/b/c.mjs", options: {} },
  ]);
});

for (
  const [graph, words] of [
    ["fases", 'unknown filter: "fases", did you mean "faces"? (available: faces, text)'],
    ["faces=scael=1", 'unknown parameter of "faces": "scael", did you mean "scale"?'],
    ["faces=min=x", 'faces: min is "x", expected a whole number from 1 to 999'],
    ["faces=scale=9", 'faces: scale is "9", expected a number from 1.01 to 2'],
    ["faces=mode=slow", 'faces: mode is "slow", expected one of fast, plain'],
    ["faces=1.1:2:fast:4", 'unknown parameter of "faces": "4"'],
    ["", 'unknown filter: ""'],
    ["faces,,text", 'unknown filter: ""'],
    ["text='a", "a quote is not closed"],
  ] as const
) {
  Deno.test(`parseGraph() rejects "${graph}" with the reason`, () => {
    assertThrows(() => parseGraph(graph, definitions), Error, words);
  });
}

for (
  const [typed, path] of [
    ["C:\\x\\own.js", "C:\\x\\own.js"],
    ["c:/x/own.js", "c:/x/own.js"],
    [".\\own.js", ".\\own.js"],
    ["..\\..\\new\\own.mjs", "..\\..\\new\\own.mjs"],
    ["\\\\nas\\share\\own.js", "\\\\nas\\share\\own.js"],
    ["'C:\\a, b\\own.js'", "C:\\a, b\\own.js"],
    ["./a\\,b.js", "./a,b.js"],
  ] as const
) {
  Deno.test(`parseGraph() keeps a Windows path: ${typed}`, () => {
    for (const graph of [typed, `text=x,${typed}`, `${typed},text=x`, ` ${typed} `]) {
      const own = parseGraph(graph, definitions).find(({ kind }) => kind === "own");
      assertEquals(own, { kind: "own", path, options: {} });
    }
    const [own] = parseGraph(`${typed}=level=7:name=a\\:b`, definitions);
    assertEquals(own, { kind: "own", path, options: { level: "7", name: "a:b" } });
  });
}

for (
  const [typed, meant] of [
    ["text=C:\\models\\new.xml", "C:\\models\\new.xml"],
    ["text=text=D:/models/new.xml,text=x", "D:/models/new.xml"],
    ["text='a, C:\\b'", "a, C:\\b"],
    ["text=.\\:", ".:"],
    ["text=..\\models\\new.xml", "..\\models\\new.xml"],
  ] as const
) {
  Deno.test(`parseGraph() keeps a Windows path as an option's value: ${typed}`, () => {
    assertEquals(parseGraph(typed, definitions)[0]?.options, { text: meant });
  });
}

Deno.test("parseGraph() suggests how to write the path of a module in another folder", () => {
  const message = (graph: string) =>
    (assertThrows(() => parseGraph(graph, definitions)) as Error).message;
  assertEquals(
    message("sub/own.js"),
    "a module's path begins with ./ or /, expected: ./sub/own.js",
  );
  assertEquals(
    message("sub\\own.js"),
    "a module's path begins with ./ or /, expected: .\\sub\\own.js",
  );
  assertEquals(message("\\own.js"), "a module's path begins with ./ or /, expected: .\\own.js");
});
