/** `track` behind `detect`, with a model made by hand that finds colored squares. */

import { assert, assertEquals } from "../../assert.ts";
import type { Box } from "../../../lib/frame/detection.ts";
import { colorFormat, colorFrame, plansOf, processed, yuv } from "../color_frames.ts";
import { yolo8 } from "../onnx/models.ts";

const FORMAT = colorFormat(160, 128);
const COLORS = { red: yuv(250, 10, 10), blue: yuv(10, 10, 250) } as const;

/** The left upper corner of squares of 32 pixels: two that meet in the middle, and a red one below them. */
const squares = (frame: number) =>
  [["red", 2 * frame, 16], ["blue", 128 - 2 * frame, 16], ["red", 120 - frame, 80]] as const;

const frames = Array.from({ length: 64 }, (_, frame) =>
  colorFrame(FORMAT, (x, y) => {
    const on = squares(frame).find(([, left, top]) =>
      x >= left && x < left + 32 && y >= top && y < top + 32
    );
    return on ? COLORS[on[0]] : [90, 128, 128];
  }));

Deno.test("detect,track: objects keep their number and label, and events have the label", async () => {
  const model = await Deno.makeTempFile({ suffix: ".onnx" });
  try {
    await Deno.writeFile(model, yolo8({ width: 160, height: 128, cell: 16 }));
    const graph = `detect=model=${model}:draw=0:iou=0.05,track=hits=2`;
    const { events, faults } = await processed(plansOf(graph), FORMAT, frames);
    assertEquals(faults, []);
    const reports = events.filter(({ ids }) => ids);
    assertEquals(reports.length, frames.length);
    const labels = new Map<number, Set<string>>();
    for (const { of, ids = [], labels: names = [], scores = [], boxes = [] } of reports) {
      assertEquals(of, "detect");
      assertEquals([names.length, scores.length, boxes.length], Array(3).fill(ids.length));
      ids.forEach((id, i) => labels.set(id, (labels.get(id) ?? new Set()).add(names[i]!)));
    }
    // The number of each square, where a box has its color and its center.
    const switches = squares(0).map((_, which) => {
      let [last, count] = [0, 0];
      for (const { sequence, ids = [], labels = [], boxes = [] } of reports) {
        const [color, left, top] = squares(sequence)[which]!;
        const at = (boxes as Box[]).findIndex(([x, y, w, h], i) =>
          labels[i] === color && Math.hypot(x + w / 2 - left - 16, y + h / 2 - top - 16) < 20
        );
        if (at < 0) continue;
        if (last !== 0 && ids[at] !== last) count++;
        last = ids[at]!;
      }
      assert(last !== 0, `square ${which} was not found`);
      return count;
    });
    console.log(`detect,track: ${switches.join(", ")} identity switches, ${labels.size} numbers`);
    assert(switches.reduce((a, b) => a + b) <= 1, `${switches}`);
    for (const [id, names] of labels) assertEquals(names.size, 1, `${id}: ${[...names]}`);
    const entered = events.filter(({ event }) => event === "entered");
    assertEquals(new Set(entered.map(({ label }) => label)), new Set(["red", "blue"]));
    assertEquals(entered.map(({ id }) => id), [...labels.keys()].toSorted((a, b) => a - b));
  } finally {
    await Deno.remove(model);
  }
});
