/** Networks and servers that fail during a stream: cut, frozen, killed, stopped. */

import { readStamp } from "../../lib/wire/stamp.ts";
import { assert, assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "../assert.ts";
import { assertMatch, assertStringIncludes } from "../assert.ts";
import { certificate } from "./certificate.ts";
import { established } from "./hostile.ts";
import { cutFrames, TempDir } from "./pictures.ts";
import {
  commandLine,
  hasBytes,
  installed,
  portOf,
  Program,
  startClient,
  startServer,
  until,
  within,
} from "./programs.ts";
import { greet } from "./raw_watcher.ts";
import { TcpProxy } from "./tcp_proxy.ts";

const linux = Deno.build.os === "linux";
const SMALL = 320 * 240;

Deno.test("network: a server that is killed and restarted is found again, at the same port", async () => {
  await using dir = new TempDir();
  const film = ["--test", "-r", "64x48"];
  await using first = startServer(film);
  const port = await portOf(first);
  await using client = startClient(port, ["-o", dir.file("x.gray"), "--stall", "3"]);
  await client.line(/^receiving /);
  const bytes = () => Deno.stat(dir.file("x.gray")).then(({ size }) => size, () => 0);
  await until("a frame is there", async () => await bytes() > 0);
  first.kill("SIGKILL");
  await first.status;
  await client.line(/^warning: lost 127.0.0.1 port \d+: .*; retrying$/);
  const again = ["-s", "127.0.0.1", "-p", String(port), ...film];
  await using second = new Program(...commandLine("server", again));
  await second.line(/connected/);
  await client.line(/^127.0.0.1 port \d+ is back after \d+ s$/);
  const before = await bytes();
  await until("more frames are there", async () => await bytes() > before);
  client.kill();
  await within("the client's end", client.end());
  assertEquals(await bytes() % (64 * 48), 0, "the notice, or half a frame, was recorded");
});

Deno.test("network: a server that restarts gets its port back at once, clients still connected", async () => {
  const film = ["--test", "-r", "64x48"];
  await using first = startServer(film);
  const port = await portOf(first);
  const silent = await Deno.connect({ hostname: "127.0.0.1", port });
  await first.line(/connected/);
  first.kill();
  await first.status;
  await using second = new Program(
    ...commandLine("server", ["-s", "127.0.0.1", "-p", String(port), ...film]),
  );
  await second.line(/^listens/);
  silent.close();
});

/** Waits until `bytes` more have passed through a proxy. */
async function passes(proxy: TcpProxy, bytes: number): Promise<void> {
  const from = proxy.passed;
  await until(`${bytes} bytes pass`, () => proxy.passed - from >= bytes);
}

for (const wire of ["y4m", "mjpeg", "raw"]) {
  Deno.test(`network: cut in the middle of a frame, the client reconnects (${wire})`, async () => {
    await using server = startServer(["--test", "-r", "320x240", "--stamp"]);
    await using proxy = new TcpProxy({ hostname: "127.0.0.1", port: await portOf(server) });
    await using client = startClient(proxy.port, ["--wire", wire, "-o", "-"]);
    await client.line(/^receiving/);
    for (const times of [1, 2]) {
      await passes(proxy, 20 * SMALL / (wire === "mjpeg" ? 20 : 1));
      proxy.cut();
      await until(
        "it is back",
        () => client.errors.filter((line) => / is back /.test(line)).length === times,
      );
    }
    await passes(proxy, 20 * SMALL / (wire === "mjpeg" ? 20 : 1));
    client.kill("SIGINT");
    const { code, stdout } = await client.end();
    assertEquals([code, stdout.length % SMALL], [0, 0]);
    assertGreaterOrEqual(stdout.length / SMALL, 30);
    if (wire === "mjpeg") return; // a stamp does not survive it
    const sequences = cutFrames(stdout, SMALL).map((frame) => readStamp(frame)!.sequence);
    assert(sequences.every((one, i) => i === 0 || one > sequences[i - 1]!), "torn frames");
  });
}

Deno.test("network: a peer that vanishes silently is noticed within --stall on both sides", async () => {
  await using server = startServer(["--test", "-r", "320x240", "--stall", "2"]);
  await using proxy = new TcpProxy({ hostname: "127.0.0.1", port: await portOf(server) });
  await using client = startClient(proxy.port, ["--stall", "2", "-o", "-", "--duration", "12"]);
  await client.line(/^receiving/);
  await passes(proxy, 5 * SMALL);
  proxy.freeze();
  const frozen = performance.now();
  await client.line(/^warning: lost .*: .*nothing came for 2 s.*; retrying$/);
  await server.line(/closed \(took no data for 2 s\)/);
  assertLessOrEqual(performance.now() - frozen, 4000); // 2 s, and what a busy machine adds
  proxy.thaw();
  await client.line(/ is back after \d+ s$/);
  client.kill();
  assertEquals((await client.end()).code, 0);
});

Deno.test("network: --no-reconnect ends the client, exit code 1, and its files are whole", async () => {
  await using server = startServer(["--test", "-r", "64x48"]);
  await using proxy = new TcpProxy({ hostname: "127.0.0.1", port: await portOf(server) });
  await using client = startClient(proxy.port, ["-o", "-", "--no-reconnect"]);
  await client.line(/^receiving/);
  await passes(proxy, 5 * 64 * 48);
  proxy.cut();
  const { code, stdout, stderr } = await client.end();
  assertEquals(code, 1);
  assertMatch(stderr, /error: .*\nhint: /);
  assert(stdout.length > 0 && stdout.length % (64 * 48) === 0);
});

Deno.test({
  name: "network: a server that is stopped (SIGSTOP) is lost, and found again after SIGCONT",
  ignore: !linux,
  fn: async () => {
    await using dir = new TempDir();
    await using server = startServer(["--test", "-r", "64x48"]);
    const args = ["--stall", "1", "-o", dir.file("x.gray")];
    await using client = startClient(await portOf(server), args);
    await hasBytes(dir.file("x.gray"));
    server.kill("SIGSTOP");
    await client.line(/^warning: lost/);
    server.kill("SIGCONT");
    await client.line(/ is back after \d+ s$/);
  },
});

for (
  const [name, end] of [["SIGINT", "SIGINT"], ["SIGTERM", "SIGTERM"], [
    "--duration",
    undefined,
  ]] as const
) {
  Deno.test(`network: ${name} while the client waits for the server is not an error`, async () => {
    await using dir = new TempDir();
    await using server = startServer(["--test", "-r", "64x48"]);
    const args = ["-o", dir.file("x.gray"), ...(end ? [] : ["--duration", "3"])];
    await using client = startClient(await portOf(server), args);
    await hasBytes(dir.file("x.gray"));
    server.kill("SIGKILL");
    await client.line(/^warning: lost/);
    if (end) client.kill(end);
    const { code, stderr } = await client.end();
    assertEquals(code, 0, stderr);
    assert(!stderr.includes("error:"), stderr);
  });
}

Deno.test("network: a server that comes back with another size ends the client, with an error", async () => {
  await using first = startServer(["--test", "-r", "64x48"]);
  const port = await portOf(first);
  await using client = startClient(port, []);
  await client.line(/^receiving/);
  first.kill("SIGKILL");
  await first.status;
  const again = ["-s", "127.0.0.1", "-p", String(port), "--test", "-r", "128x48"];
  await using _second = new Program(...commandLine("server", again));
  const { code, stderr } = await client.end();
  assertEquals(code, 1);
  assertStringIncludes(stderr, "The server came back with another size: 128x48, it was 64x48");
});

Deno.test({
  name:
    "network: the client waits for a TLS server that hangs in the handshake, and Ctrl-C ends the wait",
  ignore: !linux || !installed("openssl"),
  fn: async () => {
    await using dir = new TempDir();
    const { cert, key } = await certificate(dir);
    const film = ["--test", "-r", "64x48", "--tls-cert", cert, "--tls-key", key];
    await using server = startServer(film);
    const args = ["--tls", "--tls-ca", cert, "--stall", "1", "-o", dir.file("x.gray")];
    const port = await portOf(server);
    await using client = startClient(port, [...args, "--log-level", "debug"]);
    await hasBytes(dir.file("x.gray"));
    server.kill("SIGSTOP");
    await client.line(/^warning: lost/);
    await client.line(/^127\.0\.0\.1 port \d+: /); // a handshake has timed out
    server.kill("SIGCONT");
    await client.line(/ is back after \d+ s$/);
    server.kill("SIGSTOP");
    const losses = () => client.errors.filter((line) => /^warning: lost/.test(line)).length;
    await until("it is lost again", () => losses() === 2);
    await until("it is in the handshake again", async () => await established(port) === 1);
    client.kill("SIGINT");
    const told = performance.now();
    assertEquals((await client.end()).code, 0);
    assertLessOrEqual(performance.now() - told, 2000);
    server.kill("SIGCONT");
  },
});

Deno.test("SIGTERM: the server accepts no new client, finishes each frame, and ends within 2 s", async () => {
  const size = 1280 * 720;
  const pages = ["--http", "0"];
  await using server = startServer(["--test", "--stamp", "-r", "1280x720", ...pages]);
  const port = await portOf(server);
  const [, page] = await server.line(/^web: +(http.*)$/);
  const at = { hostname: "127.0.0.1", port };
  const conns = await Promise.all([1, 2, 3].map(() => Deno.connect(at)));
  const acked = await Deno.connect(at);
  await greet(acked);
  await server.line(/connected \(4 now\)/);
  await until("their buffers are full", async () => {
    const metrics = await (await fetch(`${page}metrics`)).text();
    const skipped = [...metrics.matchAll(/^framewire_client_frames_skipped_total{.*} (\d+)$/gm)];
    return skipped.filter(([, count]) => Number(count) > 0).length === 4;
  });
  server.kill();
  const told = performance.now();
  const sizes = Promise.all([...conns, acked].map(countToEnd));
  const { code } = await server.end();
  assertEquals(code, 0);
  assertLessOrEqual(performance.now() - told, 2000);
  for (const bytes of await sizes) assertEquals(bytes % size, 0, "cut");
  const refused = await Deno.connect(at).then((conn) => conn.close(), () => "refused");
  assertEquals(refused, "refused");
});

async function countToEnd(conn: Deno.Conn): Promise<number> {
  const piece = new Uint8Array(1 << 20);
  let bytes = 0;
  for (let count; (count = await conn.read(piece)) !== null;) bytes += count;
  conn.close();
  return bytes;
}
