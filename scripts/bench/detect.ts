/**
 * `detect`: results a second of a model like YOLOv8n at two sizes, with one and two Workers, beside OpenCV's dnn on one
 * thread (/usr/bin/python3 with python3-opencv); and what it takes from a stream of 30 frames a second.
 */

import { grayFormat } from "../../lib/frame/frame_format.ts";
import { readOrtWasm } from "../../lib/vision/onnx/model_files.ts";
import { OnnxCrew } from "../../lib/vision/onnx/onnx_crew.ts";
import { childrenOf, cpuSeconds } from "../../tests/e2e/process_figures.ts";
import { type Bench, run } from "./bench.ts";
import { writeBenchModel } from "./detect_model.ts";
import { startServer } from "./framewire.ts";
import { measure } from "./sink.ts";
import { table } from "./table.ts";

const SIDES = [320, 640];
const WORKERS = [1, 2];
const SIZE: [width: string, height: string] = ["640", "480"];
const FPS = 30;
/** How long each figure is measured, in seconds, and how long a program has run before. */
const SECONDS = 6;
const WARMUP = 3;

/** Both tables. */
export async function detect(bench: Bench): Promise<string> {
  const rows: string[][] = [];
  const streams: string[][] = [["without a filter", ...await stream(undefined, bench)]];
  for (const side of SIDES) {
    const model = `${bench.directory}/detect-${side}.onnx`;
    await Deno.writeFile(model, writeBenchModel(side));
    const results: string[] = [];
    for (const workers of WORKERS) {
      results.push((await resultsOf(model, workers)).toFixed(1));
      const filter = `detect=model=${model}:workers=${workers}`;
      const name = `${side}x${side}, ${workers} ${workers === 1 ? "Worker" : "Workers"}`;
      streams.push([name, ...await stream(filter, bench)]);
    }
    rows.push([`${side}x${side}`, ...results, await native(model, side, bench)]);
  }
  return `Results a second of a model with the cost of YOLOv8n (4.3 GMAC at 640x640) on frames of ${
    SIZE.join("x")
  }, gray, each figure ${SECONDS} s.\n\n` +
    table(["input", "1 Worker", "2 Workers", "cv2.dnn, 1 thread"], rows) +
    `\n\nThe stream: a test camera at ${FPS} fps with that filter in the server, one silent client, ${SECONDS} s. Age is ` +
    "from the stamp to the read of the frame's last byte.\n\n" +
    table(["detect", "fps", "age p50", "age p99", "CPU of the server"], streams);
}

/** Results a second where there always is a next frame. */
async function resultsOf(file: string, workers: number): Promise<number> {
  const format = grayFormat({ width: Number(SIZE[0]), height: Number(SIZE[1]) });
  const model = await Deno.readFile(file);
  const options = { model: file, confidence: 0.25, iou: 0.45, size: 0, classes: [] };
  const crew = new OnnxCrew({
    ...{ workers, wasm: readOrtWasm(), model, format },
    options: { ...options, labels: undefined },
  });
  await crew.ready;
  let count = 0;
  const until = async (end: number) => {
    while (performance.now() < end) {
      await crew.detect(new Uint8Array(format.width * format.height).fill(count % 200));
      count++;
    }
  };
  const everyone = (seconds: number) => {
    const end = performance.now() + seconds * 1000;
    return Promise.all(Array.from({ length: workers }, () => until(end)));
  };
  await everyone(WARMUP); // until V8 has its best code
  count = 0;
  const since = performance.now();
  await everyone(SECONDS);
  crew.close();
  return count * 1000 / (performance.now() - since);
}

/** What a client gets of the stream, and what the server takes. */
async function stream(filter: string | undefined, bench: Bench): Promise<string[]> {
  const args = ["--test", "-r", SIZE.join("x"), "-f", String(FPS), "--stamp"];
  await using server = startServer([...args, ...filter ? ["--filter", filter] : []], bench);
  const port = await server.port();
  const pids = [server.pid, ...await childrenOf(server.pid)];
  const used = async () =>
    (await Promise.all(pids.map(cpuSeconds))).reduce((sum, seconds) => sum + seconds, 0);
  const measuring = { port, size: SIZE, clients: 1, stamp: true };
  await measure(bench, { ...measuring, seconds: WARMUP });
  const before = await used();
  const { total } = await measure(bench, { ...measuring, seconds: SECONDS });
  const cores = (await used() - before) / SECONDS;
  const { p50, p99 } = total.latency_ms;
  const ms = (figure: number) => `${figure.toFixed(1)} ms`;
  return [total.fps_per_client_min.toFixed(1), ms(p50), ms(p99), `${cores.toFixed(2)} cores`];
}

/** OpenCV's results a second; a dash without it. */
async function native(model: string, side: number, { signal }: Bench): Promise<string> {
  const script = new URL("./detect_native.py", import.meta.url).pathname;
  const args = [script, model, String(side), ...SIZE, String(SECONDS)];
  const { code, output } = await run("/usr/bin/python3", args, { signal });
  return code === 0 ? Number(output).toFixed(1) : "-";
}
