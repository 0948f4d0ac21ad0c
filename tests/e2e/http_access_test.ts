/** Hostile and broken clients of the web pages (issue 11). */

import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertStringIncludes,
} from "../assert.ts";
import { canBeHostile, established, hold } from "./hostile.ts";
import { TempDir } from "./pictures.ts";
import { childrenOf, openFiles } from "./process_figures.ts";
import { startServer, until, within } from "./programs.ts";
import { get, secretIn, SMALL, startWeb, urlOf } from "./web_pages.ts";

const linux = Deno.build.os === "linux";
const utf8 = new TextEncoder();

/** A connection to the pages, for requests that `fetch` does not send. */
function connectTo(url: string): Promise<Deno.TcpConn> {
  const { hostname, port } = new URL(url);
  return Deno.connect({ hostname, port: Number(port) });
}

/** Everything that the server sends until it closes the connection. */
async function answerOf(conn: Deno.Conn): Promise<string> {
  const space = new Uint8Array(65536);
  let answer = "";
  const read = async () => {
    for (let count; (count = await conn.read(space)) !== null;) {
      answer += new TextDecoder().decode(space.subarray(0, count));
    }
  };
  await within("the server's end", read()).catch((thrown) => {
    if (!(thrown instanceof Deno.errors.ConnectionReset)) throw thrown;
  });
  return answer;
}

async function ask(url: string, words: string): Promise<string> {
  using conn = await connectTo(url);
  await conn.write(utf8.encode(words));
  return await answerOf(conn);
}

Deno.test("http: an invalid Host header gets 400, other methods than GET and HEAD get 405", async () => {
  await using dir = new TempDir();
  const { server, url } = await startWeb([]);
  await using _server = server;
  for (const host of ["a b%zz:xx", "[::1", "x:99999"]) {
    const answer = await ask(url, `GET /state HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    assertMatch(answer, /^HTTP\/1\.1 400 /, host);
  }
  for (const method of ["PUT", "DELETE", "OPTIONS", "POST"]) {
    const { status, text } = await get(`${url}state`, { method });
    assertEquals([method, status, text], [method, 405, "only GET and HEAD are supported\n"]);
  }
  const guarded = await startWeb(["--token-file", await secretIn(dir, "correct-horse")]);
  await using _guarded = guarded.server;
  for (const method of ["PUT", "DELETE", "OPTIONS"]) {
    const { status, text } = await get(`${guarded.url}login`, { method });
    assertEquals([method, status], [method, 405]);
    assertEquals(text, "only GET, HEAD and POST are supported\n");
  }
});

Deno.test("http: a login form without an end is cut off, whatever its Content-Length says", async () => {
  await using dir = new TempDir();
  const { server, url } = await startWeb(["--token-file", await secretIn(dir, "correct-horse")]);
  await using _server = server;
  const head = "POST /login HTTP/1.1\r\nHost: localhost\r\n";
  using endless = await connectTo(url);
  const chunked = "Content-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\n";
  await endless.write(utf8.encode(head + chunked));
  const answer = answerOf(endless);
  const chunk = utf8.encode(`1000\r\n${"x".repeat(0x1000)}\r\n`);
  let sent = 0;
  const send = async () => {
    for (; sent < 1 << 28; sent += chunk.length) await endless.write(chunk);
  };
  await within("the server's end", send().catch(() => {})); // it has closed the connection
  assertLess(sent, 1 << 26, "the server reads without an end");
  assertMatch(await answer, /^$|^HTTP\/1\.1 413 /);
  const awaited = await ask(url, `${head}Content-Length: 10\r\n\r\n`);
  assertMatch(awaited, /^HTTP\/1\.1 408 /);
  const body = new URLSearchParams({ token: "correct-horse" });
  assertEquals((await get(`${url}login`, { method: "POST", body })).status, 303);
});

Deno.test("http: a body that no page reads ends the connection", async () => {
  const { server, url } = await startWeb([]);
  await using _server = server;
  const answer = await ask(
    url,
    "GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nx",
  );
  assertMatch(answer, /^HTTP\/1\.1 200 /);
});

Deno.test("http: connections without a whole request are closed", async () => {
  const { server, url } = await startWeb([]);
  await using _server = server;
  assertEquals(await ask(url, ""), "");
  using conn = await connectTo(url);
  await conn.write(utf8.encode("GET / HTTP/1.1\r\nHost: localhost\r\n"));
  let over = false;
  const answer = answerOf(conn).finally(() => over = true);
  await until("it is closed", async () => {
    await conn.write(utf8.encode("X")).catch(() => {}); // closed
    return over;
  });
  assertEquals(await answer, "");
});

Deno.test({
  name: "http: streams that nobody reads are closed after --stall, with their sockets",
  ignore: !linux,
  fn: async () => {
    const large = ["--test", "-r", "1280x720", "-f", "60", "--quality", "100", "--stall", "1"];
    await using server = startServer([...large, "--http", "127.0.0.1:0"]);
    const url = await urlOf(server);
    const port = Number(new URL(url).port);
    using conns = new DisposableStack();
    for (let i = 0; i < 3; i++) {
      const conn = conns.use(await connectTo(url));
      await conn.write(utf8.encode("GET /stream.mjpg HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    }
    const { clients } = JSON.parse((await get(`${url}state`, CLOSE)).text);
    assertEquals(clients, 3);
    await until("no socket is left", async () => await established(port) === 0);
    await until("the places are free", async () => {
      return JSON.parse((await get(`${url}state`, CLOSE)).text).clients === 0;
    });
  },
});

/** A request that leaves no connection behind. */
const CLOSE = { headers: { connection: "close" } };

Deno.test({
  name:
    "http: 400 requests for a PNG start one ffmpeg at a time; the rest gets 503 with Retry-After",
  ignore: !linux,
  fn: async () => {
    const { server, url } = await startWeb([]);
    await using _server = server;
    let most = 0;
    let over = false;
    const watching = until("all are answered", async () => {
      most = Math.max(most, (await childrenOf(server.pid)).length);
      return over;
    });
    const answers: string[] = [];
    const still = async () => {
      const response = await fetch(`${url}snapshot.png`);
      const header = response.status === 200 ? "content-type" : "retry-after";
      await response.body?.cancel();
      answers.push(`${response.status} ${response.headers.get(header)}`);
    };
    for (let i = 0; i < 4; i++) await Promise.all(Array.from({ length: 100 }, still));
    over = true;
    await watching;
    const kinds = new Set(answers);
    assert(kinds.has("200 image/png"));
    kinds.delete("200 image/png");
    kinds.delete("503 1");
    assertEquals([...kinds], []);
    assertLessOrEqual(most, 2, "children of the server: the camera and the encoder");
  },
});

Deno.test({
  name: "http: 300 event listeners that never read do not keep others out",
  ignore: !canBeHostile,
  fn: async () => {
    const { server, url } = await startWeb([]);
    await using _server = server;
    const port = Number(new URL(url).port);
    const words = utf8.encode("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await using crowd = hold(port, { count: 300, hosts: 1, words });
    await until("some listen", async () => await established(port) >= 16);
    const response = await fetch(`${url}events`);
    assertEquals(response.status, 200);
    const reader = response.body!.getReader();
    const { value } = await within("an event", reader.read());
    assertStringIncludes(new TextDecoder().decode(value), "event: state");
    await reader.cancel();
    // The limit per address applies to events too.
    await until("16 are left of the 300", async () => await established(port) === 16);
    assertEquals((await get(`${url}healthz`)).status, 200);
    await crowd[Symbol.asyncDispose]();
    await until("all are gone", async () => await established(port) <= 1);
  },
});

Deno.test("http: /events alone makes the filters run; /state has the rates of the camera and of the filters", async () => {
  const { server, url } = await startWeb(["--filter", "motion"]);
  await using _server = server;
  const state = async () => JSON.parse((await get(`${url}state`)).text);
  await until("the camera has its rate", async () => (await state()).fps > 20);
  assertEquals((await state()).processed, 0);
  const response = await fetch(`${url}events`);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let told = "";
  const find = async () => {
    while (!told.includes("event: find")) told += (await reader.read()).value;
  };
  await within("a detection", find());
  await until("the filters have a rate", async () => (await state()).processed > 5);
  assertGreaterOrEqual((await state()).fps, 20);
  const { text } = await get(`${url}metrics`);
  assertMatch(text, /\nframewire_processed_frames_total [1-9]/);
  await reader.cancel();
  await using plain = startServer([...SMALL, "--http", "127.0.0.1:0"]);
  assertEquals(JSON.parse((await get(`${await urlOf(plain)}state`)).text).processed, null);
});

Deno.test({
  name:
    "http: 2,000 half requests from eight addresses use few descriptors; the pages still answer",
  ignore: !canBeHostile,
  fn: async () => {
    const { server, url } = await startWeb([]);
    await using _server = server;
    const before = await openFiles(server.pid);
    const words = utf8.encode("GET / HTTP/1.1\r\nX: ");
    const { port } = new URL(url);
    await using _crowd = hold(Number(port), { count: 2000, hosts: 8, words });
    const many = async () => await openFiles(server.pid) > before + 100;
    await until("the crowd is there", many);
    for (let i = 0; i < 10; i++) {
      assertEquals((await get(`${url}healthz`, CLOSE)).text, "ok\n");
      assertLess(await openFiles(server.pid), before + 500);
    }
    await until("their descriptors are free", async () => await openFiles(server.pid) <= before);
  },
});
