/** Recordings that are started, stopped and downloaded as the page does it. */

import { assert, assertEquals, assertGreaterOrEqual, assertMatch } from "../assert.ts";
import { FullDisk } from "./full_disk.ts";
import { TempDir } from "./pictures.ts";
import { probe } from "./probe.ts";
import { commandLine, portOf, Program, startServer, until } from "./programs.ts";
import { get, startWeb, urlOf } from "./web_pages.ts";
import type { RecordingState } from "../../lib/serve/web/recordings.ts";

interface Answer {
  readonly status: number;
  readonly error?: string;
  readonly recording: RecordingState;
}

/** What a page does with the recordings of a stream; `url` ends with `/`. */
function recorder(url: string) {
  const ask = async (init?: RequestInit): Promise<Answer> => {
    const { status, text } = await get(`${url}record`, init);
    return { status, ...JSON.parse(text) };
  };
  return {
    list: () => ask(),
    post: (action: "start" | "stop") =>
      ask({ method: "POST", body: JSON.stringify({ action }), headers: { origin: origin(url) } }),
  };
}

function origin(url: string): string {
  return new URL(url).origin;
}

/** Waits until so many seconds have passed since the start of the recording that runs. */
async function recordFor(url: string, seconds: number): Promise<void> {
  const { recording: { since } } = await recorder(url).list();
  const began = Date.parse(since ?? "");
  await until(`it has recorded ${seconds} s`, () => Date.now() - began >= seconds * 1000);
}

Deno.test("page recording: in memory, started by one page and stopped by another, a whole film to download", async () => {
  await using dir = new TempDir();
  const { server, url } = await startWeb(["--color"]);
  await using _server = server;
  const { list, post } = recorder(url);
  const [started, again] = [await post("start"), await post("start")];
  assertEquals([started.status, started.error], [200, undefined]);
  assertEquals([again.status, again.error], [409, "it is being recorded already"]);
  assertEquals(again.recording.since, started.recording.since);
  await recordFor(url, 2);
  const { recording: { since, files: [file] } } = await recorder(`${url}test/`).post("stop");
  assertEquals(since, null);
  assert(file);
  const response = await fetch(`${url}test/record/${file.name}`);
  const film = dir.file(file.name);
  await Deno.writeFile(film, await response.bytes());
  assertEquals((await Deno.stat(film)).size, file.bytes);
  const { codec, size, times, duration } = await probe(film);
  assertEquals([codec, size], ["h264", "320x240"]);
  // A frame more or less, on a machine that is busy many.
  assertGreaterOrEqual(times.length, 20);
  assert(duration > 1 && duration < 10, `${duration} s`);
  assert(Math.abs(duration - file.seconds) < 0.3, `${duration} s, ${file.seconds} s in the list`);
  assertEquals((await list()).recording.files, [file]);
  const state = JSON.parse((await get(`${url}state`)).text);
  assertEquals(state.recording.files, [file]);
});

Deno.test("page recording: in a directory, nobody watches, the server stops: the film is whole, and is there for the next run", async () => {
  await using dir = new TempDir();
  const args = ["--record-dir", dir.path, "--record-keep", "1"];
  const names: string[] = [];
  for (const run of [1, 2]) {
    const { server, url } = await startWeb(args);
    await using _server = server;
    const { list, post } = recorder(url);
    assertEquals((await list()).recording.files.map(({ name }) => name), names);
    await post("start");
    await server.line(/^recording .*\/test_.*\.mp4$/);
    await recordFor(url, 1.5);
    server.kill();
    assertEquals((await server.end()).code, 0);
    // The film of the run before was the oldest.
    const films = [...Deno.readDirSync(dir.path)].map(({ name }) => name);
    assertEquals([run, films.length], [run, 1]);
    const { codec, times } = await probe(dir.file(films[0]!));
    assertEquals(codec, "h264");
    assertGreaterOrEqual(times.length, 10);
    names.splice(0, 1, films[0]!);
  }
});

Deno.test("page recording: a client records the processed picture on its own page", async () => {
  await using server = startServer(["--test", "-r", "64x48"]);
  const args = ["127.0.0.1", String(await portOf(server)), "--display", "none"];
  await using client = new Program(...commandLine("client", [...args, "--http", "127.0.0.1:0"]));
  const url = await urlOf(client);
  const { post } = recorder(url);
  await post("start");
  await client.line(/^recording .*\.mp4$/);
  await recordFor(url, 0.5);
  const { recording: { files: [file] } } = await post("stop");
  assertEquals((await get(`${url}record/${file?.name}`)).status, 200);
});

Deno.test({
  name:
    "page recording: a full disk ends the recording, with a reason for people; the stream goes on",
  ignore: !FullDisk.possible(),
  fn: async () => {
    await using dir = new TempDir();
    await using disk = await FullDisk.mount(dir.file("disk"));
    const { server, url } = await startWeb(["--record-dir", disk.file("")]);
    await using _server = server;
    const { list, post } = recorder(url);
    await post("start");
    await until("the disk is full", async () => (await list()).recording.since === null);
    const { recording: { why, files } } = await list();
    assertMatch(why ?? "", /^Cannot write "test_[^/]*\.mp4": the disk is full$/);
    await server.line(/^warning: recording of test: Cannot write .*the disk is full$/);
    assert(files.length <= 1);
    assertEquals((await get(`${url}healthz`)).text, "ok\n");
    assertEquals((await get(`${url}snapshot.jpg`)).status, 200);
  },
});

Deno.test("page recording: a directory that can't be written is refused at the start, with a hint", async () => {
  await using server = startServer(["--test", "--http", "127.0.0.1:0", "--record-dir", "/nosuch"]);
  const { code, stderr } = await server.end();
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^error: Cannot record to "\/nosuch": there is no such directory\nhint: {2}give --record-dir a/m,
  );
});
