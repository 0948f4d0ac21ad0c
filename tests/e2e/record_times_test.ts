/** The times in records: servers without a rate, gaps, clocks that jump. Checked with ffprobe. */

import { assert, assertAlmostEquals, assertEquals, assertMatch } from "../assert.ts";
import { WireServer } from "./frame_server.ts";
import { TempDir } from "./pictures.ts";
import { probe } from "./probe.ts";
import { startClient } from "./programs.ts";

const FILMS = ["a.mp4", "a.mkv", "a.webm", "a.avi", "a.y4m"];

/** Records films of each kind from a server. Returns stderr, and the times in each film. */
async function record(
  server: WireServer,
  { dir, args = [], films = FILMS }: { dir: TempDir; args?: string[]; films?: string[] },
): Promise<{ stderr: string; times: (name: string) => Promise<number[]> }> {
  const outputs = films.flatMap((name) => ["-o", dir.file(name)]);
  await using client = startClient(server.port, [...args, ...outputs]);
  const { code, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  return { stderr, times: async (name) => (await probe(dir.file(name))).times };
}

/** Whether frame n is at n/fps. */
function assertRate(times: number[], fps: number, name: string): void {
  times.forEach((time, n) => assertAlmostEquals(time, n / fps, 0.0015, `${name}: frame ${n}`));
}

Deno.test("client --fps 30 -o: frame n of a burst of raw frames is at n/30", async () => {
  await using dir = new TempDir();
  await using server = WireServer.raw(30);
  const args = ["--size", "16x16", "--fps", "30"];
  const { stderr, times } = await record(server, { dir, args });
  for (const name of FILMS) {
    const all = await times(name);
    assertEquals(all.length, 30, name);
    assertRate(all, 30, name);
  }
  assert(!stderr.includes("does not say its rate"), stderr);
});

Deno.test("client -o: a burst of raw frames is recorded at 25 fps, with a log line", async () => {
  await using dir = new TempDir();
  await using server = WireServer.raw(10);
  const { stderr, times } = await record(server, { dir, args: ["--size", "16x16"] });
  for (const name of FILMS) {
    const all = await times(name);
    assertEquals(all.length, 10, name);
    assertRate(all, 25, name);
  }
  assertMatch(
    stderr,
    /^the server does not announce its rate: recording at 25 fps, because .*--fps/m,
  );
});

Deno.test("client -o: the rate of a raw stream is measured, and its jitter is not recorded", async () => {
  await using dir = new TempDir();
  await using server = WireServer.raw(80, 40);
  const films = ["a.mkv", "a.y4m"];
  const { stderr, times } = await record(server, { dir, films, args: ["--size", "16x16"] });
  const [, fps = ""] = /recording at ([\d.]+) fps, as measured; --fps sets it/.exec(stderr) ?? [];
  assert(Number(fps) > 0, stderr);
  const all = await times("a.mkv");
  assertEquals(all.length, 80);
  // The measured frames are at the rate; the others follow the arrivals.
  assertRate(all.slice(0, 10), Number(fps), "a.mkv");
});

Deno.test("client -o: gaps are filled in a film of a constant rate", async () => {
  await using dir = new TempDir();
  const second = Array.from({ length: 10 }, (_, n) => n * 100);
  const captured = [...second, ...second.map((time) => time + 6000)];
  await using server = WireServer.y4m(captured);
  const { times } = await record(server, { dir });
  for (const name of ["a.avi", "a.y4m"]) {
    const all = await times(name);
    assertEquals(all.length, 70, name);
    assertRate(all, 10, name);
  }
  for (const name of ["a.mp4", "a.mkv", "a.webm"]) {
    assertEquals(await times(name), captured.map((time) => time / 1000), name);
  }
});

Deno.test("client -o: records continue where the server's times jump back", async () => {
  await using dir = new TempDir();
  const second = Array.from({ length: 10 }, (_, n) => 9e6 + n * 100);
  await using server = WireServer.y4m([...second, ...second.map((time) => time - 5e6)]);
  const films = [...FILMS, "a.gray"];
  const { stderr, times } = await record(server, { dir, films });
  for (const name of FILMS) {
    const all = await times(name);
    const steps = all.slice(1).map((time, i) => time - all[i]!);
    assert(steps.every((step) => step > 0), `${name}: ${all}`);
    assert(all.at(-1)! > 1.7 && all.at(-1)! < 60, `${name}: ${all.at(-1)} s`);
  }
  for (const name of films) assertMatch(stderr, new RegExp(`recorded .*${name}: 0:00:\\d\\d, `));
});

Deno.test("client -o --segment: segments continue where the server's times jump back", async () => {
  await using dir = new TempDir();
  const second = Array.from({ length: 10 }, (_, n) => 9e6 + n * 100);
  await using server = WireServer.y4m([
    ...second,
    ...second.map((time) => time - 5e6),
    ...second.map((time) => time - 5e6 + 1000),
  ]);
  await record(server, { dir, films: ["%d.gray"], args: ["--segment", "1"] });
  const sizes = [...Deno.readDirSync(dir.path)].map(({ name }) => name).sort()
    .map((name) => Deno.statSync(dir.file(name)).size / 256);
  assertEquals(sizes.reduce((sum, size) => sum + size), 30);
  // The first frame after a jump is at its arrival: at once.
  assert(sizes.length === 3 && sizes.every((size) => size >= 9 && size <= 11), sizes.join());
});
