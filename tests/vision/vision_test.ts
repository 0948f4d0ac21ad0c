/** Tests Vision with its Worker and modules of the test. */

import { assert, assertEquals, assertRejects } from "../assert.ts";
import type { Frame } from "../../lib/frame/frame.ts";
import { grayFormat } from "../../lib/frame/frame_format.ts";
import { Latest } from "../../lib/frame/latest.ts";
import { Failure } from "../../lib/log/failure.ts";
import { type GraphItem, parseGraph } from "../../lib/vision/graph.ts";
import { definitions } from "../../lib/vision/registry.ts";
import { Vision } from "../../lib/vision/vision.ts";
import { workerRights } from "../../lib/vision/worker_rights.ts";
import { placeFrame } from "../frame/place_frame.ts";

const log = { debug() {}, info() {}, warn() {}, error() {}, status() {} } as never;

async function open(source: string): Promise<Vision> {
  const path = await Deno.makeTempFile({ suffix: ".js" });
  await Deno.writeTextFile(path, source);
  const graph = [{ kind: "own", path: `file://${path}`, options: {} }] as const;
  const { signal } = new AbortController();
  try {
    const format = grayFormat({ width: 4, height: 3 });
    return await Vision.open({ graph, format, log, timeoutMs: 500 }, { signal });
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("Vision.open() fails if a filter's module or function does not end", async () => {
  const never = [
    "export default () => { for (;;); };",
    "for (;;); export default () => ({ process() {} });",
    "await new Promise(() => {}); export default () => ({ process() {} });",
  ];
  await Promise.all(never.map(async (source) => {
    const failure = await assertRejects(() => open(source), Failure);
    assert(/\.js did not answer within 0.5 s$/.test(failure.message), failure.message);
  }));
});

Deno.test("Vision.open() throws the signal's reason if that is already aborted", async () => {
  const reason = new Error("asked to stop");
  const format = grayFormat({ width: 4, height: 3 });
  const options = { graph: parseGraph("blur", definitions), format, log };
  const thrown = await assertRejects(() =>
    Vision.open(options, { signal: AbortSignal.abort(reason) })
  );
  assertEquals(thrown, reason);
});

Deno.test("workerRights() allow reading OpenCV, the source and the cascades, and the folders of the user's modules only", () => {
  const own = { kind: "own", path: "file:///home/me/filters/mine.js", options: {} } as const;
  const built = parseGraph("faces=cascade=/models/cat.xml,edges,faces", definitions);
  const { read, ...others } = workerRights([own, ...built]);
  assert(Object.values(others).every((right) => right === false), Deno.inspect(others));
  assertEquals(Object.keys(others).sort(), ["env", "ffi", "import", "net", "run", "sys", "write"]);
  const [vision, frame, opencv, ...files] = (read as (string | URL)[]).map(String);
  assert(vision!.endsWith("/lib/vision/"), vision);
  assert(frame!.endsWith("/lib/frame/"), frame);
  assert(opencv!.includes("/opencv-wasm/"), opencv);
  assertEquals(files.slice(0, 2), ["file:///home/me/filters/", "/models/cat.xml"]);
  assert(files[2]!.endsWith("/lib/vision/models/haarcascade_frontalface_alt2.xml"), files[2]);
});

Deno.test("Vision.run() ends its output as over if it is stopped within a frame, as failed if the input failed", async () => {
  const endless = "export default () => ({ process(_, { sequence }) { while (sequence > 2); } });";
  for (const ending of [undefined, "failed"] as const) {
    const vision = await open(endless);
    const [input, output] = [new Latest<Frame>(), new Latest<Frame>()];
    const stop = new AbortController();
    const running = vision.run(input, output, stop);
    input.put(placeFrame({ sequence: 3 }));
    await new Promise((resolve) => setTimeout(resolve)); // the Worker has the frame
    if (ending) input.end(ending);
    stop.abort();
    await running;
    assertEquals(output.ending, ending ?? "over");
    await vision[Symbol.asyncDispose]();
  }
});

Deno.test("Vision.drawsDetections: whether all that the filters detect is drawn in the frames", async () => {
  const own = { kind: "own", path: await ownFilter(), options: {} } as const;
  const format = grayFormat({ width: 32, height: 24 });
  const draws = async (text: string, ...others: GraphItem[]) => {
    const graph = [...parseGraph(text, definitions), ...others];
    await using vision = await Vision.open({ graph, format, log }, new AbortController());
    return vision.drawsDetections;
  };
  const cases: [string, boolean, ...GraphItem[]][] = [
    ["motion", true],
    ["blur,motion,corners,flow", true],
    ["motion=draw=0", false],
    ["motion,corners=draw=0", false],
    ["blur", false],
    ["motion", false, own],
  ];
  for (const [text, expected, ...others] of cases) {
    assertEquals([text, await draws(text, ...others)], [text, expected]);
  }
  await Deno.remove(new URL(own.path));
});

/** A module with a filter that does nothing. */
async function ownFilter(): Promise<string> {
  const path = await Deno.makeTempFile({ suffix: ".js" });
  await Deno.writeTextFile(path, "export default () => ({ process() {} });");
  return `file://${path}`;
}
