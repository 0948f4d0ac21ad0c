/** Every way that a program ends: signals, ends of streams, killed children. Exit codes, messages, and no child left. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { faceMovie, TempDir } from "./pictures.ts";
import { commandLine, installed, portOf, startClient, startServer, until } from "./programs.ts";

/** The command lines of the running processes that contain `text`. */
function processes(text: string): string {
  const { stdout } = new Deno.Command("pgrep", { args: ["-f", "-a", text] }).outputSync();
  return new TextDecoder().decode(stdout);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.test(`server: ${signal} ends it and its ffmpeg with exit code 0, and clients log the end`, async () => {
    await using dir = new TempDir();
    const movie = await faceMovie(dir, 2);
    await using server = startServer(["-i", movie, "--loop"]);
    await using client = startClient(await portOf(server), ["--no-reconnect"]);
    await server.line(/connected/);
    await client.line(/receiving/);
    server.kill(signal);
    const { code, stderr } = await server.end();
    assertEquals(code, 0, stderr);
    assert(!stderr.includes("error"), stderr);
    const left = await client.end();
    assertEquals(left.code, 1); // before the end of the film
    assertMatch(left.stderr, /error: The stream broke off after \d+ frames?: the server closed/);
    assertEquals(processes(movie), "");
  });
}

Deno.test("server: a SIGKILL of the server ends its ffmpeg", async () => {
  await using dir = new TempDir();
  const movie = await faceMovie(dir, 2);
  await using server = startServer(["-i", movie, "--loop"]);
  await portOf(server);
  server.kill("SIGKILL");
  await server.status;
  await until("ffmpeg has ended", () => processes(movie) === "");
});

Deno.test("server: a Ctrl-C that reaches ffmpeg first is not an error", async () => {
  await using dir = new TempDir();
  const movie = await faceMovie(dir, 2);
  await using server = startServer(["-i", movie, "--loop"]);
  await portOf(server);
  const ffmpeg = Number(processes(`ffmpeg.*${movie}`).split(" ")[0]);
  Deno.kill(ffmpeg, "SIGINT");
  server.kill("SIGINT");
  assertEquals((await server.end()).code, 0);
});

Deno.test("server --on-loss exit: an ffmpeg that dies is an error", async () => {
  await using dir = new TempDir();
  const movie = await faceMovie(dir, 2);
  await using server = startServer(["-i", movie, "--loop", "--on-loss", "exit"]);
  await portOf(server);
  Deno.kill(Number(processes(`ffmpeg.*${movie}`).split(" ")[0]), "SIGKILL");
  const { code, stderr } = await server.end();
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^error: Lost ".*face.mp4" after \d+ frames?: ffmpeg was killed \(SIGKILL\)\nhint: +/m,
  );
});

/** A server that sends these bytes to one client and closes the connection. */
async function sendOnce(bytes: Uint8Array, listener: Deno.TcpListener): Promise<void> {
  const conn = await listener.accept();
  await conn.write(bytes);
  conn.close();
}

for (
  const [what, bytes, code, words] of [
    ["between two frames", 24, 0, "ended after 2 frames"],
    ["in the middle of a frame", 20, 1, "frame 1 was cut at 8 of 12 bytes"],
    ["before the first frame", 0, 1, "before the first frame"],
  ] as const
) {
  Deno.test(`client: a server that closes ${what} ends the client with the reason`, async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const sent = sendOnce(new Uint8Array(bytes), listener);
    await using client = startClient((listener.addr as Deno.NetAddr).port, [
      ...["4", "3", "--no-reconnect"],
    ]);
    const end = await client.end();
    await sent;
    assertEquals(end.code, code, end.stderr);
    assertStringIncludes(end.stderr, words);
  });
}

Deno.test("client --stall: a server that stops in the middle of a frame is lost", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  await using client = startClient(port, ["4", "3", "--stall", "0.5", "--no-reconnect"]);
  using conn = await listener.accept();
  await conn.write(new Uint8Array(20));
  const { code, stderr } = await client.end();
  assertEquals(code, 1);
  assertStringIncludes(stderr, "nothing came for 0.5 s, frame 1 was cut at 8 of 12 bytes");
});

Deno.test("client: SIGINT during the wait for a frame ends it with exit code 0", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using client = startClient((listener.addr as Deno.NetAddr).port, ["4", "3"]);
  using _conn = await listener.accept();
  await client.line(/waiting for/);
  client.kill("SIGINT");
  assertEquals((await client.end()).code, 0);
});

Deno.test({
  name: "client -o -: a reader that closes the pipe is a normal end",
  ignore: !installed("head"),
  fn: async () => {
    await using server = startServer(["--test", "-r", "64x48"]);
    await using client = startClient(await portOf(server), [
      "64",
      "48",
      "-o",
      "-",
      "--frames",
      "20",
    ]);
    assertEquals((await client.end()).stdout.length, 20 * 64 * 48);
    const [command, args] = commandLine("client", ["127.0.0.1", String(await portOf(server))]);
    const pipe = await new Deno.Command("bash", {
      args: [
        "-c",
        `set -o pipefail; "$0" "$@" 64 48 -o - | head -c 5000 | wc -c`,
        command,
        ...args,
      ],
      stdout: "piped",
      stderr: "piped",
    }).output();
    assertEquals([pipe.code, new TextDecoder().decode(pipe.stdout).trim()], [0, "5000"]);
  },
});
