/** Who is let in, and who is not: addresses, the token, unix sockets. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { certificate } from "./certificate.ts";
import { TempDir } from "./pictures.ts";
import {
  commandLine,
  installed,
  portOf,
  Program,
  startClient,
  startServer,
  until,
  within,
} from "./programs.ts";

const SIZE = 64 * 48;
const TOKEN = "0123456789abcdef.secret";
const small = ["--test", "-r", "64x48"];
const latin1 = new TextDecoder("latin1");

/** All that a server says to these words, until it closes; at most `most` bytes. */
async function ask(port: number, words: string, most = 4 * SIZE): Promise<string> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  if (words) await conn.write(new TextEncoder().encode(words));
  const got = new Uint8Array(most);
  let length = 0;
  const read = async () => {
    for (let count; length < most && (count = await conn.read(got.subarray(length))) !== null;) {
      length += count;
    }
  };
  await within("the server's end", read()).catch((thrown) => {
    if (!(thrown instanceof Deno.errors.ConnectionReset)) throw thrown;
  });
  return latin1.decode(got.subarray(0, length));
}

async function tokenFile(dir: TempDir, token = TOKEN): Promise<string> {
  const file = dir.file(`token-${crypto.randomUUID()}`);
  await Deno.writeTextFile(file, `${token}\n`, { mode: 0o600 });
  return file;
}

Deno.test("server --allow: others get not one byte, and are spoken of once", async () => {
  await using server = startServer([...small, "--allow", "10.0.0.0/8,fe80::/10"]);
  const port = await portOf(server);
  for (let i = 0; i < 5; i++) assertEquals(await ask(port, ""), "");
  assertEquals(await ask(port, "framewire/1\n"), "");
  assertEquals(server.errors.filter((line) => line.includes("not in --allow")).length, 1);
  await using open = startServer([...small, "--allow", "10.0.0.0/8,127.0.0.0/8"]);
  await using client = startClient(await portOf(open), ["--frames", "3"]);
  assertEquals((await client.end()).code, 0);
});

Deno.test("server --max-per-host: one address too many is told so", async () => {
  await using server = startServer([...small, "--max-per-host", "2"]);
  const port = await portOf(server);
  await using _one = startClient(port, []);
  await using _two = startClient(port, []);
  await server.line(/connected \(2 now\)/);
  const answer = "framewire/1 error=busy 2 clients of 127.0.0.1 are being served\n";
  assertEquals(await ask(port, "framewire/1\n"), answer);
});

Deno.test("server --token-file: not one frame without the token, which nobody gets to see", async () => {
  await using dir = new TempDir();
  const file = await tokenFile(dir);
  await using server = startServer([...small, "--token-file", file, "--log-level", "debug"]);
  const port = await portOf(server);
  await server.line(/^watch: .* --token-file FILE$/);
  assertEquals(await ask(port, ""), "");
  assertEquals(await ask(port, "GET / HTTP/1.0\r\n\r\n"), "");
  assertEquals(await ask(port, "framewire/1\n"), "framewire/1 error=token a token is required\n");
  const wrong = "framewire/1 token=not-the-right-one\n";
  assertEquals(await ask(port, wrong), "framewire/1 error=token the token is wrong\n");

  await using client = startClient(port, ["--frames", "5", "-o", "-", "--token-file", file]);
  const { code, stdout, stderr } = await client.end();
  assertEquals([code, stdout.length], [0, 5 * SIZE], stderr);

  await using stranger = startClient(port, []);
  const refused = await stranger.end();
  assertEquals(refused.code, 1);
  assertStringIncludes(
    refused.stderr,
    "error: The server refuses: a token is required\nhint:  give",
  );
  for (const text of [stderr, refused.stderr, server.errors.join("\n")]) {
    assert(!text.includes(TOKEN) && !text.includes("not-the-right-one"), "a token is shown");
  }
});

Deno.test("server --token-file: after ten wrong tokens an address waits, with the right one too", async () => {
  await using dir = new TempDir();
  const file = await tokenFile(dir);
  await using server = startServer([...small, "--token-file", file]);
  const port = await portOf(server);
  for (let i = 0; i < 10; i++) await ask(port, `framewire/1 token=wrong-token-${i}\n`);
  const wait =
    "framewire/1 error=token too many wrong tokens from this address; correct the token, and retry after a minute\n";
  assertEquals(await ask(port, `framewire/1 token=${TOKEN}\n`), wait);
});

Deno.test("server --token-file: many clients without a token do not hide a wrong token in the log", async () => {
  await using dir = new TempDir();
  await using server = startServer([...small, "--token-file", await tokenFile(dir)]);
  const port = await portOf(server);
  await Promise.all(Array.from({ length: 10 }, () => ask(port, "framewire/1\n")));
  await ask(port, "framewire/1 token=not-the-right-one\n");
  await server.line(/refused: a token is required/);
  await server.line(/refused: the token is wrong/);
});

Deno.test("server --token-file: wrong tokens at the same time are counted one by one", async () => {
  await using dir = new TempDir();
  const args = ["--token-file", await tokenFile(dir), "--max-per-host", "64"];
  await using server = startServer([...small, ...args]);
  const port = await portOf(server);
  const words = "framewire/1 token=wrong-wrong\n";
  const answers = await Promise.all(Array.from({ length: 40 }, () => ask(port, words)));
  assertEquals(answers.filter((answer) => answer.includes("the token is wrong")).length, 10);
});

Deno.test("--token-file: a file that others can read, or without a token, is refused", async () => {
  await using dir = new TempDir();
  const open = await tokenFile(dir);
  await Deno.chmod(open, 0o644);
  const short = await tokenFile(dir, "short");
  const table: [file: string, words: string][] = [
    [open, "other users can read the file"],
    [short, "wanted one line"],
    [dir.file("none"), "there is no such file"],
  ];
  for (const [file, words] of table) {
    for (const program of ["server", "client"] as const) {
      const args = program === "server" ? ["--test", "-p", "0"] : ["127.0.0.1", "1"];
      await using started = new Program(...commandLine(program, [...args, "--token-file", file]));
      const { code, stderr } = await started.end();
      assertEquals(code, 1, stderr);
      assertStringIncludes(stderr, words);
      assert(!stderr.includes("short\n"), stderr);
    }
  }
});

Deno.test({
  name: "--tls: a client that is refused gets the server's reason (issue 13)",
  ignore: !installed("openssl"),
  fn: async () => {
    await using dir = new TempDir();
    const { cert, key } = await certificate(dir);
    const file = await tokenFile(dir);
    const tls = ["--tls-cert", cert, "--tls-key", key];
    await using guarded = startServer([...small, ...tls, "--token-file", file]);
    const port = await portOf(guarded);
    const refused = async (port: number, args: string[]) => {
      await using client = startClient(port, [
        "--tls",
        "--tls-ca",
        cert,
        "--no-reconnect",
        ...args,
      ]);
      const { code, stderr } = await client.end();
      assertEquals(code, 1, stderr);
      return stderr;
    };
    const wrong = await tokenFile(dir, "not-the-right-one");
    for (let i = 0; i < 3; i++) {
      assertStringIncludes(await refused(port, ["--token-file", wrong]), "the token is wrong");
    }
    assertStringIncludes(await refused(port, []), "a token is required");

    await using full = startServer([...small, ...tls, "--max-clients", "1"]);
    await using _one = startClient(await portOf(full), ["--tls", "--tls-ca", cert]);
    await full.line(/connected \(1 now\)/);
    const fullPort = await portOf(full);
    assertStringIncludes(await refused(fullPort, []), "1 client is being served");

    const caCerts = [await Deno.readTextFile(cert)];
    using conn = await Deno.connectTls({ hostname: "127.0.0.1", port: fullPort, caCerts });
    await conn.write(new TextEncoder().encode("framewire/1 wire=mp3\n"));
    const answer = await within("the answer", new Response(conn.readable).text());
    assertStringIncludes(answer, "framewire/1 error=hello wire is");
  },
});

Deno.test({
  name:
    "-s unix:PATH: a socket with the permissions asked for, gone at the end; clients come in by it",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using dir = new TempDir();
    const path = dir.file("cam.sock");
    const args = [...small, "-s", `unix:${path}`, "--unix-mode", "600"];
    await using server = new Program(...commandLine("server", args));
    await server.line(/^watch: .*unix:/);
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
    const frames = ["--frames", "4", "-o", "-", "--display", "none"];
    await using client = new Program(...commandLine("client", [`unix:${path}`, ...frames]));
    const { code, stdout, stderr } = await client.end();
    assertEquals([code, stdout.length], [0, 4 * SIZE], stderr);
    await using second = new Program(...commandLine("server", args));
    assertStringIncludes((await second.end()).stderr, "another server listens there");
    server.kill("SIGKILL");
    await server.status;
    await using third = new Program(...commandLine("server", args)); // over what the first one left
    await third.line(/^watch: .*unix:/);
    third.kill();
    assertEquals((await third.end()).code, 0);
    await until("the socket is gone", () => Deno.lstat(path).then(() => false, () => true));
    await using lost = new Program(...commandLine("client", [`unix:${path}`]));
    const ended = await lost.end();
    assertEquals(ended.code, 1);
    assertMatch(ended.stderr, /error: Cannot connect to unix:.*: there is no such socket\nhint: /);
  },
});

Deno.test("server: says so where everybody may watch", async () => {
  await using server = new Program(...commandLine("server", [...small, "-p", "0"]));
  await server.line(/^open: +anybody who reaches this port can watch/);
  await using six = new Program(...commandLine("server", [...small, "-p", "0", "-s", "::1"]));
  const [, port = ""] = await six.line(/port (\d+)/);
  const args = ["::1", port, "--frames", "2", "--display", "none"];
  await using client = new Program(...commandLine("client", args));
  assertEquals((await client.end()).code, 0);
});

Deno.test("--allow: a range with a leading zero, and a key that is garbage, get a hint that helps", async () => {
  await using dir = new TempDir();
  await using allowing = startServer([...small, "--allow", "10.0.0.0/08"]);
  const refused = await allowing.end();
  assertEquals(refused.code, 2);
  assertStringIncludes(refused.stderr, `"10.0.0.0/08" is neither`);
  const [cert, key] = [dir.file("cert.pem"), dir.file("key.pem")];
  await Deno.writeTextFile(
    cert,
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
  );
  await Deno.writeTextFile(
    key,
    "-----BEGIN PRIVATE KEY-----\n!!garbage!!\n-----END PRIVATE KEY-----\n",
  );
  await using server = startServer([...small, "--tls-cert", cert, "--tls-key", key]);
  const { code, stderr } = await server.end();
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /error: Cannot use the certificate or its key: .+\nhint: +check the files: openssl/,
  );
});
