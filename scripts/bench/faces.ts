/**
 * `faces` against native OpenCV, on a film of 640x480 in which faces come, move and go:
 *
 *     deno run -A scripts/bench/faces.ts [CASCADE [FRAMES]]
 *
 * How long a call takes, how much of what native OpenCV finds is found, and how many finds are false.
 */

import { overlap } from "../../lib/vision/boxes.ts";
import { cv } from "../../lib/vision/cv.ts";
import type { Box } from "../../lib/vision/filter.ts";
import { openFaceFinder } from "../../lib/vision/filters/faces.ts";
import { loadModel } from "../../lib/vision/models.ts";
import { HEIGHT, makeFacesFilm, WIDTH } from "./faces_film.ts";
import { table } from "./table.ts";

const SEARCH = { scale: 1.1, neighbours: 3, min: 30 };
const PYTHON = "/usr/bin/python3";
/** Boxes of the same face overlap by this. */
const SAME = 0.6;
/** A find that overlaps no true face by this is false: a cascade's box is not the very face's. */
const TRUE = 0.3;

/** What one search gave, frame by frame. */
interface Run {
  readonly ms: number[];
  readonly boxes: Box[][];
}

/** The table, with the wanted cascade and at most so many frames. */
export async function faces(cascade = "alt2", most = Infinity): Promise<string> {
  const path = await Deno.makeTempFile({ suffix: ".gray" });
  try {
    const truth = (await makeFacesFilm(path)).slice(0, most);
    const film = (await Deno.readFile(path)).subarray(0, truth.length * WIDTH * HEIGHT);
    await Deno.writeFile(path, film);
    const native = await runNative(path, cascade);
    const plain = runOurs(film, { cascade, plain: true });
    const fast = runOurs(film, { cascade, plain: false });
    // The plain search is what is wanted; native OpenCV's where there is one.
    const wanted = (native ?? plain).boxes;
    const rows: [string, Run | undefined][] = [
      ["native OpenCV, plain", native],
      ["`faces=plain=1`", plain],
      ["`faces`", fast],
    ];
    return `${truth.length} frames of ${WIDTH}x${HEIGHT}, cascade ${cascade}.\n\n${
      table(
        ["", "ms a call", "95 % below", "detections/s", "finds", "of native's", "false", "equal"],
        rows.flatMap(([name, run]) => run === undefined ? [] : [figures(name, run, wanted, truth)]),
      )
    }`;
  } finally {
    await Deno.remove(path);
  }
}

function figures(name: string, { ms, boxes }: Run, wanted: Box[][], truth: Box[][]): string[] {
  const mean = ms.reduce((sum, one) => sum + one, 0) / ms.length;
  const late = ms.toSorted((a, b) => a - b)[Math.floor(ms.length * 0.95)] ?? NaN;
  const has = (found: Box[] = [], box: Box, share: number) =>
    found.some((one) => overlap(one, box) >= share);
  const all = wanted.flatMap((of, frame) => of.map((box) => has(boxes[frame], box, SAME)));
  const wrong = boxes.flatMap((of, frame) => of.filter((box) => !has(truth[frame], box, TRUE)));
  const equal = boxes.filter((of, frame) => text(of) === text(wanted[frame])).length;
  return [
    ...[name, mean.toFixed(1), late.toFixed(1), (1000 / mean).toFixed(1)],
    ...[String(boxes.flat().length), percent(all.filter(Boolean).length, all.length)],
    ...[String(wrong.length), `${equal} frames`],
  ];
}

function percent(share: number, whole: number): string {
  return `${(100 * share / whole).toFixed(1)} %`;
}

function text(boxes: Box[] = []): string {
  return boxes.map(String).toSorted().join(" ");
}

/** Python's OpenCV; nothing where there is none. */
async function runNative(path: string, cascade: string): Promise<Run | undefined> {
  const probe = new Deno.Command(PYTHON, { args: ["-c", "import cv2"], stderr: "null" });
  const there = await probe.output().then(({ success }) => success, () => false);
  if (!there) return undefined;
  const xml = await Deno.makeTempFile({ suffix: ".xml" });
  try {
    await Deno.writeFile(xml, loadModel(cascade));
    const script = new URL("faces_native.py", import.meta.url).pathname;
    const size = [String(WIDTH), String(HEIGHT)];
    const { scale, neighbours, min } = SEARCH;
    const args = [script, path, ...size, xml, String(scale), String(neighbours), String(min)];
    const { stdout, success } = await new Deno.Command(PYTHON, { args }).output();
    if (!success) throw new Error("Cannot run native OpenCV: faces_native.py failed");
    const lines = new TextDecoder().decode(stdout).trim().split("\n");
    const frames = lines.map((line) => JSON.parse(line) as { ms: number; boxes: Box[] });
    return { ms: frames.map(({ ms }) => ms), boxes: frames.map(({ boxes }) => boxes) };
  } finally {
    await Deno.remove(xml);
  }
}

function runOurs(film: Uint8Array, options: { cascade: string; plain: boolean }): Run {
  const context = { cv, width: WIDTH, height: HEIGHT, model: loadModel };
  using finder = openFaceFinder(context, { ...SEARCH, ...options });
  using mat = new cv.Mat(HEIGHT, WIDTH, cv.CV_8UC1);
  const run: Run = { ms: [], boxes: [] };
  for (let at = 0; at < film.length; at += WIDTH * HEIGHT) {
    mat.data.set(film.subarray(at, at + WIDTH * HEIGHT));
    const started = performance.now();
    run.boxes.push(finder.find(mat));
    run.ms.push(performance.now() - started);
  }
  return run;
}

if (import.meta.main) {
  const [cascade, frames] = Deno.args;
  console.log(await faces(cascade, frames === undefined ? undefined : Number(frames)));
}
