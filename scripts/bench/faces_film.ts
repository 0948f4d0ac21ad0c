/**
 * The films for the benchmark of `faces`, and native OpenCV's boxes in them. Python creates those that are not in
 * the directory yet.
 */

import type { Box } from "../../lib/frame/detection.ts";
import { loadModel } from "../../lib/vision/models.ts";
import type { SimulatedFilm } from "./faces_simulated.ts";

export const WIDTH = 640;
export const HEIGHT = 480;
export const PICTURE = { width: WIDTH, height: HEIGHT };
export const SEARCH = { scale: 1.1, neighbours: 3, min: 30 };
const FILMS = 8;
const SECONDS = 8;
/** Debian's Python, which has OpenCV and scikit-image. */
const PYTHON = "/usr/bin/python3";

export interface Film extends SimulatedFilm {
  /** The pixels of all pictures. */
  readonly path: string;
  readonly truth: Box[][];
  /** Native OpenCV's boxes. */
  readonly native: Box[][];
  readonly nativeTimes: number[];
}

/** The even ones are for tuning, the odd ones for reports. */
export function filmNumbers(use: "tune" | "report"): number[] {
  const odd = use === "report" ? 1 : 0;
  return Array.from({ length: FILMS }, (_, film) => film).filter((film) => film % 2 === odd);
}

/** A film with native OpenCV's boxes, which are computed if they are not stored yet. */
export async function readFilm(
  directory: string,
  { number, cascade }: { number: number; cascade: string },
): Promise<Film> {
  const path = `${directory}/film${number}`;
  if (!await exists(`${directory}/film${FILMS - 1}.json`)) {
    await python("faces_films.py", directory, String(FILMS), String(SECONDS));
  }
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
    path: `${path}.gray`,
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
