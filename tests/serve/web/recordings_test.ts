import { Lossless } from "../../../lib/frame/lossless.ts";
import type { Frame } from "../../../lib/frame/frame.ts";
import { Failure } from "../../../lib/log/failure.ts";
import { FilmMemory, type MemoryLimits } from "../../../lib/serve/web/film_memory.ts";
import type { Archive } from "../../../lib/serve/web/film.ts";
import { Recordings } from "../../../lib/serve/web/recordings.ts";
import { assertEquals, assertExists } from "../../assert.ts";
import { placeFrame } from "../../frame/place_frame.ts";
import { MemoryStream } from "../../stream/memory_stream.ts";
import { memoryFilms } from "./memory_film.ts";
import { log } from "./web_pages.ts";

/** Recordings of a stream in memory. */
function setup(limits: Partial<MemoryLimits> = {}, frames?: Lossless<Frame>) {
  const { films, open } = memoryFilms();
  const warnings: string[] = [];
  const warn = (line: string) => void warnings.push(line);
  const recordings = new Recordings(new FilmMemory(open, limits), { log: { ...log, warn } });
  const stream = new MemoryStream({ fps: 30, ...(frames && { frames }) });
  const gone = Promise.withResolvers<void>();
  const published = { stream, frames: stream.frames, unpublished: gone.promise };
  const stop = new AbortController();
  const start = () => recordings.start("kitchen", published, { signal: stop.signal });
  const put = async (...sequences: number[]) => {
    for (const sequence of sequences) await stream.put(placeFrame({ sequence }));
  };
  const state = () => recordings.state("kitchen");
  return { films, recordings, stream, unpublish: gone.resolve, stop, start, put, state, warnings };
}

Deno.test("Recordings records from the start to the stop, for all who watch; a second start does nothing", async () => {
  const { films, recordings, start, put, state } = setup();
  await put(0);
  assertEquals([start(), start()], [true, false]);
  assertExists(state().since);
  await put(1, 2, 3);
  assertEquals(await recordings.stop("kitchen"), true);
  await put(4);
  assertEquals(films.map(({ sequences, isClosed }) => [sequences, isClosed]), [[[1, 2, 3], true]]);
  const { since, why, files } = state();
  assertEquals([since, why, files.map(({ bytes }) => bytes)], [null, null, [30]]);
  assertEquals(await recordings.stop("kitchen"), false);
  assertEquals(start(), true);
  await recordings.stop("kitchen");
});

Deno.test("Recordings: placeholders are not recorded, and without a picture there is no film", async () => {
  const { films, recordings, stream, start, state } = setup();
  start();
  await stream.put({ ...placeFrame(), kind: "placeholder" });
  await recordings.stop("kitchen");
  assertEquals([films.length, state().files, state().why], [0, [], "no picture has arrived"]);
});

Deno.test("Recordings: one ends with its stream, with its publication and with the server; over() waits for the film", async () => {
  for (const end of ["stream", "publication", "server"]) {
    const { films, recordings, stream, unpublish, stop, start, put, state, warnings } = setup();
    start();
    await put(1);
    if (end === "stream") stream.frames.end("over");
    if (end === "publication") unpublish();
    if (end === "server") stop.abort();
    await recordings.over();
    assertEquals([end, films[0]!.isClosed, films[0]!.isHurried], [end, true, end === "server"]);
    assertEquals([state().since, state().files.length], [null, 1]);
    assertEquals(state().why, "the stream has ended");
    assertEquals(stream.taps.delivered, 1);
    assertEquals(warnings, []);
  }
});

Deno.test("Recordings: one ends at the limit of its bytes and of its time", async () => {
  const large = setup({ filmBytes: 20 });
  large.start();
  await large.put(1, 2, 3);
  await large.recordings.over();
  assertEquals(large.films[0]!.sequences, [1, 2]);
  assertEquals(large.state().why, "it has reached 20 bytes");
  const long = setup({ seconds: 0.01 });
  long.start();
  await long.put(1);
  await long.recordings.over();
  assertEquals([long.state().why, long.state().files.length], ["it has lasted 0.01 s", 1]);
});

Deno.test("Recordings: a film that fails ends alone, what is there is kept, and the next start forgets why", async () => {
  const { films, recordings, stream, start, put, state } = setup();
  start();
  await put(1);
  films[0]!.failure = new Failure("Cannot write: the disk is full", "free some space");
  await put(2);
  await recordings.over();
  const { since, why, files } = state();
  assertEquals([since, why, files.length], [null, "Cannot write: the disk is full", 1]);
  await put(3);
  assertEquals(stream.frames.isEnded, false);
  start();
  assertEquals(state().why, null);
  await put(4);
  films[1]!.endFailure = new Error("ffmpeg ended");
  await recordings.stop("kitchen");
  assertEquals(state().why, "ffmpeg ended");
});

Deno.test("Recordings: the pages get to know no directory of the server", async () => {
  const path = "/srv/films";
  const why = `Cannot write "${path}/kitchen.mp4": the disk is full`;
  const archive: Archive = {
    ...{ path, maxSeconds: 60, files: () => [], read: () => Promise.resolve(undefined) },
    begin: () => {
      throw new Failure(why, "free some space");
    },
  };
  const warnings: string[] = [];
  const warn = (line: string) => void warnings.push(line);
  const recordings = new Recordings(archive, { log: { ...log, warn } });
  const stream = new MemoryStream({ fps: 30 });
  const published = { stream, frames: stream.frames, unpublished: new Promise<void>(() => {}) };
  recordings.start("kitchen", published, new AbortController());
  await stream.put(placeFrame());
  await recordings.over();
  assertEquals(recordings.state("kitchen").why, 'Cannot write "kitchen.mp4": the disk is full');
  assertEquals(warnings, [`recording of kitchen: ${why}`]);
});

Deno.test("Recordings: the state has the newest three films, the list has all", async () => {
  const { recordings, start, put, state } = setup({ films: 5 });
  for (let n = 0; n < 5; n++) {
    start();
    await put(n);
    await recordings.stop("kitchen");
  }
  const names = recordings.list("kitchen").files.map(({ name }) => name);
  assertEquals(names.length, 5);
  assertEquals(state().files.map(({ name }) => name), names.slice(0, 3));
});

Deno.test("Recordings: a lossless stream waits for the film, others do not", async () => {
  for (const isLossless of [true, false]) {
    const { films, recordings, start, put, stream } = setup(
      {},
      isLossless ? new Lossless<Frame>({ members: 0 }) : undefined,
    );
    start();
    await put(0);
    const gate = Promise.withResolvers<boolean>();
    films[0]!.write = () => gate.promise;
    let isWritten = false;
    const writing = stream.taps.write(placeFrame({ sequence: 1 })).then(() => isWritten = true);
    await Promise.race([writing, new Promise((resolve) => setTimeout(resolve, 0))]);
    assertEquals([isLossless, isWritten], [isLossless, !isLossless]);
    gate.resolve(true);
    await writing;
    await recordings.stop("kitchen");
  }
});
