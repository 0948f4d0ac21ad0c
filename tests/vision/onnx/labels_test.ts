/** Tests the names of a model's classes. */

import { assertEquals, assertThrows } from "../../assert.ts";
import {
  labelOf,
  labelsInMetadata,
  readLabelLines,
  wantedClasses,
} from "../../../lib/vision/onnx/labels.ts";

const metadata: [names: string | undefined, labels: string[] | undefined][] = [
  ["{0: 'person', 1: 'traffic light'}", ["person", "traffic light"]],
  [`{1: 'b', 0: "driver's seat"}`, ["driver's seat", "b"]],
  [`{0: 'it\\'s', 2: 'c'}`, ["it's", "", "c"]],
  [`["cat", "dog"]`, ["cat", "dog"]],
  ["cat\ndog\n", ["cat", "dog"]],
  ["{9999999999: 'x'}", undefined],
  ["{}", undefined],
  [" ", undefined],
  [undefined, undefined],
];
for (const [names, labels] of metadata) {
  Deno.test(`labelsInMetadata() reads ${JSON.stringify(names)}`, () => {
    const map = new Map(names === undefined ? [] : [["names", names]]);
    assertEquals(labelsInMetadata(map), labels);
  });
}

Deno.test("readLabelLines() takes any line ends, keeps empty lines in between, and drops the last ones", () => {
  assertEquals(readLabelLines("\uFEFFcat\r\n\r\n  dog \n\n"), ["cat", "", "dog"]);
  assertEquals(readLabelLines(""), []);
});

Deno.test("labelOf() names a class without a name by its number", () => {
  assertEquals([0, 1, 7].map((index) => labelOf(["cat", ""], index)), [
    "cat",
    "class 1",
    "class 7",
  ]);
});

Deno.test("wantedClasses() takes names and numbers", () => {
  assertEquals(wantedClasses([], ["cat"], 1), undefined);
  assertEquals(wantedClasses(["dog", "0", "class 2"], ["cat", "dog"], 3), new Set([1, 0, 2]));
  assertThrows(() => wantedClasses(["cow"], ["cat", "dog"], 2), Error, "(available: cat, dog)");
});
