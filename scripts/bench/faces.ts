/**
 * `faces` against native OpenCV, on films of 640x480 in which faces come, move, turn and go:
 *
 *     [SEARCH_MS=30] deno run -A scripts/bench/faces.ts [CASCADE [tune|report [DIRECTORY]]]
 *
 * The live search is simulated, with a search's measured time or the given one; `faces_live.ts` runs the
 * programs themselves.
 *
 * How much of what native OpenCV finds is found, picture by picture, and how many boxes are false. The
 * films and native's boxes are kept in DIRECTORY, where one is given.
 */

import { cv } from "../../lib/vision/cv.ts";
import { Cascade } from "../../lib/vision/cascade.ts";
import type { Box } from "../../lib/frame/detection.ts";
import { groupBoxes } from "../../lib/vision/haar/group_boxes.ts";
import { readHaarCascade } from "../../lib/vision/haar/haar_cascade.ts";
import { HaarScan } from "../../lib/vision/haar/haar_scan.ts";
import { haarScales } from "../../lib/vision/haar/haar_scales.ts";
import { prepareHaar } from "../../lib/vision/haar/prepare_haar.ts";
import { loadModel } from "../../lib/vision/models.ts";
import { percent, type Score, score, sum } from "./faces_score.ts";
import { type Costs, simulate } from "./faces_simulated.ts";
import { type Film, filmNumbers, HEIGHT, PICTURE, readFilm, SEARCH, WIDTH } from "./faces_film.ts";
import { table } from "./table.ts";

const WORKERS = [1, 2, 3, 4];
/** One of so many pictures is used to measure times. */
const SAMPLE = 11;
const RUNS = 3;

/** The tables, for the wanted cascade. */
export async function faces(
  cascade = "alt2",
  use: "tune" | "report" = "report",
  directory?: string,
): Promise<string> {
  const films = directory ?? await Deno.makeTempDir();
  try {
    const all: Film[] = [];
    for (const number of filmNumbers(use)) all.push(await readFilm(films, { number, cascade }));
    return await compare(all, cascade);
  } finally {
    if (directory === undefined) await Deno.remove(films, { recursive: true });
  }
}

async function compare(films: Film[], cascade: string): Promise<string> {
  const haar = readHaarCascade(loadModel(cascade));
  if (!haar) throw new Error(`Cannot read the cascade "${cascade}"`);
  const scan = new HaarScan(prepareHaar(haar, PICTURE, haarScales(haar.window, PICTURE, SEARCH)));
  const known = new Map<Uint8Array, Box[]>();
  const search = (pixels: Uint8Array) => {
    scan.load(pixels);
    return scan.scales.flatMap(({ rows }, scale) => scan.search({ scale, rows: [0, rows] }));
  };
  const hits = (pixels: Uint8Array) => {
    const found = known.get(pixels) ?? search(pixels);
    known.set(pixels, found);
    return found;
  };
  const sample = films.flatMap(({ pictures }) => pictures).filter((_, index) =>
    index % SAMPLE === 0
  );
  scan.warmUp();
  const times = timesOf(sample, search);
  const costs: Costs = {
    search: Number(Deno.env.get("SEARCH_MS")) || median(times),
    ...{ overhead: 2, follow: 2 },
  };
  const rows: string[][] = [];
  const native = films.map(({ native, truth }) => score(native, { wanted: native, truth }));
  const nativeTimes = films.flatMap(({ nativeTimes }) => nativeTimes);
  rows.push(row(`native OpenCV, ${median(nativeTimes).toFixed(0)} ms`, sum(native)));
  const whole = films.map((film) =>
    score(film.pictures.map((pixels) => groupBoxes(hits(pixels), SEARCH.neighbours)), {
      wanted: film.native,
      truth: film.truth,
    })
  );
  rows.push(row("`faces=sync=1`", sum(whole)));
  for (const workers of WORKERS) {
    const scores: Score[] = [];
    for (const film of films) {
      const { neighbours } = SEARCH;
      const found = await simulate(film, { scan, hits, workers, costs, neighbours });
      scores.push(score(found, { wanted: film.native, truth: film.truth }));
    }
    const each = scores.map(({ found, wanted }) => percent(found, wanted)).join(", ");
    rows.push(row(`\`faces=workers=${workers}\` (${each})`, sum(scores)));
  }
  const opencv = median(plainTimes(sample, cascade));
  return `Cascade ${cascade}: ${films.length} films. A search on one thread: ${
    costs.search.toFixed(1)
  } ms, OpenCV's in WebAssembly ${opencv.toFixed(1)} ms (medians of the best of 3).\n\n${
    table(["", "pictures", "native's boxes", "found", "false", "pictures equal"], rows)
  }`;
}

function row(name: string, { pictures, wanted, found, wrong, equal }: Score): string[] {
  return [
    name,
    String(pictures),
    String(wanted),
    percent(found, wanted),
    String(wrong),
    percent(equal, pictures),
  ];
}

function plainTimes(pictures: readonly Uint8Array[], name: string): number[] {
  using cascade = new Cascade(cv, loadModel(name), name);
  using mat = new cv.Mat(HEIGHT, WIDTH, cv.CV_8UC1);
  return timesOf(pictures, (pixels) => {
    mat.data.set(pixels);
    cascade.detect(mat, SEARCH);
  });
}

/** How long something takes with each picture at best, in milliseconds: other programs run, too. */
function timesOf(pictures: readonly Uint8Array[], run: (pixels: Uint8Array) => unknown): number[] {
  return pictures.map((pixels) => {
    const times = Array.from({ length: RUNS }, () => {
      const started = performance.now();
      run(pixels);
      return performance.now() - started;
    });
    return Math.min(...times);
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

if (import.meta.main) {
  const [cascade, use, directory] = Deno.args;
  console.log(await faces(cascade, use === "tune" ? "tune" : "report", directory));
}
