/** Who sees the pages when a token is required. */

import { assertEquals, assertMatch } from "../../assert.ts";
import { localPath } from "../../../lib/serve/web/login_routes.ts";
import { MemoryClient, webPages, type WebPagesOptions } from "./web_pages.ts";

function setUp(options: WebPagesOptions = {}) {
  const pages = webPages({ token: "correct-horse", ...options });
  /** Sends the login form. */
  const logIn = (
    token: string,
    headers: Record<string, string> = {},
    client = new MemoryClient(),
  ) =>
    pages.ask("/login", { method: "POST", headers, body: new URLSearchParams({ token }) }, client);
  /** The status of /healthz. */
  const see = async (headers: Record<string, string>, client = new MemoryClient()) =>
    (await pages.ask("/healthz", { headers }, client)).status;
  return { ...pages, logIn, see };
}

/** The cookie of an answer, as a browser sends it. */
function cookieOf({ headers }: Response): string {
  return headers.get("set-cookie")?.split(";")[0] ?? "";
}

Deno.test("login: a browser is sent to the login page; its style is for everybody, all else gets 401", async () => {
  const { ask } = setUp();
  const home = await ask("/");
  assertEquals([home.status, home.headers.get("location")], [303, "/login"]);
  assertEquals(home.headers.get("cache-control"), "no-store");
  assertEquals((await ask("/page/page.css")).status, 200);
  const page = await ask("/login");
  assertEquals([page.status, await page.text()], [200, "<form></form>"]);
  for (
    const path of [
      "/page/main.js",
      "/state",
      "/stream.mjpg",
      "/events",
      "/nosuch",
      "/?action=stream",
    ]
  ) {
    const response = await ask(path);
    assertEquals([path, response.status, await response.text()], [
      path,
      401,
      "a token is required\n",
    ]);
    assertEquals(response.headers.get("www-authenticate"), "Bearer");
  }
});

Deno.test("login: the token gives a cookie that lets the browser in; a wrong one is told so", async () => {
  const { logIn, see } = setUp();
  const entered = await logIn("correct-horse");
  assertEquals([entered.status, entered.headers.get("location")], [303, "/"]);
  assertMatch(
    entered.headers.get("set-cookie") ?? "",
    /^framewire-8080=[0-9a-f-]{72}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Strict$/,
  );
  const cookie = cookieOf(entered);
  assertEquals(await see({ cookie: `other=1; ${cookie}; last=2` }), 200);
  assertEquals(await see({ cookie: `${cookie}0` }), 401);
  assertEquals(await see({ cookie: cookie.replace("8080", "8081") }), 401);
  const wrong = await logIn("wrong-horse");
  assertEquals([wrong.status, await wrong.text()], [401, "<form>The token is wrong.</form>"]);
  assertEquals(wrong.headers.get("set-cookie"), null);
});

Deno.test("login: leads back to the page that was asked for", async () => {
  const { ask } = setUp();
  const asked = await ask("/kitchen/?wire=jpeg");
  const location = asked.headers.get("location")!;
  assertEquals(location, "/login?return=%2Fkitchen%2F%3Fwire%3Djpeg");
  const body = new URLSearchParams({ token: "correct-horse" });
  const entered = await ask(location, { method: "POST", body });
  assertEquals([entered.status, entered.headers.get("location")], [303, "/kitchen/?wire=jpeg"]);
});

Deno.test("login: leads to no other server", () => {
  assertEquals(localPath("/kitchen/?wire=jpeg"), "/kitchen/?wire=jpeg");
  const strange = [
    ...[
      "//evil",
      "/\\evil",
      "\\\\evil",
      "https:",
      "https://evil/",
      "https:/evil",
      "javascript:alert(1)",
    ],
    ...[
      "/\t/evil",
      "\t//evil",
      "/.//evil",
      "/a/..//evil",
      "/..\\\\evil",
      "/%2e//evil",
      "evil",
      "",
      " //evil",
    ],
    "///evil",
  ];
  for (const path of [undefined, ...strange]) assertEquals([path, localPath(path)], [path, "/"]);
});

Deno.test("login: with TLS the cookie is sent over TLS only", async () => {
  const { logIn } = setUp({ secure: true });
  assertMatch((await logIn("correct-horse")).headers.get("set-cookie") ?? "", /; Secure$/);
});

Deno.test("login: the 1001st login ends the oldest one", async () => {
  const { logIn, see } = setUp();
  const first = cookieOf(await logIn("correct-horse"));
  const second = cookieOf(await logIn("correct-horse"));
  for (let i = 2; i < 1001; i++) await logIn("correct-horse");
  assertEquals([await see({ cookie: first }), await see({ cookie: second })], [401, 200]);
});

Deno.test("login: programs send the token as Bearer, in any case of the word", async () => {
  const { see } = setUp();
  assertEquals(await see({ authorization: "Bearer correct-horse" }), 200);
  assertEquals(await see({ authorization: "bearer  correct-horse" }), 200);
  assertEquals(await see({ authorization: "Basic correct-horse" }), 401);
  assertEquals(await see({ authorization: "Bearer" }), 401);
});

Deno.test("login: ten wrong tokens of an address have to wait, IPv6 too; others and cookies do not", async () => {
  const { see, logIn } = setUp();
  const client = new MemoryClient("2001:db8::1");
  const cookie = cookieOf(await logIn("correct-horse", {}, client));
  for (let i = 0; i < 10; i++) {
    assertEquals(await see({ authorization: "Bearer wrong" }, client), 401);
  }
  assertEquals(await see({ authorization: "Bearer correct-horse" }, client), 429);
  assertEquals((await logIn("correct-horse", {}, client)).status, 429);
  assertEquals(await see({ cookie }, client), 200);
  const other = new MemoryClient("2001:db8::2");
  assertEquals(await see({ authorization: "Bearer correct-horse" }, other), 200);
});

Deno.test("login: a form that a page of another site sends is refused; a program needs no Origin", async () => {
  const { logIn } = setUp();
  assertEquals((await logIn("correct-horse", { origin: "http://localhost" })).status, 303);
  assertEquals((await logIn("correct-horse")).status, 303);
  // Through a proxy that adds TLS.
  assertEquals((await logIn("correct-horse", { origin: "https://localhost" })).status, 303);
  for (
    const origin of ["http://evil.example", "https://evil.example", "http://localhost:81", "null"]
  ) {
    const response = await logIn("correct-horse", { origin });
    assertEquals([origin, response.status], [origin, 403]);
    assertEquals(response.headers.get("set-cookie"), null);
    assertEquals(await response.text(), "the request was sent by a page of another site\n");
  }
});

Deno.test("login: a form of more than 4096 bytes gets 413 and ends the connection", async () => {
  const { logIn } = setUp();
  const response = await logIn("x".repeat(5000));
  assertEquals([response.status, response.headers.get("connection")], [413, "close"]);
});

Deno.test("login: other methods get 405 with Allow", async () => {
  const { ask } = setUp();
  for (const method of ["PUT", "DELETE", "OPTIONS", "PROPFIND"]) {
    const response = await ask("/login", { method });
    assertEquals([response.status, response.headers.get("allow")], [405, "GET, HEAD, POST"]);
    assertEquals(await response.text(), "only GET, HEAD and POST are supported\n");
  }
  const head = await ask("/login", { method: "HEAD" });
  assertEquals([head.status, head.body], [200, null]);
});
