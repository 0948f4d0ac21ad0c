/** `track` in the real programs: numbers and events of objects in a film of known truth, `--exec`, and its errors. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import type { Box, Detection } from "../../lib/frame/detection.ts";
import { film, FRAMES, scoreLine, scoreOf } from "../vision/tracking/known_film.ts";
import { faceFilm, facePlace, TempDir } from "./pictures.ts";
import { portOf, run, startClient, startServer } from "./programs.ts";

/** The film as a file without losses. */
async function filmFile(dir: TempDir): Promise<string> {
  const [raw, file] = [dir.file("film.gray"), dir.file("film.mkv")];
  await Deno.writeFile(raw, new Blob(film()).stream());
  const input = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", "320x240", "-r", "30", "-i", raw];
  await run("ffmpeg", ["-v", "error", ...input, "-c:v", "ffv1", file]);
  return file;
}

function serve(file: string) {
  return startServer(["-i", file, "--lossless", "--wait-for-clients", "1"]);
}

function parseLines(text: string): Detection[] {
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

Deno.test("client --filter motion,track --events -: each object keeps its number, enters and leaves; --exec runs once for each", async () => {
  await using dir = new TempDir();
  const [hook, log] = [dir.file("hook.sh"), dir.file("log")];
  const names = ["EVENT", "ID", "LABEL", "ZONE", "SEQUENCE"].map((name) => `<$FRAMEWIRE_${name}>`);
  await Deno.writeTextFile(hook, `#!/bin/sh\necho "${names.join(" ")}" >> ${log}\n`, {
    mode: 0o755,
  });
  await using server = serve(await filmFile(dir));
  const args = ["--filter", "motion,track", "--events", "-", "--exec", hook];
  await using client = startClient(await portOf(server), args);
  const { code, stdout, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  const lines = parseLines(new TextDecoder().decode(stdout));
  assertEquals([...new Set(lines.map(({ filter }) => filter))], ["track"]);

  const reports = lines.filter(({ ids }) => ids) as unknown as {
    sequence: number;
    boxes: Box[];
    ids: number[];
  }[];
  assertEquals(reports.length, FRAMES);
  const score = scoreOf(reports);
  console.log(scoreLine("motion,track in the programs", score));
  assert(score.switches + score.mixed <= 2 && score.recall > 0.85);

  const entered = lines.filter(({ event }) => event === "entered");
  const left = lines.filter(({ event }) => event === "left");
  const ids = entered.map(({ id }) => id);
  assertEquals(new Set(ids).size, ids.length);
  assertEquals(left.map(({ id }) => id).toSorted(), ids.toSorted());
  // "right" crosses the picture from edge to edge at 90 pixels a second.
  const [crossed] = score.ids.get("right")!;
  const { seconds, path, label } = left.find(({ id }) => id === crossed)!;
  assertEquals(label, "motion");
  assert(Math.abs(Number(seconds) - 348 / 90) < 0.5, `${seconds} s`);
  const xs = (path as [number, number][]).map(([x]) => x);
  assert(xs.length > 8 && xs[0]! < 30 && xs.at(-1)! > 290, xs.join());
  assertEquals(xs, xs.toSorted((a, b) => a - b));

  // The programs run one after another; those that wait when the client ends are dropped.
  const ran = (await Deno.readTextFile(log)).trim().split("\n");
  const expected = entered.map(({ id, sequence }) => `<entered> <${id}> <motion> <> <${sequence}>`);
  assertEquals(ran, expected.slice(0, ran.length));
  assert(ran.length >= expected.length - 2, `${ran.length} of ${expected.length}`);
});

Deno.test("client --filter ...,track=zone: events name the zone, --exec gets it", async () => {
  await using dir = new TempDir();
  const hook = dir.file("hook.sh");
  await Deno.writeTextFile(hook, '#!/bin/sh\necho "$FRAMEWIRE_EVENT $FRAMEWIRE_ZONE"\n', {
    mode: 0o755,
  });
  await using server = serve(await filmFile(dir));
  const graph = "resize=width=160,motion=min=6,track=zone='door:100,30,80,40'";
  const args = ["--filter", graph, "--events", dir.file("events"), "--exec", hook];
  await using client = startClient(await portOf(server), args);
  const { code, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  const events = parseLines(await Deno.readTextFile(dir.file("events"))).filter(({ event }) =>
    event
  );
  // "right" and "left" pass through the zone, one from each side.
  assertEquals(events.filter(({ event }) => event === "entered").length, 2, JSON.stringify(events));
  assertEquals(events.filter(({ event }) => event === "left").length, 2);
  assert(events.every(({ zone, path }) => {
    return zone === "door" &&
      (path as [number, number][]).every(([x, y]) => x >= 99 && x <= 181 && y >= 29 && y <= 71);
  }));
  assertMatch(stderr, /hook\.sh: entered door/);
});

Deno.test("client --filter faces=rate=4,track: each frame has the boxes of the newest search, moved, with their age", async () => {
  await using dir = new TempDir();
  await using server = startServer(["-i", await faceFilm(dir), "--loop"]);
  const args = ["--filter", "faces=rate=4,track=hits=2", "--events", "-", "--duration", "5"];
  await using client = startClient(await portOf(server), args);
  const { code, stdout, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  const lines = parseLines(new TextDecoder().decode(stdout)).filter(({ ids }) => ids);
  const found = lines.filter(({ boxes = [] }) => boxes.length > 0);
  const ages = found.map(({ age }) => Number(age ?? 0)).sort((a, b) => a - b);
  const ids = new Set(found.flatMap(({ ids }) => ids as number[]));
  const places = found.filter(({ boxes = [] }) => boxes.some((box) => facePlace(box)));
  console.log(
    `faces=rate=4,track: ${found.length} reports with boxes, age median ` +
      `${ages[ages.length >> 1]} ms, most ${ages.at(-1)} ms, numbers ${[...ids].join()}`,
  );
  assert(found.length > 40, `${found.length} of ${lines.length}`);
  assert(ages.at(-1)! > 100, "no moved boxes");
  assert(places.length >= 0.9 * found.length, `${places.length} of ${found.length} at the face`);
  assert(ids.size <= 2, `${[...ids]}`);
});

for (
  const [graph, why] of [
    ["track", "track has nothing to follow: expected a filter before it that reports boxes"],
    ["blur,track,faces", "track has nothing to follow"],
    ["faces,track=zone=gate", 'zone is "gate", expected NAME/X/Y/WIDTH/HEIGHT in pixels'],
    ["faces,track=keep=-1", "expected a number from 0 to 60"],
  ] as const
) {
  Deno.test(`client --filter ${graph} is an error in two lines`, async () => {
    await using client = startClient(1, ["--filter", graph]);
    const { code, stderr } = await client.end();
    assertEquals(code, 2, stderr);
    const lines = stderr.trim().split("\n");
    assertEquals(lines.length, 2, stderr);
    assertStringIncludes(lines[0]!, why);
    assertMatch(lines[1]!, /^hint: /);
  });
}

Deno.test("client --filter: a zone beyond the frame is an error in two lines", async () => {
  await using server = startServer(["--test", "-r", "320x240"]);
  const args = ["--filter", "motion,track=zone=gate/0/120/200/240"];
  await using client = startClient(await portOf(server), args);
  const { code, stderr } = await client.end();
  assertEquals(code, 1, stderr);
  const lines = stderr.split("\n").filter((line) => /^(error|hint):/.test(line));
  assertEquals(lines.length, 2, stderr);
  assertStringIncludes(
    lines[0]!,
    "track: zone gate (x 0, y 120, width 200, height 240) reaches beyond the frame of 320x240",
  );
});

Deno.test("client --filter list explains track", async () => {
  await using client = startClient(1, ["--filter", "list"]);
  const text = new TextDecoder().decode((await client.end()).stdout);
  assertMatch(text, /^track: objects that keep their number/m);
  for (const name of ["iou=0.3", "keep=1", "hits=3", "score=0", "zone=", "draw=1"]) {
    assertStringIncludes(text, `    ${name} `);
  }
});
