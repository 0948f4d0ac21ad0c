/**
 * `faces` against native OpenCV, on films of 640x480 in which faces come, move, turn and go:
 *
 *     deno run -A scripts/bench/faces.ts [CASCADE [tune|report [DIRECTORY]]]
 *
 * How much of what native OpenCV finds is found, picture by picture, and how many boxes are false. The
 * films and native's boxes are kept in DIRECTORY, where one is given.
 */

import { cv } from "../../lib/vision/cv.ts";
import { Cascade } from "../../lib/vision/cascade.ts";
import type { Box } from "../../lib/vision/filter.ts";
import { groupBoxes } from "../../lib/vision/haar/group_boxes.ts";
import { readHaarCascade } from "../../lib/vision/haar/haar_cascade.ts";
import { HaarScan } from "../../lib/vision/haar/haar_scan.ts";
import { haarScales } from "../../lib/vision/haar/haar_scales.ts";
import { prepareHaar } from "../../lib/vision/haar/prepare_haar.ts";
import { loadModel } from "../../lib/vision/models.ts";
import { percent, type Score, score, sum } from "./faces_score.ts";
import { type Costs, simulate, type SimulatedFilm } from "./faces_simulated.ts";
import { table } from "./table.ts";

const WIDTH = 640;
const HEIGHT = 480;
const PICTURE = { width: WIDTH, height: HEIGHT };
const SEARCH = { scale: 1.1, neighbours: 3, min: 30 };
const FILMS = 8;
const SECONDS = 8;
/** Debian's, which has OpenCV and scikit-image. */
const PYTHON = "/usr/bin/python3";
const WORKERS = [1, 2, 3, 4];

interface Film extends SimulatedFilm {
  readonly truth: Box[][];
  /** Native OpenCV's. */
  readonly native: Box[][];
  readonly nativeTimes: number[];
}

/** The tables, for the wanted cascade. */
export async function faces(
  cascade = "alt2",
  use: "tune" | "report" = "report",
  directory?: string,
): Promise<string> {
  const films = directory ?? await Deno.makeTempDir();
  try {
    const odd = use === "report" ? 1 : 0;
    const numbers = Array.from({ length: FILMS }, (_, film) => film).filter((n) => n % 2 === odd);
    if (!await exists(`${films}/film${FILMS - 1}.json`)) {
      await python("faces_films.py", films, String(FILMS), String(SECONDS));
    }
    const all: Film[] = [];
    for (const number of numbers) all.push(await readFilm(films, { number, cascade }));
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
  const times: number[] = [];
  for (const pixels of films.flatMap(({ pictures }) => pictures)) {
    const started = performance.now();
    scan.look(pixels);
    const parts = scan.scales.map((scale, index) => ({
      scale: index,
      rows: [0, scale.rows] as const,
    }));
    known.set(pixels, parts.flatMap((part) => scan.search(part)));
    times.push(performance.now() - started);
  }
  const hits = (pixels: Uint8Array) => known.get(pixels) ?? [];
  const costs: Costs = {
    search: Number(Deno.env.get("SEARCH_MS")) || median(times),
    overhead: 2,
    follow: 2,
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
  const opencv = plainTime(films[0]?.pictures.slice(0, 20) ?? [], cascade);
  return `Cascade ${cascade}: ${films.length} films. A search on one thread: ${
    costs.search.toFixed(1)
  } ms, OpenCV's in WebAssembly ${opencv.toFixed(0)} ms (medians).\n\n${
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

function plainTime(pictures: readonly Uint8Array[], name: string): number {
  using cascade = new Cascade(cv, loadModel(name), name);
  using mat = new cv.Mat(HEIGHT, WIDTH, cv.CV_8UC1);
  return median(pictures.map((pixels) => {
    mat.data.set(pixels);
    const started = performance.now();
    cascade.detect(mat, SEARCH);
    return performance.now() - started;
  }));
}

/** A film and what native OpenCV finds in it, which is computed where it is not known yet. */
async function readFilm(
  directory: string,
  { number, cascade }: { number: number; cascade: string },
): Promise<Film> {
  const path = `${directory}/film${number}`;
  const native = `${directory}/native${number}.${cascade}.jsonl`;
  if (!await exists(native)) {
    const xml = `${directory}/${cascade}.xml`;
    await Deno.writeFile(xml, loadModel(cascade));
    const numbers = [WIDTH, HEIGHT].map(String);
    const { scale, neighbours, min } = SEARCH;
    const search = [scale, neighbours, min].map(String);
    await Deno.writeFile(
      native,
      await python("faces_native.py", `${path}.gray`, ...numbers, xml, ...search),
    );
  }
  const lines = (await Deno.readTextFile(native)).trim().split("\n")
    .map((line) => JSON.parse(line) as { ms: number; boxes: Box[] });
  const { rate, truth } = JSON.parse(await Deno.readTextFile(`${path}.json`)) as {
    rate: number;
    truth: Box[][];
  };
  const bytes = await Deno.readFile(`${path}.gray`);
  const pictures = truth.map((_, at) =>
    bytes.subarray(at * WIDTH * HEIGHT, (at + 1) * WIDTH * HEIGHT)
  );
  const boxes = lines.map(({ boxes }) => boxes);
  return {
    pictures,
    rate,
    ...PICTURE,
    truth,
    native: boxes,
    nativeTimes: lines.map(({ ms }) => ms),
  };
}

async function python(script: string, ...args: string[]): Promise<Uint8Array> {
  const path = new URL(script, import.meta.url).pathname;
  const command = new Deno.Command(PYTHON, { args: [path, ...args], stderr: "inherit" });
  const { success, stdout } = await command.output();
  if (!success) throw new Error(`Cannot compare with native OpenCV: ${script} failed`);
  return stdout;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

if (import.meta.main) {
  const [cascade, use, directory] = Deno.args;
  console.log(await faces(cascade, use === "tune" ? "tune" : "report", directory));
}
