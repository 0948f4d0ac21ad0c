/** The frames of films with different containers, sound and first timestamps. */

import { assertEquals, assertMatch } from "../assert.ts";
import { TempDir } from "./pictures.ts";
import { run, startServer } from "./programs.ts";

/** ffmpeg, with a film of 3 s at 25 frames a second and its sound in front of `args`. */
async function ffmpeg(...args: string[]): Promise<void> {
  const picture = ["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25", "-f", "lavfi", "-i", "sine"];
  await run("ffmpeg", ["-v", "error", ...picture, "-t", "3", "-c:v", "libx264", ...args]);
}

/** Plays a film to its end. Returns the exit code, the number of frames, and stderr. */
async function play(...args: string[]) {
  await using server = startServer(args);
  const { code, stderr } = await server.end();
  return { code, frames: Number(/^ended after (\d+) frames?/m.exec(stderr)?.[1] ?? NaN), stderr };
}

Deno.test("a film whose sound begins before its first frame has exactly its own frames", async () => {
  await using dir = new TempDir();
  const endings = ["mkv", "mp4", "mov", "flv", "ts"];
  await Promise.all(endings.map((ending) => ffmpeg("-c:a", "aac", dir.file(`film.${ending}`))));
  const films = await Promise.all(endings.map((ending) => play("-i", dir.file(`film.${ending}`))));
  assertEquals(films.map(({ frames }) => frames), [75, 75, 75, 75, 75]);
});

Deno.test("a film with gaps has the same frames with --no-pace, with -f and without", async () => {
  await using dir = new TempDir();
  const film = dir.file("gaps.mkv");
  await ffmpeg("-an", "-vf", "select='lt(mod(n,13),2)+gte(n,71)'", film);
  const ways = [[], ["--no-pace"], ["-f", "10"], ["--no-pace", "-f", "10"]];
  const films = await Promise.all(ways.map((way) => play("-i", film, ...way)));
  assertEquals(films.map(({ frames }) => frames), [75, 75, 30, 30]);
});

Deno.test("a recorded broadcast that begins inside a group of pictures does not count as damaged", async () => {
  await using dir = new TempDir();
  await ffmpeg("-an", "-g", "25", "-vf", "noise=alls=20:allf=t", dir.file("whole.ts"));
  const whole = await Deno.readFile(dir.file("whole.ts"));
  const packets = Math.floor(whole.length / 188 / 5);
  await Deno.writeFile(dir.file("part.ts"), whole.subarray(188 * packets));
  const { code, frames, stderr } = await play("-i", dir.file("part.ts"), "--no-pace");
  assertEquals(code, 0, stderr);
  assertEquals(frames > 45 && frames < 65, true, `${frames} frames`);
});

Deno.test("a film with damaged bytes is played as far as possible, exit 1 with ffmpeg's message", async () => {
  await using dir = new TempDir();
  await ffmpeg("-an", "-vf", "noise=alls=20:allf=t", dir.file("whole.mp4"));
  const bytes = await Deno.readFile(dir.file("whole.mp4"));
  const from = Math.floor(bytes.length * 0.4);
  for (let i = 0; i < bytes.length / 20; i++) bytes[from + i] = (i * 7919) % 251;
  await Deno.writeFile(dir.file("damaged.mp4"), bytes);
  const { code, stderr } = await play("-i", dir.file("damaged.mp4"), "--no-pace");
  assertEquals(code, 1, stderr);
  assertMatch(
    stderr,
    /error: ".*damaged\.mp4" is damaged after 7\d frames; ffmpeg says: \S+/,
  );
});
