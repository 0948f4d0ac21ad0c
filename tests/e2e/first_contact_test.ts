/** Mistakes of new users: a server that starts later, the wrong port, another program's stream. */

import { assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { TempDir } from "./pictures.ts";
import {
  commandLine,
  freePort,
  portOf,
  Program,
  run,
  startClient,
  startServer,
} from "./programs.ts";

const PICTURE = ["--test", "-r", "64x48"];

Deno.test("client --wait-for-server: logs once that it waits, and receives when the server has started", async () => {
  const port = freePort();
  await using client = startClient(port, ["--wait-for-server", "--frames", "3"]);
  await client.line(/^waiting for 127.0.0.1 port \d+ \(no server listens there\); Ctrl-C ends$/);
  await using _server = new Program(
    ...commandLine("server", [...PICTURE, "-s", "127.0.0.1", "-p", String(port)]),
  );
  const { code, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  assertEquals(stderr.match(/waiting/g)?.length, 1);
});

Deno.test("client --wait-for-server: Ctrl-C during the wait ends it with exit code 0", async () => {
  await using client = startClient(freePort(), ["--wait-for-server"]);
  await client.line(/^waiting for/);
  client.kill("SIGINT");
  assertEquals((await client.end()).code, 0);
});

Deno.test("client --wait-for-server SECONDS: ends with the reason when the time is over", async () => {
  await using client = startClient(freePort(), ["--wait-for-server", "0.5"]);
  const { code, stderr } = await client.end();
  assertEquals(code, 1);
  assertMatch(stderr, /^waiting for .*\nerror: Cannot connect to .*: no server listens there\n/);
});

Deno.test("client: a refused connection names --wait-for-server", async () => {
  await using client = startClient(freePort(), []);
  const { code, stderr } = await client.end();
  assertEquals(code, 1);
  assertMatch(stderr, /no server listens there\nhint: .*--wait-for-server/);
});

for (const option of ["--max-clients", "--max-per-host"]) {
  Deno.test(`client: a refusal by ${option} names it`, async () => {
    await using server = startServer([...PICTURE, option, "1"]);
    const port = await portOf(server);
    await using first = startClient(port, []);
    await first.line(/^receiving/);
    await using second = startClient(port, []);
    const { code, stderr } = await second.end();
    assertEquals(code, 1);
    assertStringIncludes(stderr, `hint:  start the server with a higher ${option}, or`);
    await using third = startClient(port, ["--wait-for-server", "--frames", "1"]);
    await third.line(/^waiting for .*being served/);
    first.kill("SIGINT");
    await first.end();
    assertEquals((await third.end()).code, 0);
  });
}

for (const size of [[], ["64", "48"]]) {
  Deno.test(`client: the port of the web pages is an error that says so, ${size.length ? "with" : "without"} a size`, async () => {
    await using server = startServer([...PICTURE, "--http", "127.0.0.1:0"]);
    const [, port = ""] = await server.line(/^web: .*:(\d+)\/$/);
    await using client = startClient(Number(port), size);
    const { code, stderr } = await client.end();
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, `error: 127.0.0.1 port ${port} sends HTTP`);
    assertStringIncludes(stderr, "hint:  connect to the stream's port of a framewire server");
  });
}

/** Sends a file to each client that connects, until disposed of. */
function sendToAll(bytes: Uint8Array): AsyncDisposable & { port: number } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const send = async (conn: Deno.Conn) => {
    using _conn = conn;
    for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
    await conn.closeWrite();
    await conn.readable.pipeTo(new WritableStream()); // until the client disconnects
  };
  const sends: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const conn of listener) sends.push(send(conn).catch(() => {})); // it has disconnected early
  })();
  return {
    port: listener.addr.port,
    [Symbol.asyncDispose]: async () => {
      listener.close();
      await accepting;
      await Promise.all(sends);
    },
  };
}

const formats: [name: string, options: string[]][] = [
  ["MPEG-TS", ["-c:v", "mpeg2video", "-f", "mpegts"]],
  ["JPEG pictures", ["-c:v", "mjpeg", "-f", "mjpeg"]],
  ["multipart JPEG", ["-c:v", "mjpeg", "-f", "mpjpeg"]],
  ["Matroska", ["-c:v", "mjpeg", "-f", "matroska"]],
  ["FLV", ["-c:v", "flv", "-f", "flv"]],
];
for (const [name, options] of formats) {
  Deno.test(`client: ${name} is an error that has a command to receive it`, async () => {
    await using dir = new TempDir();
    const film = dir.file("film");
    const picture = ["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=4"];
    await run("ffmpeg", ["-v", "error", ...picture, ...options, film]);
    await using sender = sendToAll(await Deno.readFile(film));
    await using client = startClient(sender.port, []);
    const { code, stderr } = await client.end();
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, `sends ${name}`);
    const [, command = ""] = /let ffmpeg decode it: \.\/server (.*)/.exec(stderr) ?? [];
    const words = command.match(/"[^"]*"|\S+/g) ?? [];
    await using server = startServer(words.map((word) => word.replaceAll('"', "")));
    await server.line(/^width: {3}64$/);
    await portOf(server);
  });
}

Deno.test("client WIDTH HEIGHT: data that looks like MPEG-TS gives a warning, and is still read as pixels", async () => {
  const packets = new Uint8Array(188 * 20).fill(9);
  for (let at = 0; at < packets.length; at += 188) packets[at] = 0x47;
  await using sender = sendToAll(packets);
  await using client = startClient(sender.port, ["188", "20", "--frames", "1"]);
  const { code, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  assertMatch(stderr, /^warning: 127.0.0.1 port \d+ sends MPEG-TS.*tcp:\/\/127.0.0.1:\d+/m);
});

Deno.test("the documented ffmpeg command records a film with the camera's rate", async () => {
  await using dir = new TempDir();
  await using server = startServer(PICTURE);
  const film = dir.file("film.mp4");
  const input = ["-f", "rawvideo", "-pixel_format", "gray", "-video_size", "64x48"];
  const url = `tcp://127.0.0.1:${await portOf(server)}`;
  const all = ["-v", "error", ...input, "-framerate", "30", "-i", url, "-frames:v", "30", film];
  await using ffmpeg = new Program("ffmpeg", all);
  assertEquals((await ffmpeg.end()).code, 0);
  const probe = ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", film];
  assertEquals(Number(new TextDecoder().decode(await run("ffprobe", probe))), 1);
});
