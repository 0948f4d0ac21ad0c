/** Which files the client creates, when, and their content. */

import { assert, assertEquals, assertMatch } from "../assert.ts";
import { WireServer } from "./frame_server.ts";
import { grayOf, same, TempDir } from "./pictures.ts";
import { probe } from "./probe.ts";
import { freePort, portOf, startClient, startServer } from "./programs.ts";

function names(dir: TempDir): string[] {
  return [...Deno.readDirSync(dir.path)].map(({ name }) => name).sort();
}

Deno.test("client -o: no file is created or changed where the server refuses or does not run", async () => {
  await using dir = new TempDir();
  await Deno.mkdir(dir.file("out"));
  await Deno.writeTextFile(dir.file("token"), "a-token-of-some-length", { mode: 0o600 });
  await Deno.writeTextFile(dir.file("out/old.mp4"), "mine");
  await Deno.writeTextFile(dir.file("out/old.jsonl"), "mine");
  await using server = startServer(["--test", "--token-file", dir.file("token")]);
  for (const port of [await portOf(server), freePort()]) {
    for (const name of ["new", "old"]) {
      const films = ["mp4", "gray", "y4m"].flatMap((ending) => [
        ...["-o", dir.file(`out/${name}.${ending}`)],
      ]);
      const lines = ["--events", dir.file(`out/${name}.jsonl`), "--filter", "motion"];
      const args = [...films, "-o", dir.file("out/%d.png"), ...lines];
      await using client = startClient(port, [...args, "--stats", dir.file("out/stats")]);
      assertEquals((await client.end()).code, 1);
    }
  }
  assertEquals([...Deno.readDirSync(dir.file("out"))].map(({ name }) => name).sort(), [
    ...["old.jsonl", "old.mp4"],
  ]);
  assertEquals(await Deno.readTextFile(dir.file("out/old.mp4")), "mine");
  assertEquals(await Deno.readTextFile(dir.file("out/old.jsonl")), "mine");
});

Deno.test("client --events: a stream without detections gives an empty file", async () => {
  await using dir = new TempDir();
  await Deno.writeTextFile(dir.file("old.jsonl"), "of another run");
  await using server = WireServer.y4m([0, 100, 200]);
  const args = [
    "--filter",
    "faces",
    "--events",
    dir.file("old.jsonl"),
    "--events-only-on",
    "change",
  ];
  await using client = startClient(server.port, args);
  assertEquals((await client.end()).code, 0);
  assert(!(await Deno.readTextFile(dir.file("old.jsonl"))).includes("another run"));
});

Deno.test("client -o %d.png: numbered stills, as in ffmpeg", async () => {
  await using dir = new TempDir();
  await using server = WireServer.y4m([0, 100, 200]);
  await using client = startClient(server.port, ["-o", dir.file("%d.png")]);
  const { code, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  assertEquals(names(dir), ["1.png", "2.png", "3.png"]);
});

Deno.test("client -o: the time and a number in the name of stills", async () => {
  await using dir = new TempDir();
  await using server = WireServer.y4m([0, 100]);
  await using client = startClient(server.port, ["-o", dir.file("%Y%%_%02d.png")]);
  const { code, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  const year = new Date().getFullYear();
  assertEquals(names(dir), [`${year}%_01.png`, `${year}%_02.png`]);
});

Deno.test("client -o: an odd size stays, or the client logs the new one", async () => {
  await using dir = new TempDir();
  await using server = WireServer.y4m([0, 100, 200], { width: 163, height: 121 });
  const films = ["a.mp4", "a.webm", "a.avi"].flatMap((name) => ["-o", dir.file(name)]);
  await using client = startClient(server.port, films);
  const { code, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  assertMatch(stderr, /a\.mp4: H\.264 needs even sides, .* is 164x122 \(\.webm .* keep 163x121\)/);
  assertEquals(stderr.match(/even sides/g)?.length, 1, stderr);
  for (const [name, size] of [["a.mp4", "164x122"], ["a.webm", "163x121"], ["a.avi", "163x121"]]) {
    assertEquals((await probe(dir.file(name!))).size, size, name);
  }
});

Deno.test("client --codec ffv1, and --crf 0: records are lossless, bit for bit", async () => {
  await using dir = new TempDir();
  for (const choice of [["--codec", "ffv1"], ["--crf", "0"]]) {
    const [gray, film] = [dir.file("a.gray"), dir.file("a.mkv")];
    await using server = WireServer.y4m([0, 100, 200, 300], { width: 161, height: 121 });
    await using client = startClient(server.port, ["-o", gray, "-o", film, ...choice]);
    const { code, stderr } = await client.end();
    assertEquals(code, 0, stderr);
    assertEquals((await probe(film)).codec, choice[1] === "ffv1" ? "ffv1" : "h264");
    assert(same(await grayOf(film), await Deno.readFile(gray)), choice.join(" "));
  }
});
