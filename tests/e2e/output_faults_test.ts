/** Disks and readers that fail during a stream: that output ends, the other outputs continue. */

import { assertEquals } from "../assert.ts";
import { assertMatch, assertStringIncludes } from "../assert.ts";
import { FullDisk } from "./full_disk.ts";
import { TempDir } from "./pictures.ts";
import { commandLine, portOf, Program, shell, startClient, startServer } from "./programs.ts";

Deno.test({
  name: "outputs: a full disk ends only that output; with none left the client ends, exit code 1",
  ignore: !FullDisk.possible(),
  fn: async () => {
    await using dir = new TempDir();
    await using disk = await FullDisk.mount(dir.file("disk"));
    await using server = startServer(["--test", "-r", "64x48"]);
    const port = await portOf(server);
    const film = disk.file("film.gray");
    await using two = startClient(port, ["-o", film, "-o", "-", "--frames", "60"]);
    const { code, stdout, stderr } = await two.end();
    assertEquals([code, stdout.length], [1, 60 * 64 * 48], stderr);
    assertMatch(stderr, /^error: .*the disk is full; the other outputs continue$/m);
    assertMatch(stderr, /^error: .*the disk is full\nhint: {2}free some space/m);
    // Only whole frames.
    const { size } = await Deno.stat(film);
    assertEquals([size % (64 * 48), size > 0], [0, true]);
    await using one = startClient(port, ["-o", film]);
    const ended = await one.end();
    assertEquals(ended.code, 1);
    assertStringIncludes(ended.stderr, "the disk is full");
  },
});

Deno.test("outputs: a full disk of --events ends only that output", {
  ignore: !FullDisk.possible(),
}, async () => {
  await using dir = new TempDir();
  await using disk = await FullDisk.mount(dir.file("disk"));
  await Deno.writeFile(disk.file("filler"), new Uint8Array(98_000)).catch(() => {});
  await using server = startServer(["--test", "-r", "64x48", "-f", "60"]);
  const filter = ["--filter", "motion", "--events", disk.file("e.jsonl")];
  const args = [...filter, "-o", "-", "--frames", "400"];
  await using client = startClient(await portOf(server), args);
  const { code, stdout, stderr } = await client.end();
  assertEquals([code, stdout.length], [1, 400 * 64 * 48], stderr);
  assertStringIncludes(stderr, "the disk is full; the other outputs continue");
});

Deno.test("outputs: a reader that closes the pipe ends that output; the others are whole", async () => {
  await using dir = new TempDir();
  await using server = startServer(["--test", "-r", "64x48"]);
  const [command, args] = commandLine("client", [
    ...["127.0.0.1", String(await portOf(server)), "--display", "none"],
    ...["-o", "-", "-o", dir.file("x.gray"), "--frames", "90"],
  ]);
  // The reader takes some bytes and ends.
  await using both = new Program(...shell('"$@" | head -c 10000 >/dev/null', command, args));
  const { stderr } = await both.end();
  assertMatch(stderr, /ended after 90 frames/);
  assertEquals((await Deno.stat(dir.file("x.gray"))).size, 90 * 64 * 48);
});
