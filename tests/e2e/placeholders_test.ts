/** Clients of a server whose source is lost, whose stream ends, or that sends single bytes. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { cutFrames, TempDir } from "./pictures.ts";
import { childrenOf } from "./process_figures.ts";
import { portOf, Program, startClient, startServer, until } from "./programs.ts";

const SIZE = 320 * 240;

/** Most of its pixels are the background of the NO SIGNAL picture. */
function isNotice(frame: Uint8Array): boolean {
  return frame.filter((byte) => byte === 24).length > 0.75 * frame.length;
}

/** Kills the ffmpeg of a server's source, and waits until the server has noticed. */
async function loseSource(server: Program): Promise<void> {
  const [ffmpeg = 0] = (await childrenOf(server.pid)).sort((a, b) => a - b);
  Deno.kill(ffmpeg, "SIGKILL");
  await server.line(/^warning: lost test picture/);
}

const source = ["--test", "-r", "320x240"];

Deno.test("a lost source: the client does not record or process NO SIGNAL pictures, but counts them", async () => {
  await using dir = new TempDir();
  await using server = startServer(source);
  const port = await portOf(server);
  const figures = dir.file("figures.jsonl");
  const args = ["--filter", "edges", "-o", "-", "--stats", figures, "--duration", "5"];
  await using client = startClient(port, args);
  await server.line(/connected/);
  await until(
    "frames come",
    async () => ((await Deno.stat(figures).catch(() => null))?.size ?? 0) > 0,
  );
  await loseSource(server);
  await server.line(/^test picture is back/);
  const { code, stdout, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  const frames = cutFrames(stdout, SIZE);
  assert(frames.length > 0 && !frames.some(isNotice), "a NO SIGNAL picture was recorded");
  const last = JSON.parse((await Deno.readTextFile(figures)).trim().split("\n").at(-1) ?? "");
  assert(last.placeholders >= 1, JSON.stringify(last));
  assertMatch(stderr, /^ended after \d+ frames? .* \d+ missed, .* \d+ NO SIGNAL pictures?$/m);
});

for (const [onLoss, wanted] of [["retry", true], ["hold", false]] as const) {
  Deno.test(`server --on-loss ${onLoss}: a silent client gets ${wanted ? "" : "no "}NO SIGNAL pictures`, async () => {
    await using server = startServer([...source, "--on-loss", onLoss]);
    const port = await portOf(server);
    const frames: Uint8Array[] = [];
    using conn = await Deno.connect({ hostname: "127.0.0.1", port });
    const next = async () => {
      const frame = new Uint8Array(SIZE);
      for (let at = 0; at < SIZE;) at += await conn.read(frame.subarray(at)) ?? SIZE;
      frames.push(frame);
    };
    while (frames.length < 5) await next();
    await loseSource(server);
    await server.line(/^test picture is back/);
    const back = frames.length;
    while (frames.length < back + 20) await next();
    assertEquals(frames.some(isNotice), wanted);
  });
}

Deno.test("a server whose filter hangs does not count as the end of a film: the client waits for it", async () => {
  await using dir = new TempDir();
  const hangs = dir.file("hangs.js");
  await Deno.writeTextFile(
    hangs,
    "export default () => { let n = 0; return { process() { while (n >= 5); n++; } }; }",
  );
  await using server = startServer([...source, "--filter", hangs]);
  await using client = startClient(await portOf(server), []);
  await client.line(/^receiving/);
  await client.line(/^warning: lost 127.0.0.1 port \d+: .*retrying/);
  assertEquals((await server.end()).code, 1);
  client.kill("SIGINT");
  assertEquals((await client.end()).code, 0);
});

Deno.test("client --no-reconnect: a stream that the server ends because of an error is exit code 1", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  await using client = startClient(port, ["--no-reconnect", "-o", "-"]);
  using conn = await listener.accept();
  await conn.read(new Uint8Array(512));
  const answer = "framewire/1 ok wire=y4m width=4 height=3\n";
  const frame = "FRAME Xseq=0 Xts=1760000000000\nabcdefghijkl";
  const words = `${answer}YUV4MPEG2 W4 H3 Cmono\n${frame}END Xreason=failed\n`;
  await conn.write(new TextEncoder().encode(words));
  const { code, stdout, stderr } = await client.end();
  assertEquals([code, stdout.length], [1, 12]);
  assertStringIncludes(stderr, "error: The server's stream failed after 1 frame");
  assertMatch(stderr, /^ended after 1 frame in \d+\.\d s: 0 missed$/m);
});

/** Writes a byte each 0.1 s until the peer closes the connection. */
function drip(conn: Deno.Conn, bytes: Uint8Array): Disposable {
  let at = 0;
  const timer = setInterval(() => {
    conn.write(bytes.subarray(at, ++at)).catch(() => clearInterval(timer));
  }, 100);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

Deno.test("client: a server that sends single bytes of a frame is lost after --stall", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  await using client = startClient(port, ["320", "240", "--no-reconnect", "--stall", "1"]);
  using conn = await listener.accept();
  using _dripping = drip(conn, new Uint8Array(SIZE));
  const { code, stderr } = await client.end();
  assertEquals(code, 1);
  assertMatch(stderr, /error: The stream broke off: only \d+ bytes came in 1 s, frame 0 was cut/);
});

Deno.test("client: a server that sends its first line byte by byte is lost after --stall", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  await using client = startClient(port, ["320", "240", "--stall", "1"]);
  using conn = await listener.accept();
  using _dripping = drip(conn, new TextEncoder().encode(`framewire/1 ok ${"x".repeat(480)}`));
  const { code, stderr } = await client.end();
  assertEquals(code, 1);
  assertMatch(stderr, /error: .* no stream began within 1 s/);
});

Deno.test("client --duration: counts from the start, also while the server sends nothing", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  await using client = startClient(port, ["320", "240", "--duration", "0.5"]);
  using _conn = await listener.accept();
  assertEquals((await client.end()).code, 0);
});

Deno.test("client: reports at its end how many frames it missed", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  await using client = startClient(port, []);
  using conn = await listener.accept();
  await conn.read(new Uint8Array(512));
  const frames = [0, 1, 5, 6].map((n) => `FRAME Xseq=${n} Xts=1760000000000\nabcdefghijkl`);
  const head = "framewire/1 ok wire=y4m width=4 height=3\nYUV4MPEG2 W4 H3 Cmono\n";
  await conn.write(new TextEncoder().encode(`${head}${frames.join("")}END\n`));
  const { code, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  assertMatch(stderr, /^ended after 4 frames in \d+\.\d s: 3 missed$/m);
});
