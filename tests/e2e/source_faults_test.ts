/** Sources that fail while everything runs, and the ffmpegs of the JPEGs: killed, stopped, gone. */

import { assert, assertEquals, assertGreaterOrEqual } from "../assert.ts";
import { assertMatch } from "../assert.ts";
import { cutFrames } from "./pictures.ts";
import { childrenOf, lives } from "./process_figures.ts";
import { freePort, portOf, Program, startClient, startServer, until } from "./programs.ts";

const linux = Deno.build.os === "linux";
const SMALL = 320 * 240;

/** The ffmpegs of a program, oldest first. */
async function ffmpegsOf({ pid }: Program): Promise<number[]> {
  return (await childrenOf(pid)).sort((a, b) => a - b);
}

/** Most of its pixels are the notice's background. */
function isNotice(frame: Uint8Array): boolean {
  return frame.filter((byte) => byte === 24).length > 0.75 * frame.length;
}

for (const fault of ["SIGKILL", "SIGSTOP"] as const) {
  Deno.test({
    name:
      `source: ffmpeg gets ${fault}: a picture says so, in the stream's size, and then it is back`,
    ignore: !linux,
    fn: async () => {
      await using server = startServer(["--test", "-r", "320x240", "--source-timeout", "1"]);
      await using client = startClient(await portOf(server), [
        "--duration",
        "6",
        "-o",
        "-",
        "--placeholders",
      ]);
      await server.line(/connected/);
      const [ffmpeg] = await ffmpegsOf(server);
      Deno.kill(ffmpeg!, fault); // stopped, it is silent, and deaf to SIGTERM
      const why = fault === "SIGKILL" ? "ffmpeg was killed \\(SIGKILL\\)" : "no frame for 1 s";
      await server.line(new RegExp(`^warning: lost test picture: ${why}; retrying$`));
      await server.line(/^test picture is back after \d+ s$/);
      const { code, stdout } = await client.end();
      assertEquals(code, 0, "the client was thrown out");
      const frames = cutFrames(stdout, SMALL);
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
  await using client = startClient(await portOf(server), [
    "--duration",
    "10",
    "-o",
    "-",
    "--placeholders",
  ]);
  await client.line(/^receiving 320x240/);
  await new Promise((resolve) => setTimeout(resolve, 500));
  source.stop();
  await server.line(/^warning: lost tcp:.*; retrying$/);
  await new Promise((resolve) => setTimeout(resolve, 3500)); // three tries that fail
  source.play(160, 120);
  await server.line(/^tcp:.* is back after \d+ s$/);
  const { code, stdout } = await client.end();
  assertEquals([code, stdout.length % SMALL], [0, 0]);
  const frames = cutFrames(stdout, SMALL);
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
    const frames = cutFrames((await client.end()).stdout, SMALL);
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
        assertGreaterOrEqual(cutFrames(stdout, SMALL).length, 30 * 2.5);
      },
    });
  }
}
