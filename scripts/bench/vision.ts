/**
 * `vision`: the time of each filter per frame, in milliseconds, at three sizes, and that of native OpenCV on one
 * thread if /usr/bin/python3 has it. The film shows a face that moves from side to side.
 */

import { cv } from "../../lib/vision/cv.ts";
import { loadModel } from "../../lib/vision/models.ts";
import { parseGraph } from "../../lib/vision/graph.ts";
import { definitions, detectors, filters } from "../../lib/vision/registry.ts";
import { table } from "./table.ts";

const SIZES = [[320, 240], [640, 480], [1920, 1080]] as const;

/** How long each filter runs, in milliseconds. */
const RUN = 500;

/** How many frames of the film are used: two seconds in which the face moves. */
const FRAMES = 60;

const root = new URL("../../", import.meta.url).pathname;

/** Measures all filters and returns the table. */
export async function vision(): Promise<string> {
  const graphs = [...definitions.map(({ name }) => name), "faces=plain=1"].sort();
  const columns: Map<string, string>[] = [];
  for (const [width, height] of SIZES) {
    const film = await makeFilm(width, height);
    try {
      const native = await nativeFigures(film, width, height);
      const bytes = await Deno.readFile(film);
      const frames = Array.from(
        { length: FRAMES },
        (_, i) => bytes.subarray(i * width * height, (i + 1) * width * height),
      );
      const column = new Map<string, string>();
      for (const graph of graphs) {
        const ours = (await measure(graph, frames, width, height)).toFixed(1);
        const theirs = native.get(graph);
        column.set(graph, theirs === undefined ? ours : `${ours} (${theirs.toFixed(1)})`);
      }
      columns.push(column);
    } finally {
      await Deno.remove(film);
    }
  }
  const head = ["filter, ms a frame (native)", ...SIZES.map((size) => size.join("x"))];
  const rows = graphs.map((graph) => [graph, ...columns.map((column) => column.get(graph) ?? "")]);
  return table(head, rows);
}

/** The mean time of a filter per frame, in milliseconds. */
async function measure(
  graph: string,
  frames: Uint8Array[],
  width: number,
  height: number,
): Promise<number> {
  const [item] = parseGraph(graph, definitions);
  if (item?.kind !== "built-in") throw new Error(`no filter "${graph}"`);
  // deno-lint-ignore no-explicit-any -- typed by the filter's parameters
  const options = item.options as any;
  const context = { cv, width, height, options, report: () => {}, model: loadModel };
  const filter = filters.find(({ name }) => name === item.name)?.create(context);
  const detector = detectors.find(({ name }) => name === item.name)?.create(context);
  await detector?.ready;
  using mat = new cv.Mat(height, width, cv.CV_8UC1);
  const facts = { sequence: 0, capturedAt: 0 };
  const once = async (frame: Uint8Array) => {
    mat.data.set(frame);
    const startedAt = performance.now();
    const result = detector ? await detector.detect(mat) : filter?.process(mat, facts);
    const took = performance.now() - startedAt;
    if (result instanceof cv.Mat) result.delete();
    return took;
  };
  let [total, count] = [0, 0];
  for (let i = 0; total < RUN || count < 3; i++) {
    const took = await once(frames[i % frames.length] ?? new Uint8Array());
    if (i === 0) continue; // the first frame allocates
    total += took;
    count++;
  }
  (filter ?? detector)?.close?.();
  return total / count;
}

async function makeFilm(width: number, height: number): Promise<string> {
  const film = await Deno.makeTempFile({ prefix: "framewire-bench-", suffix: ".gray" });
  const { success } = await new Deno.Command("ffmpeg", {
    args: [
      ...["-v", "error", "-y", "-loop", "1", "-framerate", "30"],
      ...["-i", `${root}tests/media/astronaut.jpg`, "-frames:v", String(FRAMES), "-vf"],
      `crop=384:384:x='64+64*sin(2*PI*t/4)':y=0,scale=${width}:${height}`,
      ...["-pix_fmt", "gray", "-f", "rawvideo", film],
    ],
  }).output();
  if (!success) throw new Error("ffmpeg could not make the film");
  return film;
}

/** Native OpenCV's milliseconds by filter; empty if it is not installed. */
async function nativeFigures(
  film: string,
  width: number,
  height: number,
): Promise<Map<string, number>> {
  const cascade = `${root}lib/vision/models/haarcascade_frontalface_alt2.xml`;
  const script = `${root}scripts/bench/vision_native.py`;
  try {
    const { stdout } = await new Deno.Command("/usr/bin/python3", {
      args: [script, film, String(width), String(height), cascade],
      stderr: "null",
    }).output();
    const lines = new TextDecoder().decode(stdout).trim().split("\n").map((line) =>
      line.split(" ")
    );
    return new Map(lines.map(([name = "", figure]) => [name, Number(figure)]));
  } catch {
    return new Map(); // no python3
  }
}
