/** The pages behind nginx, with the configuration of docs/operations.md: who asks is known, and cannot be made up. */

import { assert, assertEquals, assertMatch } from "../assert.ts";
import { certificate } from "./certificate.ts";
import { LiveClient } from "./live_client.ts";
import { TempDir } from "./pictures.ts";
import { freePort, installed, Program, run, startServer, until } from "./programs.ts";
import { secretIn, SMALL, urlOf } from "./web_pages.ts";

const ignore = Deno.build.os !== "linux" || !installed("nginx", "curl", "openssl");

const TOKEN = "correct-horse-battery-staple";

/** nginx in front of a server: over TLS, and without. */
class Nginx implements AsyncDisposable {
  readonly #program: Program;
  readonly secure: string;
  readonly plain: string;

  private constructor(program: Program, { tls, plain }: { tls: number; plain: number }) {
    this.#program = program;
    this.secure = `https://127.0.0.1:${tls}`;
    this.plain = `http://127.0.0.1:${plain}`;
  }

  static async start(dir: TempDir, upstream: string): Promise<Nginx> {
    const { cert, key } = await certificate(dir);
    const [tls, plain] = [freePort(), freePort()];
    const docs = await Deno.readTextFile(new URL("../../docs/operations.md", import.meta.url));
    const [, block = ""] = /```nginx\n(.*?)```/s.exec(docs) ?? [];
    const replaced = block.replace("127.0.0.1:8080", new URL(upstream).host)
      .replace("listen 443 ssl;", `listen 127.0.0.1:${tls} ssl; listen 127.0.0.1:${plain};`)
      .replace(/ssl_certificate .*;/, `ssl_certificate ${cert};`)
      .replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${key};`);
    const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map((name) => `${name}_temp_path ${dir.file(name)};`).join(" ");
    await Deno.writeTextFile(
      dir.file("nginx.conf"),
      `daemon off; master_process off; user root; pid ${dir.file("pid")};
      error_log ${dir.file("error.log")}; events {}
      http { access_log off; ${paths}\n${replaced} }`,
    );
    const args = ["-c", dir.file("nginx.conf"), "-p", dir.path];
    const nginx = new Nginx(new Program("nginx", args), { tls, plain });
    await until("nginx listens", async () => {
      const conn = await Deno.connect({ hostname: "127.0.0.1", port: plain }).catch(() => {});
      conn?.close();
      return conn !== undefined;
    });
    return nginx;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}

/** The status of a page for a person at an address of this host. */
async function statusFrom(address: string, url: string, ...options: string[]): Promise<number> {
  const quiet = ["-sk", "-o", "/dev/null", "-w", "%{http_code}", "--interface", address];
  return Number(new TextDecoder().decode(await run("curl", [...quiet, ...options, url])));
}

const bearer = (token: string) => ["-H", `Authorization: Bearer ${token}`];
const says = (address: string) => ["-H", `X-Forwarded-For: ${address}`];

Deno.test({
  name: "--trusted-proxy: limits, --allow and the wait after wrong tokens are those of the person",
  ignore,
  fn: async () => {
    await using dir = new TempDir();
    await using server = startServer([
      ...[...SMALL, "--http", "127.0.0.1:0", "--token-file", await secretIn(dir, TOKEN)],
      ...["--trusted-proxy", "127.0.0.1", "--allow", "127.0.0.2,127.0.0.3"],
      ...["--max-per-host", "1", "--log-level", "debug"],
    ]);
    const url = await urlOf(server);
    await using nginx = await Nginx.start(dir, url);
    const page = `${nginx.secure}/healthz`;
    assertEquals(await statusFrom("127.0.0.2", page, ...bearer(TOKEN)), 200);
    assertEquals(await statusFrom("127.0.0.9", page, ...bearer(TOKEN)), 403);
    await server.line(/^warning: 127\.0\.0\.9 is not in --allow/);
    // An address that a person makes up stands to the left of the one that nginx has seen.
    const lie = says("127.0.0.2");
    assertEquals(await statusFrom("127.0.0.9", page, ...lie, ...bearer(TOKEN)), 403);

    const stream = `${nginx.secure}/stream.mjpg`;
    const endless = ["-skN", "-o", "/dev/null", "--interface", "127.0.0.2", ...bearer(TOKEN)];
    await using _watching = new Program("curl", [...endless, stream]);
    await server.line(/127\.0\.0\.2 via 127\.0\.0\.1:\d+ connected: http$/);
    const short = ["--max-time", "1", ...bearer(TOKEN)];
    assertEquals(await statusFrom("127.0.0.2", stream, ...lie, ...short), 503);
    await using _other = new Program("curl", [
      ...["-skN", "-o", "/dev/null", "--interface", "127.0.0.3", ...bearer(TOKEN), stream],
    ]);
    await server.line(/127\.0\.0\.3 via 127\.0\.0\.1:\d+ connected: http$/);

    for (let i = 0; i < 10; i++) {
      assertEquals(await statusFrom("127.0.0.2", page, ...says("127.0.0.3"), ...bearer("x")), 401);
    }
    assertEquals(await statusFrom("127.0.0.2", page, ...bearer(TOKEN)), 429);
    assertEquals(await statusFrom("127.0.0.2", page, ...lie, ...bearer(TOKEN)), 429);
    assertEquals(await statusFrom("127.0.0.3", page, ...bearer(TOKEN)), 200);
  },
});

Deno.test({
  name: "--trusted-proxy: the headers of everybody else are ignored",
  ignore,
  fn: async () => {
    await using dir = new TempDir();
    await using server = startServer([
      ...[...SMALL, "--http", "127.0.0.1:0", "--token-file", await secretIn(dir, TOKEN)],
      ...["--trusted-proxy", "127.0.0.77", "--allow", "127.0.0.1"],
    ]);
    const page = `${await urlOf(server)}healthz`;
    assertEquals(await statusFrom("127.0.0.1", page, ...says("9.9.9.9"), ...bearer(TOKEN)), 200);
    // From another address the connection is closed, whoever it says it is.
    const quiet = ["-s", "-o", "/dev/null", "--interface", "127.0.0.9"];
    await using other = new Program("curl", [...quiet, ...says("127.0.0.1"), page]);
    assert((await other.end()).code !== 0);
    for (let i = 0; i < 10; i++) {
      const made = says(`10.9.8.${i}`);
      assertEquals(await statusFrom("127.0.0.1", page, ...made, ...bearer("wrong")), 401);
    }
    assertEquals(await statusFrom("127.0.0.1", page, ...says("10.9.8.99"), ...bearer(TOKEN)), 429);
    const body = new URLSearchParams({ token: "x" });
    const headers = { "x-forwarded-proto": "https" };
    const answer = await fetch(new URL("/login", page), { method: "POST", body, headers });
    assertEquals([answer.status, (await answer.text()).length > 0], [429, true]);
  },
});

Deno.test({
  name: "--trusted-proxy: the login's cookie is Secure behind TLS, and the page's WebSocket works",
  ignore,
  fn: async () => {
    await using dir = new TempDir();
    await using server = startServer([
      ...[...SMALL, "--http", "127.0.0.1:0", "--token-file", await secretIn(dir, TOKEN)],
      ...["--trusted-proxy", "127.0.0.1", "--log-level", "debug"],
    ]);
    await using nginx = await Nginx.start(dir, await urlOf(server));
    const logIn = async (base: string) => {
      const form = ["-sk", "-D", "-", "-o", "/dev/null", "--interface", "127.0.0.5"];
      const origin = ["-H", `Origin: ${base}`, "--data-urlencode", `token=${TOKEN}`];
      return new TextDecoder().decode(await run("curl", [...form, ...origin, `${base}/login`]));
    };
    const cookie = /^set-cookie: (framewire-\d+=[\w-]+);.*SameSite=Strict(; Secure)?\r$/mi;
    assertEquals(cookie.exec(await logIn(nginx.secure))?.[2], "; Secure");
    const [, value = "", secure] = cookie.exec(await logIn(nginx.plain)) ?? [];
    assertEquals(secure, undefined);

    using page = await LiveClient.open(`${nginx.plain}/`, { cookie: value });
    await page.until("the streams", () => page.messages.length > 0);
    page.watch({ test: { width: 320, wire: "jpeg" } });
    await page.until("pictures", () => page.pictures.length >= 3);
    // A picture that never ends, for a person at another address.
    const still = ["-sk", "-N", "--max-time", "2", "-o", "/dev/null", "--interface", "127.0.0.5"];
    const stream = [`${nginx.secure}/stream.mjpg`, ...bearer(TOKEN)];
    await using watching = new Program("curl", [...still, ...stream]);
    await server.line(/127\.0\.0\.5 via 127\.0\.0\.1:\d+ connected: http$/);
    await watching.end();
    assertMatch(server.errors.join("\n"), /127\.0\.0\.1:\d+ connected: page$/m);
  },
});

Deno.test({
  name:
    "--trusted-proxy: nginx limits the rate of each address, with the configuration of the docs",
  ignore,
  fn: async () => {
    await using dir = new TempDir();
    await using server = startServer([
      ...[...SMALL, "--http", "127.0.0.1:0", "--trusted-proxy", "127.0.0.1"],
    ]);
    await using nginx = await Nginx.start(dir, await urlOf(server));
    const many = async (address: string, count: number) => {
      const quiet = ["-sk", "-o", "/dev/null", "-w", "%{http_code} ", "--interface", address];
      const urls = `${nginx.plain}/page/page.css?[1-${count}]`;
      const answer = new TextDecoder().decode(
        await run("curl", [...quiet, "-o", "/dev/null", urls]),
      );
      return new Set(answer.trim().split(" "));
    };
    assertEquals(await many("127.0.0.2", 300), new Set(["200", "503"]));
    assertEquals(await many("127.0.0.3", 20), new Set(["200"]));
  },
});
