/**
 * `vision`: the time of each filter per frame, in milliseconds, at three sizes, and that of native OpenCV on one
 * thread if /usr/bin/python3 has it. The film shows a face that moves from side to side. Filters get its gray plane,
 * except `inrange`, which needs colors. `pixels = "bgr"` is the conversion of a frame to BGR and back, around an own filter.
 */

import { frameBytes, type FrameFormat, grayFormat } from "../../lib/frame/frame_format.ts";
import { cv } from "../../lib/vision/cv.ts";
import { loadModel } from "../../lib/vision/models.ts";
import { parseGraph } from "../../lib/vision/graph.ts";
import {
  deletePicture,
  fromMat,
  newPicture,
  type Picture,
  toBgr,
} from "../../lib/vision/picture.ts";
import { cvDetectors, definitions, filters } from "../../lib/vision/registry.ts";
import { table } from "./table.ts";

const SIZES = [[320, 240], [640, 480], [1920, 1080]] as const;

/** How long each filter runs, in milliseconds. */
const RUN = 500;

/** The row of the conversion to BGR and back. */
const BGR = 'pixels = "bgr"';

/** How many frames of the film are used: two seconds in which the face moves. */
const FRAMES = 60;

const root = new URL("../../", import.meta.url).pathname;

/** Measures all filters and returns the table. */
export async function vision(): Promise<string> {
  const names = definitions.map(({ name }) => name)
    .filter((name) => name !== "detect"); // it needs a model, and has a benchmark of its own
  const graphs = [...names, "faces=plain=1", BGR].sort();
  const columns: Map<string, string>[] = [];
  for (const [width, height] of SIZES) {
    const format: FrameFormat = { width, height, pixels: "yuv420p" };
    const length = frameBytes(format);
    const film = await makeFilm(width, height);
    try {
      const native = await nativeFigures(film, format);
      const bytes = await Deno.readFile(film);
      const frames = Array.from(
        { length: FRAMES },
        (_, i) => bytes.slice(i * length, (i + 1) * length),
      );
      const column = new Map<string, string>();
      for (const graph of graphs) {
        const ours = (await measure(graph, frames, format)).toFixed(1);
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
  frames: Uint8Array<ArrayBuffer>[],
  format: FrameFormat,
): Promise<number> {
  const color = graph === "inrange" || graph === BGR;
  using process = graph === BGR ? convert() : start(graph, { format, color });
  await process.ready;
  const once = async (frame: Uint8Array<ArrayBuffer>) => {
    const picture = newPicture(cv, color ? format : grayFormat(format), frame);
    const startedAt = performance.now();
    const result = await process.run(picture);
    const took = performance.now() - startedAt;
    if (result instanceof cv.Mat && result !== picture.gray) result.delete();
    deletePicture(picture);
    return took;
  };
  let [total, count] = [0, 0];
  for (let i = 0; total < RUN || count < 3; i++) {
    const took = await once(frames[i % frames.length] ?? new Uint8Array());
    if (i === 0) continue; // the first frame allocates
    total += took;
    count++;
  }
  return total / count;
}

/** What is measured. */
interface Process extends Disposable {
  readonly ready?: Promise<void> | undefined;
  readonly run: (picture: Picture) => unknown;
}

/** Starts a filter or a detector. */
function start(
  graph: string,
  { format: { width, height }, color }: { format: FrameFormat; color: boolean },
): Process {
  const [item] = parseGraph(graph, definitions);
  if (item?.kind !== "built-in") throw new Error(`no filter "${graph}"`);
  // deno-lint-ignore no-explicit-any -- typed by the filter's parameters
  const options = item.options as any;
  const size = { cv, width, height, options };
  const context = { ...size, color, blank: 0, report: () => {} };
  const filter = filters.find(({ name }) => name === item.name)?.create(context);
  if (filter) {
    const facts = { sequence: 0, capturedAt: 0 };
    return {
      run: (picture) => filter.process(picture.gray, facts, picture),
      [Symbol.dispose]: () => filter.close?.(),
    };
  }
  const detector = cvDetectors.find(({ name }) => name === item.name)?.create({
    ...size,
    model: loadModel,
  });
  return {
    ready: detector?.ready,
    run: ({ gray }) => detector?.detect(gray),
    [Symbol.dispose]: () => detector?.close?.(),
  };
}

/** The conversion to BGR and back. */
function convert(): Process {
  return {
    run: (picture) => {
      using bgr = toBgr(cv, picture);
      deletePicture(fromMat(cv, bgr, { color: true }));
    },
    [Symbol.dispose]: () => {},
  };
}

async function makeFilm(width: number, height: number): Promise<string> {
  const film = await Deno.makeTempFile({ prefix: "framewire-bench-", suffix: ".yuv" });
  const { success } = await new Deno.Command("ffmpeg", {
    args: [
      ...["-v", "error", "-y", "-loop", "1", "-framerate", "30"],
      ...["-i", `${root}tests/media/astronaut.jpg`, "-frames:v", String(FRAMES), "-vf"],
      `crop=384:384:x='64+64*sin(2*PI*t/4)':y=0,scale=${width}:${height}`,
      ...["-pix_fmt", "yuvj420p", "-f", "rawvideo", film],
    ],
  }).output();
  if (!success) throw new Error("ffmpeg could not make the film");
  return film;
}

/** Native OpenCV's milliseconds by filter; empty if it is not installed. */
async function nativeFigures(
  film: string,
  { width, height }: FrameFormat,
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
