/** Faults, done for real: sources, networks, peers, disks and tools that fail while everything runs. */

import { readStamp } from "../../lib/wire/stamp.ts";
import { assert, assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "../assert.ts";
import { assertMatch, assertStringIncludes } from "../assert.ts";
import { certificate } from "./certificate.ts";
import { FullDisk } from "./full_disk.ts";
import { TempDir } from "./pictures.ts";
import { childrenOf } from "./process_figures.ts";
import {
  commandLine,
  freePort,
  installed,
  portOf,
  Program,
  shell,
  startClient,
  startServer,
  until,
  within,
} from "./programs.ts";
import { greet } from "./raw_watcher.ts";
import { TcpProxy } from "./tcp_proxy.ts";

const linux = Deno.build.os === "linux";
const SMALL = 320 * 240;

/** The ffmpegs of a program, oldest first. */
async function ffmpegsOf({ pid }: Program): Promise<number[]> {
  return (await childrenOf(pid)).sort((a, b) => a - b);
}

/** Whether a process is there. */
function lives(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch {
    return false;
  }
}

/** Most of its pixels are the notice's background. */
function isNotice(frame: Uint8Array): boolean {
  return frame.filter((byte) => byte === 24).length > 0.75 * frame.length;
}

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  const whole = Math.floor(bytes.length / size);
  return Array.from({ length: whole }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

// --- the source ---------------------------------------------------------------------------------

for (const fault of ["SIGKILL", "SIGSTOP"] as const) {
  Deno.test({
    name:
      `source: ffmpeg gets ${fault}: a picture says so, in the stream's size, and then it is back`,
    ignore: !linux,
    fn: async () => {
      await using server = startServer(["--test", "-r", "320x240", "--source-timeout", "1"]);
      await using client = startClient(await portOf(server), ["--duration", "6", "-o", "-"]);
      await server.line(/connected/);
      const [ffmpeg] = await ffmpegsOf(server);
      Deno.kill(ffmpeg!, fault); // stopped, it is silent, and deaf to SIGTERM
      const why = fault === "SIGKILL" ? "ffmpeg was killed \\(SIGKILL\\)" : "no frame for 1 s";
      await server.line(new RegExp(`^warning: lost test picture: ${why}; it is tried again$`));
      await server.line(/^test picture is back after \d+ s$/);
      const { code, stdout } = await client.end();
      assertEquals(code, 0, "the client was thrown out");
      const frames = cut(stdout, SMALL);
      assert(frames.some(isNotice), "nobody was told");
      assert(!isNotice(frames.at(-1)!), "the source has not come back");
      assert(!lives(ffmpeg!), "the old ffmpeg is still there");
      assertEquals((await ffmpegsOf(server)).length, 1);
    },
  });
}

Deno.test("source: one that stays away is spoken of once, and may come back in another size", async () => {
  await using source = new Y4mSource();
  const url = `tcp://127.0.0.1:${source.port}`;
  source.play(320, 240);
  await using server = startServer(["-i", url]);
  await using client = startClient(await portOf(server), ["--duration", "10", "-o", "-"]);
  await client.line(/^receiving 320x240/);
  await new Promise((resolve) => setTimeout(resolve, 500));
  source.stop();
  await server.line(/^warning: lost tcp:.*; it is tried again$/);
  await new Promise((resolve) => setTimeout(resolve, 3500)); // three tries that fail
  source.play(160, 120);
  await server.line(/^tcp:.* is back after \d+ s$/);
  const { code, stdout } = await client.end();
  assertEquals([code, stdout.length % SMALL], [0, 0]);
  const frames = cut(stdout, SMALL);
  const notices = frames.filter(isNotice).length;
  assert(notices >= 3 && notices <= 10, `${notices} notices in a few seconds, wanted one a second`);
  assert(!isNotice(frames.at(-1)!), "the source has not come back");
  assertEquals(server.errors.filter((line) => /lost/.test(line)).length, 1);
});

/** A source that plays gray Y4M to whom it may concern, and does not listen while it is stopped. */
class Y4mSource implements AsyncDisposable {
  readonly port = freePort();
  #stop = () => {};
  readonly #running: Promise<unknown>[] = [];

  play(width: number, height: number): void {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: this.port });
    const conns = new Set<Deno.Conn>();
    this.#stop = () => {
      listener.close();
      for (const conn of conns) conn.close();
    };
    const serve = async (conn: Deno.Conn) => {
      conns.add(conn);
      try {
        await conn.write(new TextEncoder().encode(`YUV4MPEG2 W${width} H${height} F15:1 Cmono\n`));
        const frame = new Uint8Array(6 + width * height).fill(200);
        frame.set(new TextEncoder().encode("FRAME\n"));
        for (;;) {
          for (let at = 0; at < frame.length;) at += await conn.write(frame.subarray(at));
          await new Promise((resolve) => setTimeout(resolve, 66));
        }
      } catch {
        // whoever read has gone, or we were stopped
      }
    };
    this.#running.push((async () => {
      for await (const conn of listener) this.#running.push(serve(conn));
    })());
  }

  stop(): void {
    this.#stop();
    this.#stop = () => {};
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await Promise.allSettled(this.#running);
  }
}

Deno.test({
  name: "source: --on-loss exit ends the server, exit code 1, and its clients get no notice",
  ignore: !linux,
  fn: async () => {
    await using server = startServer(["--test", "-r", "320x240", "--on-loss", "exit"]);
    await using client = startClient(await portOf(server), ["-o", "-", "--no-reconnect"]);
    await server.line(/connected/);
    await new Promise((resolve) => setTimeout(resolve, 300));
    Deno.kill((await ffmpegsOf(server))[0]!, "SIGKILL");
    const { code, stderr } = await server.end();
    assertEquals(code, 1);
    assertMatch(
      stderr,
      /error: Lost "test picture" after \d+ frames: ffmpeg was killed \(SIGKILL\)/,
    );
    const frames = cut((await client.end()).stdout, SMALL);
    assert(frames.length > 0 && !frames.some(isNotice));
  },
});

for (const side of ["encoder", "decoder"] as const) {
  for (const fault of ["SIGKILL", "SIGSTOP"] as const) {
    Deno.test({
      name: `mjpeg: the ${side} gets ${fault}: another takes its place, and the stream goes on`,
      ignore: !linux,
      fn: async () => {
        await using server = startServer(["--test", "-r", "320x240"]);
        const port = await portOf(server);
        // A stopped one is given 5 s.
        const seconds = fault === "SIGKILL" ? 6 : 11;
        const args = ["--wire", "mjpeg", "-o", "-", "--duration", String(seconds)];
        await using client = startClient(port, args);
        await client.line(/^receiving/);
        await until(
          "both ffmpegs run",
          async () =>
            (await ffmpegsOf(server)).length === 2 && (await ffmpegsOf(client)).length === 1,
        );
        await new Promise((resolve) => setTimeout(resolve, 1000));
        const program = side === "encoder" ? server : client;
        const victim = (await ffmpegsOf(program)).at(-1)!;
        Deno.kill(victim, fault);
        await until("another takes its place", async () => {
          const now = (await ffmpegsOf(program)).at(-1);
          return now !== undefined && now > victim;
        });
        const { code, stdout } = await client.end();
        assertEquals(code, 0);
        assert(!lives(victim), "the old one is still there");
        assertGreaterOrEqual(cut(stdout, SMALL).length, 30 * 2.5);
      },
    });
  }
}

// --- the network --------------------------------------------------------------------------------

Deno.test("network: a server that is killed and started again is found again, at the same port", async () => {
  await using dir = new TempDir();
  const film = ["--test", "-r", "64x48"];
  await using first = startServer(film);
  const port = await portOf(first);
  await using client = startClient(port, ["-o", dir.file("x.gray"), "--stall", "3"]);
  await client.line(/^receiving /);
  const bytes = async () => (await Deno.stat(dir.file("x.gray"))).size;
  await until("a frame is there", async () => await bytes() > 0);
  first.kill("SIGKILL");
  await first.status;
  await client.line(/^warning: lost 127.0.0.1 port \d+: .*; it is tried again$/);
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

for (const wire of ["y4m", "mjpeg", "raw"]) {
  Deno.test(`network: cut in the middle of frames, the client goes on (${wire})`, async () => {
    await using server = startServer(["--test", "-r", "320x240", "--stamp"]);
    await using proxy = new TcpProxy({ hostname: "127.0.0.1", port: await portOf(server) });
    const args = ["--wire", wire, "-o", "-", "--duration", "5"];
    await using client = startClient(proxy.port, args);
    await client.line(/^receiving/);
    for (const times of [1, 2]) {
      await new Promise((resolve) => setTimeout(resolve, 800));
      proxy.cut();
      await until(
        "it is back",
        () => client.errors.filter((line) => / is back /.test(line)).length === times,
      );
    }
    const { code, stdout } = await client.end();
    assertEquals([code, stdout.length % SMALL], [0, 0]);
    assertGreaterOrEqual(stdout.length / SMALL, 60);
    if (wire === "mjpeg") return; // a stamp does not survive it
    const sequences = cut(stdout, SMALL).map((frame) => readStamp(frame)!.sequence);
    assert(sequences.every((one, i) => i === 0 || one > sequences[i - 1]!), "torn frames");
  });
}

Deno.test("network: a peer that vanishes without a word is noticed within --stall on both sides", async () => {
  await using server = startServer(["--test", "-r", "320x240", "--stall", "2"]);
  await using proxy = new TcpProxy({ hostname: "127.0.0.1", port: await portOf(server) });
  await using client = startClient(proxy.port, ["--stall", "2", "-o", "-", "--duration", "12"]);
  await client.line(/^receiving/);
  await new Promise((resolve) => setTimeout(resolve, 500));
  proxy.freeze();
  const frozen = performance.now();
  await client.line(/^warning: lost .*: .*nothing came for 2 s.*; it is tried again$/);
  await server.line(/closed, it took nothing for 2 s/);
  assertLessOrEqual(performance.now() - frozen, 4000); // 2 s, and what a busy machine adds
  proxy.thaw();
  await client.line(/ is back after \d+ s$/);
  client.kill();
  assertEquals((await client.end()).code, 0);
});

Deno.test("network: --no-reconnect ends the client, exit code 1, with what it has on disk", async () => {
  await using server = startServer(["--test", "-r", "64x48"]);
  await using proxy = new TcpProxy({ hostname: "127.0.0.1", port: await portOf(server) });
  await using client = startClient(proxy.port, ["-o", "-", "--no-reconnect"]);
  await client.line(/^receiving/);
  await new Promise((resolve) => setTimeout(resolve, 500));
  proxy.cut();
  const { code, stdout, stderr } = await client.end();
  assertEquals(code, 1);
  assertMatch(stderr, /error: .*\nhint: /);
  assert(stdout.length > 0 && stdout.length % (64 * 48) === 0);
});

Deno.test({
  name: "network: a server that is stopped (SIGSTOP) is lost, and found again when it goes on",
  ignore: !linux,
  fn: async () => {
    await using server = startServer(["--test", "-r", "64x48"]);
    await using client = startClient(await portOf(server), ["--stall", "1"]);
    await client.line(/^receiving/);
    await new Promise((resolve) => setTimeout(resolve, 300));
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
  Deno.test(`network: ${name} while the server is waited for is no failure`, async () => {
    await using server = startServer(["--test", "-r", "64x48"]);
    const args = end ? [] : ["--duration", "3"];
    await using client = startClient(await portOf(server), ["-o", "-", ...args]);
    await client.line(/^receiving/);
    await new Promise((resolve) => setTimeout(resolve, 300));
    server.kill("SIGKILL");
    await client.line(/^warning: lost/);
    if (end) client.kill(end);
    const { code, stderr } = await client.end();
    assertEquals(code, 0, stderr);
    assert(!stderr.includes("error:"), stderr);
  });
}

Deno.test("network: a server that comes back with another size ends the client, and says so", async () => {
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
    "network: a TLS server that stops answering in the handshake is waited for, and Ctrl-C ends it",
  ignore: !linux || !installed("openssl"),
  fn: async () => {
    await using dir = new TempDir();
    const { cert, key } = await certificate(dir);
    const film = ["--test", "-r", "64x48", "--tls-cert", cert, "--tls-key", key];
    await using server = startServer(film);
    const args = ["--tls", "--tls-ca", cert, "--stall", "1"];
    await using client = startClient(await portOf(server), args);
    await client.line(/^receiving/);
    await new Promise((resolve) => setTimeout(resolve, 300));
    server.kill("SIGSTOP");
    await client.line(/^warning: lost/);
    await new Promise((resolve) => setTimeout(resolve, 12_000)); // past a handshake's patience
    server.kill("SIGCONT");
    await client.line(/ is back after \d+ s$/);
    server.kill("SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, 2500)); // in the handshake again
    client.kill("SIGINT");
    const told = performance.now();
    assertEquals((await client.end()).code, 0);
    assertLessOrEqual(performance.now() - told, 2000);
    server.kill("SIGCONT");
  },
});

// --- the disk and the tools -----------------------------------------------------------------------

Deno.test({
  name: "outputs: a full disk ends that output alone; with none left the client ends, exit code 1",
  ignore: !FullDisk.possible(),
  fn: async () => {
    await using dir = new TempDir();
    await using disk = await FullDisk.mount(dir.file("disk"));
    await using server = startServer(["--test", "-r", "64x48"]);
    const port = await portOf(server);
    const film = disk.file("film.gray");
    await using two = startClient(port, ["-o", film, "-o", "-", "--frames", "60"]);
    const { code, stdout, stderr } = await two.end();
    assertEquals([code, stdout.length], [0, 60 * 64 * 48], stderr);
    const errors = stderr.split("\n").filter((line) => line.startsWith("error:"));
    assertEquals(errors.length, 1);
    assertStringIncludes(errors[0]!, "the disk is full; the others go on");
    await using one = startClient(port, ["-o", film]);
    const ended = await one.end();
    assertEquals(ended.code, 1);
    assertStringIncludes(ended.stderr, "the disk is full");
  },
});

Deno.test("outputs: the figures' or events' full disk ends them alone, too", {
  ignore: !FullDisk.possible(),
}, async () => {
  await using dir = new TempDir();
  await using disk = await FullDisk.mount(dir.file("disk"));
  await Deno.writeFile(disk.file("filler"), new Uint8Array(98_000)).catch(() => {});
  await using server = startServer(["--test", "-r", "64x48", "-f", "60"]);
  const filter = ["--filter", "motion", "--events", disk.file("e.jsonl")];
  const args = [...filter, "-o", "-", "--frames", "400"];
  await using client = startClient(await portOf(server), args);
  const { code, stdout, stderr } = await client.end();
  assertEquals([code, stdout.length], [0, 400 * 64 * 48], stderr);
  assertStringIncludes(stderr, "the disk is full; the others go on");
});

Deno.test("outputs: a recorder that is killed ends its output; the others are whole", async () => {
  await using dir = new TempDir();
  await using server = startServer(["--test", "-r", "64x48"]);
  const [command, args] = commandLine("client", [
    ...["127.0.0.1", String(await portOf(server)), "--display", "none"],
    ...["-o", "-", "-o", dir.file("x.gray"), "--frames", "90"],
  ]);
  // The recorder takes some bytes and goes.
  await using both = new Program(...shell('"$@" | head -c 10000 >/dev/null', command, args));
  const { stderr } = await both.end();
  assertMatch(stderr, /ended after 90 frames/);
  assertEquals((await Deno.stat(dir.file("x.gray"))).size, 90 * 64 * 48);
});

// --- the end --------------------------------------------------------------------------------------

Deno.test("SIGTERM: no new client, the frame under way is finished for each, the end within 2 s", async () => {
  const size = 1280 * 720;
  await using server = startServer(["--test", "--stamp", "-r", "1280x720"]);
  const port = await portOf(server);
  const at = { hostname: "127.0.0.1", port };
  const conns = await Promise.all([1, 2, 3].map(() => Deno.connect(at)));
  const acked = await Deno.connect(at);
  await greet(acked);
  await server.line(/connected \(4 now\)/);
  await new Promise((resolve) => setTimeout(resolve, 700)); // their buffers are full now
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
