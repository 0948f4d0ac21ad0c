/**
 * `track`: objects that keep their number, from the boxes of the detector before it. It reports the boxes of each frame,
 * moved where the detector is slower, and when an object has entered or left. The methods are those of SORT, ByteTrack
 * and C-BIoU (sources in ../tracking/tracker.ts).
 */

import { inverse, moveBox } from "../affine.ts";
import { defineFilter, number, whole } from "../filter.ts";
import { drawObjects } from "../tracking/draw_objects.ts";
import { Follower } from "../tracking/follower.ts";
import { checkZones, zoneParameter } from "../tracking/zones.ts";

export const track = defineFilter({
  name: "track",
  summary: "objects that keep their number, from the boxes of the detector before it",
  parameters: {
    iou: number(0.3, {
      from: 0.01,
      to: 1,
      help: "how well a box must fit an object's expected box, as intersection over union",
    }),
    keep: number(1, {
      from: 0,
      to: 60,
      help: "the seconds for which an object that is not detected keeps its number",
    }),
    hits: whole(3, {
      from: 1,
      to: 100,
      help: "the number of detections in a row that make an object",
    }),
    score: number(0, {
      from: 0,
      to: 1,
      help: "detections with a lower score continue an object, but do not start one",
    }),
    zone: zoneParameter,
    draw: whole(1, {
      from: 0,
      to: 1,
      help: "1: draw the objects in place of the detector's boxes, 0: leave the picture as it is",
    }),
  },
  reports: "boxes, labels, ids, of (the detector), age in milliseconds of moved boxes; " +
    "and event (entered, left) with id, label, zone, seconds and path",
  detections: "boxes",
  follows: true,
  create: ({ cv, options, report, frame, toSource, nextId }) => {
    if (frame) checkZones(options.zone, frame);
    const follower = new Follower({ ...options, frame, ...(nextId && { nextId }) });
    const toPicture = toSource && inverse(toSource);
    const tell = () => follower.takeEvents().forEach((event) => report({ ...event }));
    return {
      observe: (report, facts) => follower.observe(report, facts),
      process(_mat, facts, picture) {
        const current = follower.report(facts);
        tell();
        if (!current) return;
        report(current.report);
        if (!options.draw) return;
        const shown = current.shown.map((object) => ({
          ...object,
          box: toPicture ? moveBox(object.box, toPicture) : object.box,
        }));
        drawObjects(cv, picture, shown);
      },
      close() {
        follower.end();
        tell();
      },
    };
  },
});
