import { FilmMemory } from "../../../lib/serve/web/film_memory.ts";
import { Recordings } from "../../../lib/serve/web/recordings.ts";
import { assertEquals, assertMatch } from "../../assert.ts";
import { placeFrame } from "../../frame/place_frame.ts";
import { memoryFilms } from "./memory_film.ts";
import { log, webPages } from "./web_pages.ts";

/** Pages of a stream, and of a second one if asked for, whose recordings are in memory. */
function pages({ token }: { token?: string } = {}) {
  const recordings = new Recordings(new FilmMemory(memoryFilms().open), { log });
  const made = webPages({ recordings, ...(token && { token }) });
  const post = async (action: unknown, path = "/record", headers: HeadersInit = {}) => {
    const body = typeof action === "string" ? JSON.stringify({ action }) : JSON.stringify(action);
    return await made.ask(path, { method: "POST", body, headers });
  };
  /** Records a frame of ten bytes, each its number. Returns the name of the film. */
  const record = async (sequence = 7) => {
    await (await post("start")).body?.cancel();
    await made.stream.put(placeFrame({ sequence }));
    const { recording } = await (await post("stop")).json();
    return recording.files[0].name as string;
  };
  return { ...made, recordings, post, record };
}

Deno.test("record routes: start, state, a second start, stop, list, download", async () => {
  const { ask, post, stream } = pages();
  const started = await (await post("start")).json();
  assertMatch(started.recording.since, /^\d{4}-.*Z$/);
  const again = await post("start", "/camera/record");
  const { error, recording } = await again.json();
  assertEquals([again.status, error], [409, "it is being recorded already"]);
  assertEquals(recording, started.recording);
  assertEquals((await (await ask("/camera/state")).json()).recording, started.recording);
  await stream.put(placeFrame({ sequence: 5 }));
  const stopped = await (await post("stop")).json();
  const [{ name, bytes }] = stopped.recording.files;
  assertEquals([stopped.recording.since, bytes], [null, 10]);
  assertEquals((await (await ask("/camera/record")).json()).recording, stopped.recording);
  const film = await ask(`/record/${name}`);
  assertEquals([film.status, [...await film.bytes()]], [200, Array(10).fill(5)]);
  assertEquals(film.headers.get("content-type"), "video/mp4");
  assertEquals(film.headers.get("content-length"), "10");
  assertEquals(film.headers.get("content-disposition"), `attachment; filename="${name}"`);
  const none = await post("stop");
  assertEquals([none.status, (await none.json()).error], [409, "nothing is being recorded"]);
});

Deno.test("record routes: a part of a film, as players ask for it", async () => {
  const { ask, record } = pages();
  const name = await record();
  const part = async (range: string) => {
    const response = await ask(`/camera/record/${name}`, { headers: { range } });
    return [
      response.status,
      response.headers.get("content-range"),
      (await response.bytes()).length,
    ];
  };
  assertEquals(await part("bytes=2-4"), [206, "bytes 2-4/10", 3]);
  assertEquals(await part("bytes=8-"), [206, "bytes 8-9/10", 2]);
  assertEquals(await part("bytes=-4"), [206, "bytes 6-9/10", 4]);
  assertEquals(await part("bytes=5-99"), [206, "bytes 5-9/10", 5]);
  assertEquals((await part("bytes=10-")).slice(0, 2), [416, "bytes */10"]);
  for (const whole of ["bytes=-", "bytes=1-2,4-5", "lines=1-2"]) {
    assertEquals([whole, ...await part(whole)], [whole, 200, null, 10]);
  }
  const head = await ask(`/record/${name}`, { method: "HEAD" });
  assertEquals([head.status, head.body, head.headers.get("content-length")], [200, null, "10"]);
});

Deno.test("record routes: only films of that stream are sent, whatever the path is", async () => {
  const { ask, record } = pages();
  const name = await record();
  const paths = [`/record/../${name}`, `/record/%2e%2e%2f${name}`, `/garden/record/${name}`];
  for (const path of [...paths, "/record/x.mp4", "/camera/record/.mp4", "/nosuch/record"]) {
    const { status, body } = await ask(path);
    await body?.cancel();
    assertEquals([path, status], [path, 404]);
  }
});

Deno.test("record routes: what is no action gets 400, a long body 413, another method 405", async () => {
  const { ask, post, recordings } = pages();
  for (const action of ["pause", 1, null, {}, { action: ["start"] }]) {
    const response = await post(action);
    assertEquals([response.status, await response.text()], [
      400,
      'the body must be {"action":"start"} or {"action":"stop"}\n',
    ]);
  }
  const noJson = await ask("/record", { method: "POST", body: "action=start" });
  assertEquals([noJson.status, (await noJson.text()).length > 0], [400, true]);
  const long = await post("x".repeat(5000));
  assertEquals([long.status, await long.text()], [413, "the request is too long\n"]);
  for (const method of ["PUT", "DELETE", "PATCH"]) {
    const response = await ask("/camera/record", { method });
    assertEquals([response.status, response.headers.get("allow")], [405, "GET, HEAD, POST"]);
    await response.body?.cancel();
  }
  const film = await ask("/record/a.mp4", { method: "DELETE" });
  assertEquals([film.status, await film.text()], [405, "only GET and HEAD are supported\n"]);
  assertEquals(recordings.state("camera").since, null);
});

Deno.test("record routes: a page of another site can't start one, and nobody can without the token", async () => {
  const { ask, post, recordings } = pages({ token: "correct-horse" });
  const token = { authorization: "Bearer correct-horse" };
  for (const origin of ["http://evil.example", "null", "http://localhost:1"]) {
    const response = await post("start", "/record", { ...token, origin });
    assertEquals([response.status, (await response.text()).length > 0], [403, true]);
  }
  const outside = [await post("start"), await ask("/record"), await ask("/record/a.mp4")];
  for (const response of outside) {
    assertEquals([response.status, await response.text()], [401, "a token is required\n"]);
  }
  assertEquals(recordings.state("camera").since, null);
  const own = await post("start", "/record", { ...token, origin: "http://localhost" });
  assertEquals([own.status, typeof (await own.json()).recording.since], [200, "string"]);
  await recordings.stop("camera");
});

Deno.test("record routes: films of a stream that is absent can be downloaded, and none can be started", async () => {
  const { ask, post, record, pages: shown } = pages();
  const name = await record();
  shown.absent.push("camera");
  for (const path of ["/record", "/camera/record", `/camera/record/${name}`]) {
    const { status, body } = await ask(path);
    await body?.cancel();
    assertEquals([path, status], [path, 200]);
  }
  const start = await post("start");
  assertEquals([start.status, await start.text()], [
    503,
    "the stream has not started or has ended\n",
  ]);
});
