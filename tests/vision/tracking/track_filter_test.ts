/** Tests the filter `track` in a chain, behind stages of the test. */

import { assert, assertEquals, assertThrows } from "../../assert.ts";
import type { Box, Detection, Report } from "../../../lib/frame/detection.ts";
import { type FrameFormat, grayFormat } from "../../../lib/frame/frame_format.ts";
import { Chain } from "../../../lib/vision/chain.ts";
import type { FrameFacts } from "../../../lib/vision/filter.ts";
import type { StagePlan } from "../../../lib/vision/stage.ts";
import { objectColor, toYuv } from "../../../lib/vision/tracking/object_colors.ts";
import { colorFormat, colorFrame, plansOf, processed } from "../color_frames.ts";

const FORMAT = grayFormat({ width: 80, height: 60 });

/** A user's filter that reports this for each frame. */
function finder(reportOf: (frame: FrameFacts) => Report | undefined, name = "mine.js"): StagePlan {
  return {
    ...{ name, own: true, detector: false, pixels: "gray", removesColor: false },
    start: (_input, report) => ({
      process: (_mat, frame) => {
        const reported = reportOf(frame);
        if (reported) report(reported);
      },
    }),
  };
}

const frames = (count: number, format: FrameFormat = FORMAT) =>
  Array.from({ length: count }, () => colorFrame(format, () => [90, 128, 128]));

const moving = ({ sequence }: FrameFacts): Report => ({ boxes: [[10 + 2 * sequence, 20, 20, 20]] });

Deno.test("track reports the objects in place of the detector's report, with events before and at the end", async () => {
  const { events, faults } = await processed(
    [finder(moving), ...plansOf("track=hits=2")],
    FORMAT,
    frames(4),
  );
  assertEquals(faults, []);
  const common = { filter: "track", of: "mine.js" };
  const frame = (sequence: number, rest: object) => ({
    ...{ sequence, capturedAt: sequence * 1000 / 30, ...common },
    ...rest,
  });
  const object = (x: number) => ({ boxes: [[x, 20, 20, 20]], labels: ["mine"], ids: [1] });
  const event = { id: 1, label: "mine" };
  assertEquals(events, [
    frame(0, { boxes: [], labels: [], ids: [] }),
    { ...at(1), filter: "track", event: "entered", ...event, seconds: 0.03, path: [[22, 30]] },
    frame(1, object(12)),
    frame(2, object(14)),
    frame(3, object(16)),
    {
      ...{ ...at(3), filter: "track", event: "left", ...event, seconds: 0.1 },
      path: [[22, 30], [26, 30]],
    },
  ]);
});

const at = (sequence: number) => ({ sequence, capturedAt: sequence * 1000 / 30 });

for (
  const graph of [
    "resize=width=40",
    "flip",
    "rotate=90",
    "crop=width=70:height=60",
    "blur",
    "edges",
  ]
) {
  Deno.test(`track: boxes and zones are in pixels of the frame as it arrived, with ${graph} on either side`, async () => {
    const track = plansOf("track=hits=1:draw=0:zone=gate/30/10/30/40");
    for (
      const plans of [
        [finder(moving), ...plansOf(graph), ...track],
        [...plansOf(graph), finder(() => ({ boxes: [[8, 8, 20, 20]] })), ...track],
      ]
    ) {
      const { events, faults } = await processed(plans, FORMAT, frames(15));
      const plain = await processed(plans.slice(0, -1), FORMAT, frames(15));
      assertEquals(faults, []);
      const boxes = (of: readonly Detection[]) => of.flatMap(({ boxes = [] }) => boxes);
      assertEquals(boxes(events), boxes(plain.events));
      for (const { event, path } of events) {
        if (event !== "entered") continue;
        const [[x, y]] = path as [[number, number]];
        assert(x >= 30 && x < 60 && y >= 10 && y < 50, `${x},${y}`);
      }
    }
  });
}

Deno.test("track follows the nearest filter that reports boxes; one that reports none is no detector", async () => {
  const still = (x: number): Report => ({ boxes: [[x, 5, 10, 10]] });
  const chain = (nearer: (frame: FrameFacts) => Report | undefined) =>
    processed(
      [finder(() => still(5), "far.js"), finder(nearer, "near.js"), ...plansOf("track=hits=1")],
      FORMAT,
      frames(3),
    );
  const silent = await chain(() => ({ count: 3 }));
  const lists = ({ boxes, filter, of }: Detection) => boxes ? [[filter, of, boxes[0]?.[0]]] : [];
  assertEquals(silent.events.flatMap(lists), Array(3).fill(["track", "far.js", 5]));
  const late = await chain(({ sequence }) => sequence > 0 ? still(60) : undefined);
  assertEquals(late.events.flatMap(lists).slice(-3), [
    ["track", "near.js", 60],
    ["far.js", undefined, 5],
    ["track", "near.js", 60],
  ]);
});

Deno.test("two track in a graph follow each its own detector, and share the numbers", async () => {
  const [a, b] = [finder(() => ({ boxes: [[5, 5, 10, 10]] }), "a.js"), finder(moving, "b.js")];
  const track = plansOf("track=hits=1");
  const { events } = await processed([a, ...track, b, ...track], FORMAT, frames(2));
  assertEquals(events.filter(({ ids }) => ids).map(({ of, ids }) => [of, ids]), [
    ["a.js", [1]],
    ["b.js", [2]],
    ["a.js", [1]],
    ["b.js", [2]],
  ]);
});

Deno.test("track moves the boxes of a detector whose results come after later frames", async () => {
  const events: Detection[] = [];
  /** Its result for a frame comes three frames later. */
  const slow = (facts: FrameFacts, tell: (report: Report, facts: FrameFacts) => void) => {
    const sequence = facts.sequence - 3;
    if (sequence >= 0 && sequence % 3 === 0) tell(moving({ ...facts, sequence }), at(sequence));
  };
  const plan = {
    ...{ name: "people", own: false, detector: true, pixels: "gray", removesColor: false },
    finds: true,
    start: () => ({
      ready: Promise.resolve(),
      detect: (
        _: unknown,
        facts: FrameFacts,
        { report }: { report: Parameters<typeof slow>[1] },
      ) => {
        slow(facts, report);
        return Promise.resolve([]);
      },
      close: () => Promise.resolve(),
    }),
  } as unknown as StagePlan;
  const chain = new Chain([plan, ...plansOf("track=draw=0")], FORMAT, {
    event: (event) => events.push(event),
    fault: (fault) => events.push({ fault } as unknown as Detection),
  });
  for (let i = 0; i < 30; i++) await chain.process(frames(1)[0]!, at(i));
  await chain.close();
  const reports = events.filter(({ ids }) => ids);
  assertEquals(
    reports.map(({ sequence }) => sequence),
    Array.from({ length: 27 }, (_, i) => i + 3),
  );
  const { boxes, age, ids, labels } = reports.at(-1)!;
  assertEquals([age, ids, labels], [Math.round(5000 / 30), [1], ["person"]]);
  const [[x]] = boxes as [Box];
  assert(Math.abs(x - (10 + 2 * 29)) <= 2, `${x}`); // where it is now, not where it was
});

Deno.test("track draws a box and a number, in color in the object's color; with draw=0 it draws nothing", async () => {
  const boxes: Box[] = [[10, 20, 20, 20], [40, 20, 20, 20]];
  for (const format of [FORMAT, colorFormat(80, 60)]) {
    const plans = (draw: number) => [
      finder(() => ({ boxes })),
      ...plansOf(`track=hits=1:draw=${draw}`),
    ];
    const given = frames(1, format);
    const plain = await processed(plans(0), format, given);
    assertEquals(plain.frames[0], given[0]);
    const { planes } = await processed(plans(1), format, given);
    const [gray, u, v] = planes.map(({ pixels }) => pixels);
    const isColor = format.pixels === "yuv420p";
    for (const [id, [x, y, width, height]] of [[1, boxes[0]!], [2, boxes[1]!]] as const) {
      const expected = toYuv(objectColor(id));
      const corner = (y + height - 1) * 80 + x + width - 1;
      assertEquals(gray![corner], isColor ? expected[0] : 255);
      const half = ((y + height) / 2 - 1) * 40 + (x + width) / 2 - 1;
      if (isColor) assertEquals([u![half], v![half]], expected.slice(1));
      const above = gray!.subarray((y - 14) * 80, (y - 3) * 80);
      assert(above.some((value) => value > 200), "no number");
    }
  }
});

Deno.test("track refuses a zone beyond the frame when it starts", () => {
  const listener = { event: () => {}, fault: () => {} };
  const plans = [finder(moving), ...plansOf("track=zone=gate/0/20/50/50")];
  assertThrows(
    () => new Chain(plans, FORMAT, listener),
    Error,
    "track: zone gate (x 0, y 20, width 50, height 50) reaches beyond the frame of 80x60",
  );
});
