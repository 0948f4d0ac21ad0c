import { FilmMemory, type MemoryLimits } from "../../../lib/serve/web/film_memory.ts";
import { assertEquals, assertMatch, assertRejects } from "../../assert.ts";
import { placeFrame } from "../../frame/place_frame.ts";
import { memoryFilms } from "./memory_film.ts";

const source = { format: placeFrame().format, fps: 30 };

function memory(limits: Partial<MemoryLimits> = {}) {
  const archive = new FilmMemory(memoryFilms().open, limits);
  /** Records so many frames of 10 bytes, whose numbers count on. */
  const record = (stream: string, frames: number, first = 0) => {
    const begun = archive.begin(stream, source);
    for (let i = 0; i < frames; i++) begun.film.offer(placeFrame({ sequence: first + i }));
    begun.keep();
    return begun;
  };
  return { archive, record };
}

Deno.test("FilmMemory keeps the newest films of each stream, and lists them the newest first", () => {
  const { archive, record } = memory({ films: 2 });
  for (const frames of [1, 2, 3]) record("kitchen", frames);
  record("garden", 4);
  assertEquals(archive.files("kitchen").map(({ bytes }) => bytes), [30, 20]);
  assertEquals(archive.files("garden").map(({ bytes }) => bytes), [40]);
  const [newest, older] = archive.files("kitchen");
  assertMatch(newest!.name, /^kitchen_\d{4}(-\d\d){2}_\d\d(-\d\d){2}(-\d+)?\.mp4$/);
  assertEquals(newest!.seconds, 0.1);
  assertEquals(newest!.name === older!.name, false, "films of one second have different names");
});

Deno.test("FilmMemory: the name of a film has no character that a path or a header could take for another", () => {
  const { archive, record } = memory();
  record('../a b"\r\n', 1);
  assertMatch(archive.files('../a b"\r\n')[0]!.name, /^~2e~2e~2fa~20b~22~0d~0a_\d{4}[-_\d]+\.mp4$/);
});

Deno.test("FilmMemory.read() gives any part of a film, of that stream only", async () => {
  const { archive, record } = memory();
  record("kitchen", 3, 1);
  const [{ name } = { name: "" }] = archive.files("kitchen");
  const read = async (stream: string, from: number, to: number) => {
    const body = await archive.read(stream, name, { from, to });
    return body && [...await new Response(body).bytes()];
  };
  assertEquals(await read("kitchen", 0, 30), [1, 2, 3].flatMap((n) => Array(10).fill(n)));
  assertEquals(await read("kitchen", 8, 22), [1, 1, ...Array(10).fill(2), 3, 3]);
  assertEquals(await read("kitchen", 10, 11), [2]);
  assertEquals(await read("garden", 0, 30), undefined);
});

Deno.test("FilmMemory: too many bytes in total remove the oldest film, then end the new one", () => {
  const { archive, record } = memory({ totalBytes: 100 });
  record("kitchen", 4);
  record("garden", 4);
  const begun = record("hall", 6);
  assertEquals(archive.files("kitchen"), []);
  assertEquals(archive.files("garden").length, 1);
  assertEquals(begun.full(), undefined);
  const large = record("attic", 11);
  assertEquals([archive.files("garden"), archive.files("hall")], [[], []]);
  assertEquals(large.full(), "the memory for recordings is full");
});

Deno.test("FilmMemory: a film has a limit", () => {
  const { record } = memory({ filmBytes: 30 });
  assertEquals(record("a", 2).full(), undefined);
  assertEquals(record("a", 3).full(), "it has reached 30 bytes");
});

Deno.test("FilmMemory: who reads a film that is removed does not keep it in memory: the rest fails", async () => {
  const { archive, record } = memory({ films: 1 });
  record("kitchen", 3);
  const [{ name } = { name: "" }] = archive.files("kitchen");
  const body = (await archive.read("kitchen", name, { from: 0, to: 30 }))!;
  const reader = body.getReader();
  await reader.read();
  record("kitchen", 1);
  await assertRejects(
    async () => {
      while (!(await reader.read()).done);
    },
    Error,
    "the film was removed",
  );
});
