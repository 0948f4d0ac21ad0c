/** The web pages: in a real browser, with curl and with ffmpeg; and clients that serve. */

import { assert, assertEquals, assertGreaterOrEqual, assertMatch } from "../assert.ts";
import { assertStringIncludes } from "../assert.ts";
import { Browser, chromium } from "./browser.ts";
import { certificate } from "./certificate.ts";
import { TempDir } from "./pictures.ts";
import { childrenOf } from "./process_figures.ts";
import {
  commandLine,
  portOf,
  Program,
  run,
  shell,
  startClient,
  startServer,
  until,
  within,
} from "./programs.ts";

const SMALL = ["--test", "-r", "320x240"];
const utf8 = new TextDecoder();

/** Starts a server with web pages; gives their address. */
async function startWeb(args: string[]): Promise<{ server: Program; url: string }> {
  const server = startServer([...SMALL, "--http", "127.0.0.1:0", ...args]);
  return { server, url: await urlOf(server) };
}

async function urlOf(program: Program): Promise<string> {
  return (await program.line(/^web: +(https?:\S+)$/))[1]!;
}

/** A page's status and text. */
async function get(url: string, init?: RequestInit): Promise<{ status: number; text: string }> {
  const response = await within(url, fetch(url, { redirect: "manual", ...init }));
  return { status: response.status, text: await response.text() };
}

async function secretIn(dir: TempDir, secret: string): Promise<string> {
  await Deno.writeTextFile(dir.file("token"), `${secret}\n`, { mode: 0o600 });
  return dir.file("token");
}

Deno.test({
  name: "page: the picture moves, a still is saved, a lost source is shown and comes back",
  ignore: !chromium,
  fn: async () => {
    await using dir = new TempDir();
    const { server, url } = await startWeb(["--filter", "motion", "--source-timeout", "1"]);
    await using _server = server;
    await using browser = await Browser.start();
    await using page = await browser.open(url);
    await page.holds(`document.getElementById("health").textContent === "live"`);
    const pixels = `document.getElementById("picture").toDataURL().length + "/" +
      document.getElementById("picture").dataset.sequence`;
    const first = await page.value<string>(pixels);
    await page.holds(`(${pixels}) !== ${JSON.stringify(first)}`);
    assertEquals(await page.value(`document.getElementById("size").textContent`), "320×240");
    await page.holds(`parseFloat(document.getElementById("rate").textContent) > 20`);
    await page.holds(`/^\\d+ ms/.test(document.getElementById("age").textContent)`);
    await page.holds(`/motion: \\d+ boxes/.test(document.getElementById("events").textContent)`);

    await page.call("Page.setDownloadBehavior", { behavior: "allow", downloadPath: dir.path });
    await page.value(`dispatchEvent(new KeyboardEvent("keydown", { key: "s" }))`);
    const saved = () => [...Deno.readDirSync(dir.path)].find(({ name }) => /\.png$/.test(name));
    await until("the still is saved", () => saved() !== undefined);
    const probe = ["-v", "error", "-show_entries", "stream=codec_name,width,height,pix_fmt"];
    const still = await run("ffprobe", [...probe, "-of", "csv=p=0", dir.file(saved()!.name)]);
    assertEquals(utf8.decode(still).trim(), "png,320,240,gray");

    const [camera] = (await childrenOf(server.pid)).sort((a, b) => a - b);
    Deno.kill(camera!, "SIGSTOP");
    await page.holds(`document.getElementById("health").textContent === "no signal"`);
    await page.holds(`/^no signal since .*: /.test(document.getElementById("notice").textContent)`);
    await page.holds(`document.getElementById("health").textContent === "live"`);
    assertEquals(await page.value(`document.getElementById("notice").hidden`), true);
  },
});

Deno.test({
  name: "page: says so when the server is gone, and comes back with it",
  ignore: !chromium,
  fn: async () => {
    const { server, url } = await startWeb([]);
    await using _server = server;
    await using browser = await Browser.start();
    await using page = await browser.open(url);
    await page.holds(`document.getElementById("health").textContent === "live"`);
    server.kill("SIGKILL");
    await server.status;
    await page.holds(`document.getElementById("health").textContent === "not connected"`);
    await using _again = startServer([...SMALL, "--http", new URL(url).host]);
    await page.holds(`document.getElementById("health").textContent === "live"`);
  },
});

Deno.test({
  name: "page: the login keeps strangers out; who knows the token sees the picture",
  ignore: !chromium,
  fn: async () => {
    await using dir = new TempDir();
    const token = await secretIn(dir, "correct-horse");
    const { server, url } = await startWeb(["--token-file", token]);
    await using _server = server;
    await using browser = await Browser.start();
    await using page = await browser.open(url);
    await page.holds(`location.pathname === "/login" && !!document.getElementById("token")`);
    const enter = (words: string) =>
      page.value(`document.getElementById("token").value = ${JSON.stringify(words)};
        document.querySelector("button").click()`);
    await enter("wrong-wrong");
    await page.holds(`document.querySelector(".error")?.textContent === "the token is wrong."`);
    await enter("correct-horse");
    await page.holds(`document.getElementById("health")?.textContent === "live"`);
    assertEquals(await page.value("document.cookie"), "", "a script can read the cookie");
  },
});

Deno.test("http: the token guards every page, by cookie or as Bearer; ten wrong ones must wait", async () => {
  await using dir = new TempDir();
  const { server, url } = await startWeb(["--token-file", await secretIn(dir, "correct-horse")]);
  await using _server = server;
  const pages = ["stream.mjpg", "snapshot.jpg", "snapshot.png", "state", "events", "metrics"];
  for (const page of [...pages, "healthz", "page.js", "nosuch"]) {
    const { status, text } = await get(url + page);
    assertEquals([page, status, text], [page, 401, "a token is wanted\n"]);
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
  assertEquals((await get(`${url}healthz`, inside)).status, 200, "who is in stays in");
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

Deno.test("http: nobody watching costs nothing; a slow reader skips, the others do not", async () => {
  const large = ["--test", "-r", "1280x720", "--stall", "30", "--http", "127.0.0.1:0"];
  await using server = startServer(large);
  const url = await urlOf(server);
  assertEquals((await childrenOf(server.pid)).length, 1, "an encoder runs for nobody");
  await using slow = new Program("curl", ["-sN", "--limit-rate", "5k", `${url}stream.mjpg`]);
  await using good = new Program("curl", ["-sN", "--max-time", "20", `${url}stream.mjpg`]);
  const figure = async (name: string) => {
    const lines = (await get(`${url}metrics`)).text.split("\n");
    return lines.filter((line) => line.startsWith(`framewire_client_frames_${name}_total{`))
      .map((line) => Number(line.split(" ").at(-1)));
  };
  // The system's buffers take some megabytes first.
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

Deno.test("http: /metrics keeps the rules of Prometheus' text format", async () => {
  const { server, url } = await startWeb(["--filter", "blur"]);
  await using _server = server;
  await using client = startClient(await portOf(server), ["--duration", "2"]);
  await client.line(/^receiving/);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const { status, text } = await get(`${url}metrics`);
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

Deno.test("http: bad requests get plain answers, and --max-per-host holds", async () => {
  const { server, url } = await startWeb(["--max-per-host", "1"]);
  await using _server = server;
  assertEquals((await get(`${url}nosuch`)).status, 404);
  assertEquals((await get(`${url}state`, { method: "DELETE" })).status, 405);
  assertEquals((await get(`${url}..%2f..%2fetc%2fpasswd`)).status, 404);
  const stop = new AbortController();
  const first = await fetch(`${url}stream.mjpg`, { signal: stop.signal });
  const { status, text } = await get(`${url}stream.mjpg`);
  assertEquals([status, text], [503, "1 clients of 127.0.0.1 are being served\n"]);
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

Deno.test("http: a stranger's page can't read the picture by a name of its own", async () => {
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
  name: "http: a thousand half requests take no server down; afterwards the pages are there again",
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
        break; // it takes no more
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 1500));
    for (const conn of conns) conn.close();
    await until(
      "the pages are there",
      () =>
        fetch(`${url}healthz`).then(
          async (response) => await response.text() === "ok\n",
          () => false,
        ),
    );
    server.kill();
    assertEquals((await server.end()).code, 0);
  },
});

Deno.test("http: encrypted with --tls-cert, as the wire is", async () => {
  await using dir = new TempDir();
  const { cert, key } = await certificate(dir);
  const tls = ["--tls-cert", cert, "--tls-key", key];
  const { server, url } = await startWeb(tls);
  await using _server = server;
  assertMatch(url, /^https:/);
  const answer = await run("curl", ["-s", "--cacert", cert, `${url}healthz`]);
  assertEquals(utf8.decode(answer), "ok\n");
});

Deno.test("client --serve and --http: what comes out of the filters goes on, from client to client", async () => {
  await using server = startServer([...SMALL]);
  const args = ["--filter", "resize=width=160", "--serve", "127.0.0.1:0", "--http", "127.0.0.1:0"];
  await using middle = startClient(await portOf(server), args);
  const [, port] = await middle.line(/^serves: +127.0.0.1 port (\d+)$/);
  const url = await urlOf(middle);
  const still = await run("ffprobe", [
    ...[
      "-v",
      "error",
      "-show_entries",
      "stream=width,height",
      "-of",
      "csv=p=0",
      `${url}snapshot.png`,
    ],
  ]);
  assertEquals(utf8.decode(still).trim(), "160,120");
  const last = startClient(Number(port), ["--frames", "30", "-o", "-"]);
  await using _last = last;
  const { code, stdout, stderr } = await last.end();
  assertEquals([code, stdout.length], [0, 30 * 160 * 120], stderr);
  assertStringIncludes(stderr, "receiving 160x120 y4m");
  assertStringIncludes((await get(`${url}metrics`)).text, "framewire_received_frames_total");
  // The tutorial's way, too: silence is answered with raw frames.
  using conn = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
  assert(await within("bytes", conn.read(new Uint8Array(10))) !== null);
});

Deno.test("client --display web: a page on this host alone, and its address", async () => {
  await using server = startServer(SMALL);
  const all = ["127.0.0.1", String(await portOf(server)), "--display", "web"];
  await using client = new Program(...commandLine("client", all));
  const url = await urlOf(client);
  assertMatch(url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
  assertStringIncludes((await get(url)).text, "<canvas");
});
