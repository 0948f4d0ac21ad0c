/** The web pages with curl, ffmpeg and fetch. */

import { assert, assertEquals, assertGreaterOrEqual, assertMatch } from "../assert.ts";
import { certificate } from "./certificate.ts";
import { TempDir } from "./pictures.ts";
import { childrenOf, openFiles } from "./process_figures.ts";
import {
  commandLine,
  portOf,
  Program,
  run,
  shell,
  startClient,
  startServer,
  until,
} from "./programs.ts";
import { get, secretIn, SMALL, startWeb, urlOf } from "./web_pages.ts";

const utf8 = new TextDecoder();

Deno.test("http: every page requires the token, by cookie or as Bearer; after ten wrong tokens an address waits", async () => {
  await using dir = new TempDir();
  const { server, url } = await startWeb(["--token-file", await secretIn(dir, "correct-horse")]);
  await using _server = server;
  const pages = ["stream.mjpg", "snapshot.jpg", "snapshot.png", "state", "events", "metrics"];
  for (const page of [...pages, "healthz", "page/main.js", "nosuch"]) {
    const { status, text } = await get(url + page);
    assertEquals([page, status, text], [page, 401, "a token is required\n"]);
  }
  assertEquals((await get(url)).status, 303);
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
  assertEquals((await get(`${url}healthz`, bearer("correct-horse"))).status, 200);
  const body = new URLSearchParams({ token: "correct-horse" });
  const entered = await fetch(`${url}login`, { method: "POST", body, redirect: "manual" });
  await entered.body?.cancel();
  const cookie = entered.headers.get("set-cookie") ?? "";
  assertMatch(
    cookie,
    /^framewire-\d+=[0-9a-f-]{72}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/,
  );
  const inside = { headers: { cookie: cookie.split(";")[0]! } };
  assertEquals((await get(`${url}healthz`, inside)).status, 200);
  const elsewhere = { headers: { origin: "http://evil.example" }, method: "POST", body };
  assertEquals((await get(`${url}login`, elsewhere)).status, 403);
  const long = { method: "POST", body: "token=" + "x".repeat(5000) };
  assertEquals((await get(`${url}login`, long)).status, 413);
  for (let i = 0; i < 10; i++) {
    assertEquals((await get(`${url}state`, bearer("nope-nope"))).status, 401);
  }
  assertEquals((await get(`${url}state`, bearer("correct-horse"))).status, 429);
  assertEquals(
    (await get(`${url}healthz`, inside)).status,
    200,
    "a browser that is logged in stays so",
  );
});

Deno.test("http: curl and ffmpeg read stream, stills, state and events", async () => {
  const { server, url } = await startWeb(["--filter", "motion"]);
  await using _server = server;
  const probe = [
    "-v",
    "error",
    "-show_entries",
    "stream=codec_name,width,height",
    "-of",
    "csv=p=0",
  ];
  for (
    const [page, codec] of [["stream.mjpg", "mjpeg"], ["snapshot.jpg", "mjpeg"], [
      "snapshot.png",
      "png",
    ]]
  ) {
    assertEquals(
      utf8.decode(await run("ffprobe", [...probe, url + page])).trim(),
      `${codec},320,240`,
    );
  }
  const count = [
    "-v",
    "error",
    "-i",
    `${url}stream.mjpg`,
    "-frames:v",
    "30",
    "-f",
    "framemd5",
    "-",
  ];
  const sums = utf8.decode(await run("ffmpeg", count)).split("\n").filter((line) =>
    /^0,/.test(line)
  );
  assertEquals(
    new Set(sums.map((line) => line.split(",").at(-1))).size,
    30,
    "the picture stands still",
  );
  const state = JSON.parse((await get(`${url}state`)).text);
  assertEquals([state.width, state.height, state.lost, state.name], [
    320,
    240,
    null,
    "test picture",
  ]);
  await using watching = new Program("curl", ["-sN", "--max-time", "3", `${url}stream.mjpg`]);
  const events = new Program("curl", ["-sN", "--max-time", "2", `${url}events`]);
  await using _events = events;
  const told = utf8.decode((await events.end()).stdout);
  assertMatch(told, /^event: state\ndata: \{.*\}\n\n/);
  assertMatch(told, /\nevent: find\ndata: \{"sequence":\d+,.*"filter":"motion".*\}\n\n/);
  assertGreaterOrEqual((await watching.end()).stdout.length, 30 * 2000);
});

Deno.test("http: mjpg-streamer's addresses work, and an unknown query gives the page", async () => {
  const { server, url } = await startWeb([]);
  await using _server = server;
  const types: (string | null)[] = [];
  for (const query of ["?action=stream", "?action=snapshot", "?action=unknown", "?x=1&y", ""]) {
    const response = await fetch(url + query);
    types.push(response.headers.get("content-type"));
    await response.body?.cancel();
  }
  const html = "text/html; charset=utf-8";
  const stream = "multipart/x-mixed-replace; boundary=ffmpeg";
  assertEquals(types, [stream, "image/jpeg", html, html, html]);
});

Deno.test("http: no encoder runs while nobody watches; a slow client skips frames, the others do not", async () => {
  const large = ["--test", "-r", "1280x720", "--stall", "30", "--http", "127.0.0.1:0"];
  await using server = startServer(large);
  const url = await urlOf(server);
  // A child that lists ffmpeg's encoders runs for a moment.
  await until("no encoder runs", async () => (await childrenOf(server.pid)).length === 1);
  await using slow = new Program("curl", ["-sN", "--limit-rate", "5k", `${url}stream.mjpg`]);
  await using good = new Program("curl", ["-sN", "--max-time", "20", `${url}stream.mjpg`]);
  const figure = async (name: string) => {
    const lines = (await get(`${url}metrics`)).text.split("\n");
    return lines.filter((line) => line.startsWith(`framewire_client_frames_${name}_total{`))
      .map((line) => Number(line.split(" ").at(-1)));
  };
  // The system's buffers hold some megabytes before.
  await until(
    "the slow one has skipped some",
    async () => (await figure("skipped")).some((n) => n > 30),
  );
  const [least] = (await figure("skipped")).sort((a, b) => a - b);
  assert(least! <= 2, `the good one has skipped ${least}`);
  slow.kill("SIGKILL");
  good.kill("SIGKILL");
  await until("the encoder has ended", async () => (await childrenOf(server.pid)).length === 1);
});

Deno.test("http: /metrics follows the rules of Prometheus' text format", async () => {
  const { server, url } = await startWeb(["--filter", "blur"]);
  await using _server = server;
  await using client = startClient(await portOf(server), ["--duration", "20"]);
  await client.line(/^receiving/);
  let [status, text] = [0, ""];
  await until("each histogram has 20 frames", async () => {
    ({ status, text } = await get(`${url}metrics`));
    return ["age", "filter"].every((what) =>
      Number(new RegExp(`^framewire_${what}_seconds_count (.+)$`, "m").exec(text)?.[1]) >= 20
    );
  });
  assertEquals(status, 200);
  assert(text.endsWith("\n"));
  const types = new Map<string, string>();
  const values = new Map<string, number>();
  for (const line of text.trimEnd().split("\n")) {
    const [, kind, name = "", rest = ""] = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line) ?? [];
    if (kind === "TYPE") {
      assert(!types.has(name), `${name} twice`);
      types.set(name, rest);
      assertEquals(name.endsWith("_total"), rest === "counter", name);
    } else if (!kind) {
      const sample = /^([a-z_]+)(\{(?:[a-z]+="(?:[^"\\\n]|\\.)*",?)*\})? (\S+)$/.exec(line);
      assert(sample, line);
      const family = sample[1]!.replace(/_(bucket|sum|count)$/, "");
      assert(types.has(sample[1]!) || types.get(family) === "histogram", line);
      assert(Number.isFinite(Number(sample[3])), line);
      assert(!values.has(sample[1]! + sample[2]), `${line} twice`);
      values.set(sample[1]! + (sample[2] ?? ""), Number(sample[3]));
    }
  }
  for (const name of ["framewire_age_seconds", "framewire_filter_seconds"]) {
    const bins = [...values].filter(([key]) => key.startsWith(`${name}_bucket`)).map(([, n]) => n);
    assert(bins.every((n, i) => i === 0 || n >= bins[i - 1]!), "bins are not cumulative");
    assertEquals(bins.at(-1), values.get(`${name}_count`));
    assertGreaterOrEqual(bins.at(-1)!, 20);
  }
  assertGreaterOrEqual(values.get("framewire_captured_frames_total")!, 20);
  assertEquals(values.get("framewire_clients"), 1);
  assertMatch(
    text,
    /framewire_client_frames_sent_total\{client="127\.0\.0\.1:\d+",wire="y4m"\} \d\d/,
  );
});

Deno.test("http: bad requests get plain answers; --max-per-host limits the streams of an address", async () => {
  const { server, url } = await startWeb(["--max-per-host", "1"]);
  await using _server = server;
  assertEquals((await get(`${url}nosuch`)).status, 404);
  assertEquals((await get(`${url}state`, { method: "DELETE" })).status, 405);
  assertEquals((await get(`${url}..%2f..%2fetc%2fpasswd`)).status, 404);
  const stop = new AbortController();
  const first = await fetch(`${url}stream.mjpg`, { signal: stop.signal });
  const { status, text } = await get(`${url}stream.mjpg`);
  assertEquals([status, text], [503, "1 client of 127.0.0.1 is being served\n"]);
  stop.abort();
  await first.body?.cancel().catch(() => {});
  await until("there is a place again", async () => {
    const response = await fetch(`${url}stream.mjpg`);
    await response.body?.cancel();
    return response.status === 200;
  });
  await using second = startServer([...SMALL, "--http", new URL(url).host]);
  const { code, stderr } = await second.end();
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /error: Cannot listen on 127.0.0.1 port \d+: the port is in use\nhint: .*--http/,
  );
});

Deno.test("http: a page of another site cannot read the picture by a name of its own", async () => {
  await using dir = new TempDir();
  const { server, url } = await startWeb([]);
  await using _server = server;
  const ask = async (host: string, url: string, args: string[] = []) =>
    utf8.decode(
      await run("curl", [
        ...["-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", `Host: ${host}`, ...args],
        `${url}state`,
      ]),
    );
  for (const host of ["evil.example", "127.0.0.1.evil.example"]) {
    assertEquals(await ask(host, url), "403", host);
  }
  for (const host of ["127.0.0.1:80", "[::1]", "camera", "camera.local:8080", "localhost"]) {
    assertEquals(await ask(host, url), "200", host);
  }
  const guarded = await startWeb(["--token-file", await secretIn(dir, "correct-horse")]);
  await using _guarded = guarded.server;
  const token = ["-H", "Authorization: Bearer correct-horse"];
  assertEquals(await ask("camera.example", guarded.url, token), "200");
});

Deno.test({
  name:
    "http: 300 half requests do not stop a server with 128 descriptors; afterwards the pages answer",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const all = ["-s", "127.0.0.1", "-p", "0", ...SMALL, "--http", "127.0.0.1:0"];
    await using server = new Program(
      ...shell('ulimit -n 128; exec "$@"', ...commandLine("server", all)),
    );
    const url = await urlOf(server);
    const { hostname, port } = new URL(url);
    const conns: Deno.Conn[] = [];
    for (let i = 0; i < 300; i++) {
      try {
        const conn = await Deno.connect({ hostname, port: Number(port) });
        conns.push(conn);
        await conn.write(new TextEncoder().encode("GET / HTTP/1.1\r\nX: "));
      } catch {
        break; // it accepts no more
      }
    }
    await until("few descriptors are left", async () => await openFiles(server.pid) > 100);
    for (const conn of conns) conn.close();
    await until("the pages answer", () => {
      const healthy = async (response: Response) => await response.text() === "ok\n";
      return fetch(`${url}healthz`).then(healthy, () => false);
    });
    server.kill();
    assertEquals((await server.end()).code, 0);
  },
});

Deno.test("http: --tls-cert encrypts the pages", async () => {
  await using dir = new TempDir();
  const { cert, key } = await certificate(dir);
  const tls = ["--tls-cert", cert, "--tls-key", key];
  const { server, url } = await startWeb(tls);
  await using _server = server;
  assertMatch(url, /^https:/);
  const answer = await run("curl", ["-s", "--cacert", cert, `${url}healthz`]);
  assertEquals(utf8.decode(answer), "ok\n");
});
