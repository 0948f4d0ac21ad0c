/** Counts identity switches in a film whose truth is known, behind several detectors. The figures are printed. */

import { assert, assertEquals } from "../../assert.ts";
import type { Box, Detection, Report } from "../../../lib/frame/detection.ts";
import { grayFormat } from "../../../lib/frame/frame_format.ts";
import { Follower } from "../../../lib/vision/tracking/follower.ts";
import { plansOf, processed } from "../color_frames.ts";
import { noise } from "../run_filter.ts";
import {
  film,
  FPS,
  FRAMES,
  type Reported,
  type Score,
  scoreLine,
  scoreOf,
  truthAt,
} from "./known_film.ts";

const FORMAT = grayFormat({ width: 320, height: 240 });
const OPTIONS = { iou: 0.3, keep: 1, hits: 3, score: 0, zone: [], frame: FORMAT };

function told(what: string, score: Score): Score {
  console.log(scoreLine(what, score));
  return score;
}

/** The score of a detector whose boxes for some frames are given. */
function followed(detect: (frame: number) => Box[] | undefined, options = {}) {
  const follower = new Follower({ ...OPTIONS, ...options });
  const reports: Reported[] = [];
  const events: string[] = [];
  for (let sequence = 0; sequence < FRAMES; sequence++) {
    const facts = { sequence, capturedAt: sequence * 1000 / FPS };
    const boxes = detect(sequence);
    if (boxes) follower.observe({ boxes }, { ...facts, filter: "test" });
    const current = follower.report(facts);
    for (const { event, id } of follower.takeEvents()) events.push(`${event} ${id}`);
    if (current) reports.push(reportOf(sequence, current.report));
  }
  follower.end();
  for (const { event, id } of follower.takeEvents()) events.push(`${event} ${id}`);
  return { score: scoreOf(reports), events };
}

function reportOf(sequence: number, { boxes = [], ids = [] }: Report): Reported {
  return { sequence, boxes, ids: ids as number[] };
}

const boxesAt = (frame: number) => truthAt(frame).map(({ box }) => box);

Deno.test("track: no identity switch with a perfect detector, and each thing enters and leaves once", () => {
  const { score, events } = followed(boxesAt);
  told("perfect detector", score);
  assertEquals([score.switches, score.mixed], [0, 0]);
  assert(score.recall > 0.95, `${score.recall}`);
  assertEquals(new Set(events).size, events.length);
  assertEquals(events.length, 2 * score.ids.size);
});

Deno.test("track: few identity switches with a detector that misses a sixth and is off by some pixels", () => {
  const { score } = followed((frame) =>
    boxesAt(frame).flatMap(([x, y, width, height], i): Box[] => {
      if (noise(frame * 17, i * 29 + 3) % 6 === 0) return [];
      const off = (which: number) => noise(frame * 5 + which, i * 7) % 5 - 2;
      return [[x + off(0), y + off(1), width + off(2), height + off(3)]];
    })
  );
  told("a sixth missed, 2 px off", score);
  assert(score.switches + score.mixed <= 3, `${score.switches} switches`);
});

for (const every of [3, 6, 10]) {
  Deno.test(`track: few identity switches with a detector of ${FPS / every} results a second, and moved boxes between`, () => {
    const detect = (frame: number) => frame % every === 0 ? boxesAt(frame) : undefined;
    const { score } = followed(detect);
    told(`${FPS / every} results a second`, score);
    assert(score.switches + score.mixed <= 1, `${score.switches} switches`);
    assert(score.recall > 0.75, `${score.recall}`);
  });
}

for (
  const [graph, most, least] of [
    ["motion,track", 2, 0.85],
    ["contours=low=80:high=200,track", 2, 0.95],
    ["resize=width=160,motion=min=6,rotate=180,track", 2, 0.85],
  ] as const
) {
  Deno.test(`${graph}: at most ${most} identity switches in a film of known truth`, async () => {
    const { events, faults } = await processed(plansOf(graph), FORMAT, film());
    assertEquals(faults, []);
    const reports = events.filter(({ ids }: Detection) => ids).map((event) =>
      reportOf(event.sequence, event)
    );
    assertEquals(reports.length, FRAMES);
    const score = told(graph, scoreOf(reports));
    assert(score.switches + score.mixed <= most, `${score.switches} switches`);
    assert(score.recall > least, `${score.recall} found`);
  });
}
