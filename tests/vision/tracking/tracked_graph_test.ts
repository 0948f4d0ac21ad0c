/** Tests what a graph with `track` must be. */

import { assertEquals, assertThrows } from "../../assert.ts";
import { parseGraph } from "../../../lib/vision/graph.ts";
import { definitions, reportsBoxes } from "../../../lib/vision/registry.ts";
import {
  checkTracked,
  drawingFilters,
  withoutDoubleBoxes,
} from "../../../lib/vision/tracking/tracked_graph.ts";

const parse = (text: string) => parseGraph(text, definitions);

for (const graph of ["track", "blur,track", "track,faces", "corners,track", "lines,flow,track"]) {
  Deno.test(`checkTracked() refuses ${graph}`, () => {
    assertThrows(
      () => checkTracked(parse(graph), reportsBoxes),
      Error,
      "track has nothing to follow: expected a filter before it that reports boxes",
    );
  });
}

for (
  const graph of [
    "faces,track",
    "motion,blur,rotate=90,track=hits=1",
    "./mine.js,track",
    "faces,track,people,track",
    "contours,track=zone=gate/0/0/9/9",
    "eyes,track=zone='a:0,0,9,9+b:1,1,9,9'",
  ]
) {
  Deno.test(`checkTracked() accepts ${graph}`, () => checkTracked(parse(graph), reportsBoxes));
}

Deno.test("a graph explains a zone whose commas and colons are not in quotes", () => {
  assertThrows(
    () => parse("faces,track=zone=gate:0,120,200,240"),
    Error,
    'track: zone is "gate", expected NAME/X/Y/WIDTH/HEIGHT',
  );
});

Deno.test("withoutDoubleBoxes() lets the followed filter draw only if track does not", () => {
  const draws = (graph: string) =>
    withoutDoubleBoxes(parse(graph), reportsBoxes).map(({ options }) => options.draw);
  assertEquals(draws("faces,track"), [0, 1]);
  assertEquals(draws("faces,track=draw=0"), [1, 0]);
  assertEquals(draws("people,motion,blur,track"), [1, 0, undefined, 1]);
  assertEquals(draws("./mine.js,track"), [undefined, 1]);
});

Deno.test("drawingFilters() leaves out track, or what it follows", () => {
  const names = (graph: string) =>
    drawingFilters(parse(graph), reportsBoxes).map((item) =>
      item.kind === "own" ? item.path : item.name
    );
  assertEquals(names("people,faces=draw=0,track"), ["people", "track"]);
  assertEquals(names("faces,track=draw=0"), ["faces"]);
  assertEquals(names("./mine.js,track"), ["track"]);
});
