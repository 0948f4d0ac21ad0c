/** Every route with every method, and the rules in front of them. */

import { assertEquals, assertMatch, assertStringIncludes } from "../../assert.ts";
import { MemoryClient, read, statusOf, webPages } from "./web_pages.ts";

const PAGES = ["/", "/page/main.js", "/page/page.css"];
const STREAM = [
  "/stream.mjpg",
  "/snapshot.jpg",
  "/snapshot.png",
  "/state",
  "/events",
  "/metrics",
  "/healthz",
];

Deno.test("web app: every route answers GET with its type, and is not cached", async () => {
  const { ask } = webPages();
  const answers: Record<string, unknown> = {};
  for (const path of [...PAGES, ...STREAM]) {
    const { status, headers, body } = await ask(path);
    await body?.cancel();
    answers[path] = [status, headers.get("content-type"), headers.get("cache-control")];
  }
  assertEquals(answers, {
    "/": [200, "text/html; charset=utf-8", "no-cache"],
    "/page/main.js": [200, "text/javascript; charset=utf-8", "no-cache"],
    "/page/page.css": [200, "text/css; charset=utf-8", "no-cache"],
    "/stream.mjpg": [200, "multipart/x-mixed-replace; boundary=ffmpeg", "no-store"],
    "/snapshot.jpg": [200, "image/jpeg", "no-store"],
    "/snapshot.png": [200, "image/png", "no-store"],
    "/state": [200, "application/json", "no-store"],
    "/events": [200, "text/event-stream", "no-cache, no-transform"],
    "/metrics": [200, "text/plain; version=0.0.4; charset=utf-8", "no-store"],
    "/healthz": [200, "text/plain; charset=utf-8", "no-store"],
  });
});

Deno.test("web app: HEAD has the status and the headers of GET, no body, and takes no place", async () => {
  const { ask, access, published } = webPages();
  for (const path of [...PAGES, ...STREAM.filter((path) => path !== "/state")]) {
    const get = await ask(path);
    await get.body?.cancel();
    const client = new MemoryClient();
    const head = await ask(path, { method: "HEAD" }, client);
    assertEquals([path, head.status, head.body], [path, 200, null]);
    assertEquals([...head.headers], [...get.headers], path);
    assertEquals(client.holds, false, path);
  }
  assertEquals([access.clients.taken, access.listeners.taken, published.watching], [0, 0, 0]);
});

Deno.test("web app: other methods get 405 with Allow on each path, unknown ones too", async () => {
  const { ask } = webPages();
  for (const path of [...PAGES, ...STREAM, "/login", "/nosuch"]) {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"]) {
      const response = await ask(path, { method });
      assertEquals(response.headers.get("allow"), "GET, HEAD", `${method} ${path}`);
      assertEquals(await read(response), [405, "only GET and HEAD are supported\n"]);
    }
  }
});

Deno.test("web app: paths are taken by the letter: no decoding, no other case, no slash at the end", async () => {
  const { ask } = webPages();
  for (
    const path of [
      "/nosuch",
      "/%73tate",
      "/state/",
      "/State",
      "//state",
      "/login",
      "/x/?action=stream",
    ]
  ) {
    const response = await ask(`http://localhost${path}`);
    assertEquals([path, ...await read(response)], [path, 404, "there is no such page\n"]);
  }
  assertEquals(await statusOf(ask("/state?x=1")), 200);
});

Deno.test("web app: mjpg-streamer's addresses give the stream and a still; other queries give the page", async () => {
  const { ask } = webPages();
  const typeOf = async (path: string) => {
    const { headers, body } = await ask(path);
    await body?.cancel();
    return headers.get("content-type");
  };
  assertEquals(await typeOf("/?action=stream"), "multipart/x-mixed-replace; boundary=ffmpeg");
  assertEquals(await typeOf("/?action=snapshot"), "image/jpeg");
  assertEquals(await typeOf("/?action=unknown"), "text/html; charset=utf-8");
});

Deno.test("web app: pages have a content security policy; data does not", async () => {
  const { ask } = webPages();
  const { headers } = await ask("/");
  assertStringIncludes(headers.get("content-security-policy") ?? "", "default-src 'self'");
  assertEquals(headers.get("x-content-type-options"), "nosniff");
  assertEquals(headers.get("referrer-policy"), "same-origin");
  assertEquals((await ask("/state")).headers.get("content-security-policy"), null);
});

Deno.test("web app: without a token only IP addresses and local names are answered", async () => {
  const { ask } = webPages();
  const local = [
    "127.0.0.1",
    "[::1]",
    "[fe80::1]:8080",
    "10.0.0.7:8080",
    "localhost",
    "cam",
    "CAM.local",
  ];
  for (const host of [...local, "cam.lan", "cam.home.arpa", "cam.internal"]) {
    assertEquals([host, await statusOf(ask(`http://${host}/state`))], [host, 200]);
  }
  for (const host of ["evil.example", "10.0.0.7.evil.example", "local.example", "cam.locale"]) {
    for (const path of ["/", "/state", "/page/page.css"]) {
      const text = "open the page by IP address, or set --token-file\n";
      assertEquals(await read(await ask(`http://${host}${path}`)), [403, text], host);
    }
  }
});

Deno.test("web app: with a token every name is answered", async () => {
  const { ask } = webPages({ token: "correct-horse" });
  const headers = { authorization: "Bearer correct-horse" };
  assertEquals(await statusOf(ask("http://cam.example/state", { headers })), 200);
});

Deno.test("web app: a stream that has not started or has ended gets 503 on each of its paths", async () => {
  const notShown = webPages();
  notShown.pages.shown = undefined;
  const ended = webPages();
  ended.stream.frames.end("over");
  const stopped = webPages();
  stopped.stop.abort();
  for (const { ask, published } of [notShown, ended, stopped]) {
    for (const path of [...STREAM, "/?action=stream", "/nosuch"]) {
      const response = await ask(path);
      assertEquals(response.headers.get("retry-after"), "1");
      const text = "the stream has not started or has ended\n";
      assertEquals([path, ...await read(response)], [path, 503, text]);
    }
    assertEquals(await statusOf(ask("/")), 200);
    assertEquals(published.watching, 0);
  }
});

Deno.test("web app: /state is the stream's status, with clients, outage and time", async () => {
  const { ask, stream } = webPages();
  stream.status = () => ({
    name: "a camera",
    ...{ width: 8, height: 6, picture: { width: 4, height: 3 }, color: true },
    ...{ marks: true, drawn: false },
    ...{ fps: 29.974, processed: 14.96, exposure: 7 },
  });
  const before = Date.now() - 1;
  const { time, ...state } = await (await ask("/state")).json();
  assertEquals(state, {
    name: "a camera",
    ...{ width: 8, height: 6, picture: { width: 4, height: 3 }, color: true },
    ...{ marks: true, drawn: false },
    ...{ fps: 30, processed: 15, exposure: 7, clients: 0, lost: null, closed: null },
  });
  assertEquals(time >= before && time <= Date.now() + 1, true);
});

Deno.test("web app: an outage is in /state, and makes /healthz 503", async () => {
  const { ask, stream } = webPages();
  assertEquals(await read(await ask("/healthz")), [200, "ok\n"]);
  stream.away = { since: new Date(0), why: "the camera is unplugged" };
  const { lost } = await (await ask("/state")).json();
  assertEquals(lost, { since: "1970-01-01T00:00:00.000Z", why: "the camera is unplugged" });
  assertEquals(await read(await ask("/healthz")), [503, "lost: the camera is unplugged\n"]);
});

Deno.test("web app: stills tell their length; the 65th that waits gets 503", async () => {
  const { promise, resolve } = Promise.withResolvers<Uint8Array>();
  const { ask } = webPages({ still: () => promise });
  const asked = Array.from({ length: 65 }, () => ask("/snapshot.png"));
  resolve(Uint8Array.of(1, 2, 3));
  const answers = await Promise.all(asked);
  const busy = answers.filter(({ status }) => status === 503);
  assertEquals(busy.length, 1);
  assertEquals(busy[0]!.headers.get("connection"), "close");
  assertEquals(await read(busy[0]!), [503, "too many requests for stills\n"]);
  assertEquals(answers[0]!.headers.get("content-length"), "3");
  assertEquals(await answers[0]!.bytes(), Uint8Array.of(1, 2, 3));
});

Deno.test("web app: a handler that fails gets 500, with no word of why", async () => {
  const { ask } = webPages({ still: () => Promise.reject(new Error("ffmpeg: /secret/path")) });
  assertEquals(await read(await ask("/snapshot.png")), [500, "internal error\n"]);
});

Deno.test("web app: a body that no route reads closes the connection, whatever the answer is", async () => {
  const { ask } = webPages();
  const post = await ask("/state", { method: "POST", body: "x" });
  assertEquals([post.status, post.headers.get("connection")], [405, "close"]);
  assertEquals((await ask("/state", { method: "POST" })).headers.get("connection"), null);
  const read = webPages({ token: "correct-horse" });
  const login = await read.ask("/login", { method: "POST", body: "token=x" });
  assertEquals([login.status, login.headers.get("connection")], [401, null]);
});

Deno.test("web app: what the wire's clients and browsers got is in /metrics", async () => {
  const { ask, viewers } = webPages();
  using _viewer = viewers.add({
    peer: "[2001:db8::1]:7",
    wire: "http",
    sent: 3,
    skipped: 1,
    bytes: 9,
  });
  const text = await (await ask("/metrics")).text();
  assertMatch(
    text,
    /^framewire_client_frames_sent_total\{client="\[2001:db8::1\]:7",wire="http"\} 3$/m,
  );
  assertMatch(text, /^framewire_sent_bytes_total 9$/m);
});
