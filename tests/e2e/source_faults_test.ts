/** Sources that fail during a stream, and JPEG encoders and decoders that are killed or stopped. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { cutFrames, TempDir } from "./pictures.ts";
import { childrenOf, lives } from "./process_figures.ts";
import { Y4mSource } from "./y4m_source.ts";
import { hasBytes, portOf, Program, startClient, startServer, until } from "./programs.ts";

const linux = Deno.build.os === "linux";
const SMALL = 320 * 240;

/** The ffmpegs of a program, oldest first. */
async function ffmpegsOf({ pid }: Program): Promise<number[]> {
  return (await childrenOf(pid)).sort((a, b) => a - b);
}

/** Whether most pixels are the background of the NO SIGNAL picture. */
function isNotice(frame: Uint8Array): boolean {
  return frame.filter((byte) => byte === 24).length > 0.75 * frame.length;
}

for (const fault of ["SIGKILL", "SIGSTOP"] as const) {
  Deno.test({
    name:
      `source: ffmpeg gets ${fault}: the NO SIGNAL picture has the stream's size, and the source comes back`,
    ignore: !linux,
    fn: async () => {
      await using dir = new TempDir();
      const film = dir.file("film.gray");
      await using server = startServer(["--test", "-r", "320x240", "--source-timeout", "1"]);
      await using client = startClient(await portOf(server), ["-o", film, "--placeholders"]);
      await hasBytes(film, SMALL);
      const [ffmpeg] = await ffmpegsOf(server);
      Deno.kill(ffmpeg!, fault); // a stopped ffmpeg sends nothing and ignores SIGTERM
      const why = fault === "SIGKILL" ? "ffmpeg was killed \\(SIGKILL\\)" : "no frame for 1 s";
      await server.line(new RegExp(`^warning: lost test picture: ${why}; retrying$`));
      await server.line(/^test picture is back after \d+ s$/);
      await hasBytes(film, (await Deno.stat(film)).size + 10 * SMALL);
      client.kill("SIGINT");
      assertEquals((await client.end()).code, 0, "the client was disconnected");
      const frames = cutFrames(await Deno.readFile(film), SMALL);
      assert(frames.some(isNotice), "no client got the NO SIGNAL picture");
      assert(!isNotice(frames.at(-1)!), "the source has not come back");
      assert(!lives(ffmpeg!), "the old ffmpeg is still there");
      assertEquals((await ffmpegsOf(server)).length, 1);
    },
  });
}

Deno.test("source: a long outage is logged once, and the source can come back in another size", async () => {
  await using dir = new TempDir();
  await using source = new Y4mSource();
  const url = `tcp://127.0.0.1:${source.port}`;
  source.play(320, 240);
  await using server = startServer(["-i", url, "--log-level", "debug"]);
  const film = dir.file("film.gray");
  await using client = startClient(await portOf(server), ["-o", film, "--placeholders"]);
  await hasBytes(film, SMALL);
  source.stop();
  await server.line(/^warning: lost tcp:.*; retrying$/);
  const failed = () => server.errors.filter((line) => /cannot be opened: /.test(line)).length;
  await until("three tries have failed", () => failed() >= 3);
  source.play(160, 120);
  const [, seconds] = await server.line(/^tcp:.* is back after (\d+) s$/);
  await hasBytes(film, (await Deno.stat(film)).size + 3 * SMALL);
  client.kill("SIGINT");
  assertEquals((await client.end()).code, 0);
  const frames = cutFrames(await Deno.readFile(film), SMALL);
  const notices = frames.filter(isNotice).length;
  assert(Math.abs(notices - Number(seconds)) <= 3, `${notices} notices in ${seconds} s`);
  assert(!isNotice(frames.at(-1)!), "the source has not come back");
  assertEquals(server.errors.filter((line) => /^warning: lost/.test(line)).length, 1);
});

Deno.test({
  name: "source: --on-loss exit ends the server, exit code 1, and clients get no NO SIGNAL picture",
  ignore: !linux,
  fn: async () => {
    await using dir = new TempDir();
    const film = dir.file("film.gray");
    await using server = startServer(["--test", "-r", "320x240", "--on-loss", "exit"]);
    await using client = startClient(await portOf(server), ["-o", film, "--no-reconnect"]);
    await hasBytes(film, SMALL);
    Deno.kill((await ffmpegsOf(server))[0]!, "SIGKILL");
    const { code, stderr } = await server.end();
    assertEquals(code, 1);
    assertMatch(
      stderr,
      /error: Lost "test picture" after \d+ frames?: ffmpeg was killed \(SIGKILL\)/,
    );
    await client.end();
    const frames = cutFrames(await Deno.readFile(film), SMALL);
    assert(frames.length > 0 && !frames.some(isNotice));
  },
});

for (const side of ["encoder", "decoder"] as const) {
  for (const fault of ["SIGKILL", "SIGSTOP"] as const) {
    Deno.test({
      name: `mjpeg: the ${side} gets ${fault}: a new one replaces it, and the stream continues`,
      ignore: !linux,
      fn: async () => {
        await using server = startServer(["--test", "-r", "320x240"]);
        const port = await portOf(server);
        await using dir = new TempDir();
        const film = dir.file("film.gray");
        await using client = startClient(port, ["--wire", "mjpeg", "-o", film]);
        await hasBytes(film, 30 * SMALL);
        await until(
          "both ffmpegs run",
          async () =>
            (await ffmpegsOf(server)).length === 2 && (await ffmpegsOf(client)).length === 1,
        );
        const program = side === "encoder" ? server : client;
        const victim = (await ffmpegsOf(program)).at(-1)!;
        Deno.kill(victim, fault);
        await until("another takes its place", async () => {
          const now = (await ffmpegsOf(program)).at(-1);
          return now !== undefined && now > victim;
        });
        await hasBytes(film, (await Deno.stat(film)).size + 30 * SMALL);
        client.kill("SIGINT");
        assertEquals((await client.end()).code, 0);
        assert(!lives(victim), "the old one is still there");
        cutFrames(await Deno.readFile(film), SMALL); // whole frames
      },
    });
  }
}

Deno.test("server --on-loss exit: clients get the reason that the stream failed, on each wire", async () => {
  for (const [wire, trailer] of [["y4m", "END Xreason=failed\n"], ["mjpeg", "X-End: failed"]]) {
    await using source = new Y4mSource();
    source.play(320, 240);
    const url = `tcp://127.0.0.1:${source.port}`;
    await using server = startServer(["-i", url, "--on-loss", "exit"]);
    using conn = await Deno.connect({ hostname: "127.0.0.1", port: await portOf(server) });
    await conn.write(new TextEncoder().encode(`framewire/1 wire=${wire}\n`));
    const first = new Uint8Array(1000);
    while ((await conn.read(first))! < 100) { /* the answer comes before the first frame */ }
    source.stop();
    const rest = new Uint8Array(await new Response(conn.readable).arrayBuffer());
    assertStringIncludes(new TextDecoder("latin1").decode(rest.slice(-200)), trailer!);
    assertEquals((await server.end()).code, 1);
  }
});
