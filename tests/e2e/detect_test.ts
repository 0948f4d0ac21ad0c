/** `detect` in the real programs: a model written by hand, on a film with a red square; files that cannot be used. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { nanModel } from "../vision/onnx/broken_models.ts";
import { yolo8 } from "../vision/onnx/models.ts";
import { TempDir } from "./pictures.ts";
import { portOf, run, startClient, startServer } from "./programs.ts";

/** The model looks at cells of 32 pixels; the square fills some of them. */
const shape = { width: 160, height: 160, cell: 32 };

async function writeModel(dir: TempDir, bytes = yolo8(shape)): Promise<string> {
  const path = dir.file("squares.onnx");
  await Deno.writeFile(path, bytes);
  return path;
}

/** A gray film of 160x120 with a red square at 64,44 of 32x32: cell (2, 2) of the letterboxed picture. */
async function squareFilm(dir: TempDir): Promise<string> {
  const film = dir.file("square.mkv");
  await run("ffmpeg", [
    ...["-v", "error", "-y", "-f", "lavfi", "-i", "color=c=gray:s=160x120:r=30"],
    ...["-f", "lavfi", "-i", "color=c=red:s=32x32:r=30"],
    ...["-filter_complex", "overlay=x=64:y=44:format=yuv444,format=yuvj420p"],
    ...["-t", "1", "-c:v", "ffv1", film],
  ]);
  return film;
}

interface Event {
  readonly boxes: number[][];
  readonly labels: string[];
  readonly scores: number[];
}

function eventsIn(stdout: Uint8Array): Event[] {
  const lines = new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as Event);
}

Deno.test("client --filter detect: boxes, labels and scores of a model, in colors", async () => {
  await using dir = new TempDir();
  const model = await writeModel(dir);
  await using server = startServer(["-i", await squareFilm(dir), "--loop", "--color"]);
  const graph = `detect=model=${model}:classes=red:workers=2`;
  await using client = startClient(await portOf(server), [
    ...["--filter", graph, "--events", "-", "--frames", "45"],
  ]);
  const { code, stdout, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  const events = eventsIn(stdout);
  assert(events.length > 5, `${events.length} events`);
  for (const { boxes, labels, scores } of events) {
    assertEquals(labels, ["red"]);
    // 2.5 cells wide, 1.75 cells high, around the square's center.
    assertEquals(boxes, [[40, 32, 80, 56]]);
    assert(scores[0]! > 0.9 && scores[0]! <= 1, String(scores));
  }
});

Deno.test("client --filter detect: a gray stream has no red square", async () => {
  await using dir = new TempDir();
  const model = await writeModel(dir);
  await using server = startServer(["-i", await squareFilm(dir), "--loop"]);
  await using client = startClient(await portOf(server), [
    ...["--filter", `detect=${model}:sync=1`, "--events", "-", "--frames", "10"],
  ]);
  const { code, stdout, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  const events = eventsIn(stdout);
  assertEquals(events.length, 10, "sync=1 reports each frame");
  assertEquals(events.flatMap(({ boxes }) => boxes), []);
});

Deno.test("client --filter detect: a model that fails later costs the stream nothing, and is told once", async () => {
  await using dir = new TempDir();
  const model = await writeModel(dir, nanModel(shape)); // returns NaN for a black picture without borders
  const black = dir.file("black.mkv");
  await run("ffmpeg", [
    ...["-v", "error", "-y", "-f", "lavfi", "-i", "color=c=black:s=160x160:r=30"],
    ...["-vf", "scale=out_range=full,format=gray", "-t", "1", "-c:v", "ffv1", black],
  ]);
  await using server = startServer(["-i", black, "--loop"]);
  await using client = startClient(await portOf(server), [
    ...["--filter", `detect=${model}:sync=1`, "--events", "-", "--frames", "40"],
  ]);
  const { code, stdout, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  assertMatch(stderr, /ended after 40 frames/);
  assertEquals(new TextDecoder().decode(stdout), "");
  const told = stderr.match(
    /filter detect: .*output0 has values that are not finite numbers \(NaN\)/g,
  );
  assertEquals(told?.length, 1, stderr);
});

Deno.test("client --filter detect: two lines for each file that cannot be used, exit code 1", async (test) => {
  await using dir = new TempDir();
  await using server = startServer(["--test", "-r", "160x120"]);
  const port = await portOf(server);
  const model = await writeModel(dir);
  const large = dir.file("large.onnx");
  await Deno.writeFile(large, new Uint8Array([8, 7]));
  await Deno.truncate(large, 2 * 1024 ** 3);
  const cut = dir.file("cut.onnx");
  await Deno.writeFile(cut, (await Deno.readFile(model)).slice(0, 500));
  const labels = dir.file("labels.txt");
  await Deno.writeTextFile(labels, "\n\n");
  const table: [graph: string, says: string][] = [
    ["detect", "detect: the model is missing: detect=model=FILE.onnx"],
    ["detect=/nowhere.onnx", 'Cannot read the model "/nowhere.onnx": there is no such file'],
    [`detect=${dir.file(".")}`, "it is not a file"],
    [`detect=${large}`, "it has 2147 MB; expected at most 1000 MB"],
    [`detect=${cut}`, `Cannot use the model "${cut}": the file is cut off or damaged`],
    [`detect=${labels}`, "it is not an ONNX model"],
    [`detect=${model}:labels=${labels}`, `Cannot use the labels "${labels}": the file is empty`],
    [`detect=${model}:classes=person`, 'it has no class "person" (available: red, green, blue)'],
  ];
  for (const [graph, says] of table) {
    await test.step(says, async () => {
      await using client = startClient(port, ["--filter", graph]);
      const { code, stderr } = await client.end();
      assertEquals(code, 1, stderr);
      const [error = "", hint = "", ...more] = stderr.trim().split("\n").slice(-2);
      assertStringIncludes(error, says);
      assertMatch(error, /^error: Cannot start the filters: /);
      assertMatch(hint, /^hint: {2}/);
      assertEquals(more, []);
    });
  }
});
