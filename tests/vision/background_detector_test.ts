/** Tests BackgroundDetector with a real Worker. */

import { assertEquals } from "@std/assert";
import { cv } from "../../lib/vision/cv.ts";
import { CvCrew } from "../../lib/vision/cv_crew.ts";
import type { Box, Report } from "../../lib/frame/detection.ts";
import type { FrameFacts } from "../../lib/vision/filter.ts";
import { faces } from "../../lib/vision/filters/faces.ts";
import { BackgroundDetector } from "../../lib/vision/background_detector.ts";
import { photo } from "./photo.ts";

const size = { width: 320, height: 240 };
const values = Object.entries(faces.parameters).map(([name, { fallback }]) => [name, fallback]);
const defaults = Object.fromEntries(values);

Deno.test("BackgroundDetector.detect() with sync=1 returns each frame's own boxes", async () => {
  const { pixels } = await photo(size);
  const options = { ...defaults, sync: 1, workers: 2 };
  const crew = new CvCrew("faces", options, size);
  const detector = new BackgroundDetector(crew, {
    rate: 0,
    draw: true,
    sync: true,
    label: undefined,
  });
  await detector.ready;
  const reports: [number, number][] = [];
  const boxes: number[] = [];
  for (let sequence = 0; sequence < 10; sequence++) {
    using gray = new cv.Mat(240, 320, cv.CV_8UC1);
    if (sequence % 2 === 1) gray.data.set(pixels);
    else gray.data.fill(90);
    const found = await detector.detect({ gray, chroma: undefined }, {
      sequence,
      capturedAt: sequence,
    }, { // 1000 fps
      report: ({ boxes }: Report, { sequence }: FrameFacts) =>
        reports.push([sequence, (boxes as Box[]).length]),
      fault: (message) => {
        throw new Error(message);
      },
    });
    boxes.push(found.boxes?.length ?? 0);
  }
  await detector.close();
  assertEquals(boxes, [0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
  assertEquals(reports, boxes.map((count, sequence) => [sequence, count]));
});

Deno.test({
  name: "BackgroundDetector.close() ends the detector's Worker and the Workers that it started",
  ignore: Deno.build.os !== "linux", // needs /proc
  fn: async () => {
    const options = { ...defaults, workers: 3 };
    const before = workers();
    const detector = new BackgroundDetector(
      new CvCrew("faces", options, size),
      { rate: 0, draw: true, sync: false, label: undefined },
    );
    await detector.ready;
    const started = workers().difference(before);
    assertEquals(started.size, 4);
    await detector.close();
    while (workers().intersection(started).size > 1) { // Deno's own threads keep the name of the first Worker
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  },
});

/** The names of the threads of Deno's Workers. */
function workers(): Set<string> {
  const names = [...Deno.readDirSync("/proc/self/task")].map(({ name }) => {
    try {
      return Deno.readTextFileSync(`/proc/self/task/${name}/comm`).trim();
    } catch {
      return ""; // the thread ended
    }
  });
  return new Set(names.filter((name) => name.startsWith("worker-")));
}
