import { FilmDirectory } from "../../../lib/serve/web/film_directory.ts";
import { assertEquals, assertMatch } from "../../assert.ts";
import { placeFrame } from "../../frame/place_frame.ts";
import { log } from "./web_pages.ts";
import { MemoryFilm } from "./memory_film.ts";

const source = { format: placeFrame().format, fps: 30 };

/** An archive in a directory that is removed at the end; a film is a file with its number of frames as text. */
async function directory({ keep = 20, maxBytes = 100 } = {}) {
  const path = await Deno.makeTempDir();
  const open = () =>
    new FilmDirectory(path, {
      ...{ keep, maxBytes, log },
      open: (request) => new MemoryFilm(request),
    });
  const record = (archive: FilmDirectory, stream: string, text: string) => {
    const begun = archive.begin(stream, source);
    Deno.writeTextFileSync((begun.film as MemoryFilm).name, text);
    begun.keep();
    return begun;
  };
  const names = () => [...Deno.readDirSync(path)].map(({ name }) => name).sort();
  const remove = () => Deno.remove(path, { recursive: true });
  return { path, open, record, names, [Symbol.asyncDispose]: remove };
}

async function textOf(body: ReadableStream<Uint8Array> | undefined): Promise<string | undefined> {
  return body && await new Response(body).text();
}

Deno.test("FilmDirectory keeps the newest films of a stream, and leaves all other files alone", async () => {
  await using dir = await directory({ keep: 2 });
  Deno.writeTextFileSync(`${dir.path}/kitchen_2020-01-02_03-04-05.mp4`, "old");
  const others = [
    "kitchen_2020-01-02_03-04-05.mkv",
    "kitchen_2_2020-01-02_03-04-05.mp4",
    "my kitchen_2020-01-02_03-04-05.mp4",
    "kitchen.mp4",
  ];
  for (const name of others) Deno.writeTextFileSync(`${dir.path}/${name}`, "other");
  const archive = dir.open();
  const [old] = archive.files("kitchen");
  assertEquals(old?.name, "kitchen_2020-01-02_03-04-05.mp4");
  assertEquals(old && new Date(old.began), new Date(2020, 0, 2, 3, 4, 5));
  for (const text of ["1", "22", "333"]) dir.record(archive, "kitchen", text);
  assertEquals(archive.files("kitchen").map(({ bytes }) => bytes), [3, 2]);
  const kept = archive.files("kitchen").map(({ name }) => name);
  assertEquals(dir.names(), [...others, ...kept].sort());
});

Deno.test("FilmDirectory lists the films of an earlier run with their sizes", async () => {
  await using dir = await directory();
  dir.record(dir.open(), "kitchen", "1");
  dir.record(dir.open(), "kitchen", "22");
  assertEquals(dir.open().files("kitchen").map(({ bytes }) => bytes), [2, 1]);
  assertEquals(dir.open().files("garden"), []);
});

Deno.test("FilmDirectory keeps the films of streams apart whose names differ in what no file name has", async () => {
  await using dir = await directory({ keep: 1 });
  const streams = ["a_b", "a b", "a/b", "a~20b", "../a", "é"];
  const archive = dir.open();
  for (const stream of streams) dir.record(archive, stream, stream);
  for (const stream of streams) {
    const [{ name } = { name: "" }, ...more] = dir.open().files(stream);
    assertEquals([more, Deno.readTextFileSync(`${dir.path}/${name}`)], [[], stream]);
  }
});

Deno.test("FilmDirectory.read() gives any part of a film, and nothing that is not listed", async () => {
  await using dir = await directory();
  Deno.writeTextFileSync(`${dir.path}/secret`, "secret");
  const archive = dir.open();
  dir.record(archive, "kitchen", "0123456789");
  const [{ name } = { name: "" }] = archive.files("kitchen");
  const read = async (stream: string, name: string, from = 0, to = 6) =>
    await textOf(await archive.read(stream, name, { from, to }));
  assertEquals(await read("kitchen", name, 0, 10), "0123456789");
  assertEquals(await read("kitchen", name, 3, 5), "34");
  assertEquals(await read("garden", name), undefined);
  for (const other of ["secret", "../secret", `./${name}`, "", "."]) {
    assertEquals([other, await read("kitchen", other)], [other, undefined]);
  }
});

Deno.test("FilmDirectory.read() closes the file when its reader leaves, before the first byte too", async () => {
  await using dir = await directory();
  const archive = dir.open();
  dir.record(archive, "kitchen", "0123456789");
  const [{ name } = { name: "" }] = archive.files("kitchen");
  await (await archive.read("kitchen", name, { from: 0, to: 10 }))!.cancel();
});

Deno.test("FilmDirectory: a film that somebody else has removed is listed no more", async () => {
  await using dir = await directory();
  const archive = dir.open();
  dir.record(archive, "kitchen", "1");
  const [{ name } = { name: "" }] = archive.files("kitchen");
  Deno.removeSync(`${dir.path}/${name}`);
  assertEquals(await archive.read("kitchen", name, { from: 0, to: 1 }), undefined);
  assertEquals(archive.files("kitchen"), []);
});

Deno.test("FilmDirectory: a directory that is gone has no films, and the state can still be told", async () => {
  const dir = await directory();
  const archive = dir.open();
  await dir[Symbol.asyncDispose]();
  assertEquals(archive.files("kitchen"), []);
});

Deno.test("FilmDirectory: a film without a byte is removed; one has a limit", async () => {
  await using dir = await directory({ maxBytes: 20 });
  const archive = dir.open();
  dir.record(archive, "kitchen", "");
  assertEquals([archive.files("kitchen"), dir.names()], [[], []]);
  const { film, full } = archive.begin("kitchen", source);
  film.offer(placeFrame());
  assertEquals(full(), undefined);
  film.offer(placeFrame());
  assertMatch(full() ?? "", /^it has reached 20 bytes$/);
});
