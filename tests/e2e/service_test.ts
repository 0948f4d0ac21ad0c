/** The programs as services: options from a file, JSON logs, and notifications of systemd. */

import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import { TempDir } from "./pictures.ts";
import { portOf, Program, startClient, startServer } from "./programs.ts";

for (const kind of ["toml", "json"]) {
  Deno.test(`--config: ${kind} by the names of the flags; the command line overrides them`, async () => {
    await using dir = new TempDir();
    const file = dir.file(`server.${kind}`);
    const options = { test: true, resolution: "64x48", fps: 15, "max-clients": 3 };
    const toml = Object.entries(options).map(([k, v]) => `${k} = ${JSON.stringify(v)}\n`).join("");
    await Deno.writeTextFile(file, kind === "toml" ? toml : JSON.stringify(options));
    await using server = startServer(["--config", file, "-f", "10"]);
    const port = await portOf(server);
    await server.line(/^width: +64$/);
    await server.line(/^rate: +10 fps$/);
    // A value that looks like an option is a value.
    const values = ["--input-options", "-f lavfi", "-i", "testsrc2=size=32x24:rate=25"];
    await using valued = startServer(["--config", file, ...values]);
    await valued.line(/^rate: +15 fps$/);
    await using other = startServer(["--config", file, "-i", "/nosuch.mp4"]); // one source, not two
    assertStringIncludes((await other.end()).stderr, '"/nosuch.mp4": there is no such file');
    const mine = dir.file(`client.${kind}`);
    const output = JSON.stringify([dir.file("a.gray"), dir.file("b.gray")]);
    await Deno.writeTextFile(
      mine,
      kind === "toml" ? `frames = 2\noutput = ${output}\n` : `{"frames":2,"output":${output}}`,
    );
    await using client = startClient(port, ["--config", mine]);
    assertEquals((await client.end()).code, 0);
    assertEquals((await Deno.stat(dir.file("b.gray"))).size, 2 * 64 * 48);
  });
}

Deno.test("--config: an unknown option, a bad value and a missing file are errors", async () => {
  await using dir = new TempDir();
  const table: [text: string, words: string][] = [
    ["resolutoin = '4x3'", 'did you mean "resolution"?'],
    ["resolution = true", 'line 1: "resolution" is true'],
    ["fps = 'fast'", 'Cannot read --fps "fast"'],
    ["fps = ", "Cannot read --config"],
  ];
  for (const [text, words] of table) {
    await Deno.writeTextFile(dir.file("x.toml"), text);
    await using server = startServer(["--test", "--config", dir.file("x.toml")]);
    const { code, stderr } = await server.end();
    assertEquals([code, stderr.split("\n").length], [2, 2], stderr);
    assertStringIncludes(stderr, words);
  }
  await using server = startServer(["--config", "/nosuch"]);
  assertStringIncludes((await server.end()).stderr, "there is no such file");
});

Deno.test("--log-format json: each line is a JSON object, errors with their hint", async () => {
  await using server = startServer([
    "--test",
    "-r",
    "64x48",
    "--log-format",
    "json",
    "--frames",
    "30",
  ]);
  const { code, stderr } = await server.end();
  assertEquals(code, 0);
  const lines = stderr.split("\n").map((line) => JSON.parse(line));
  assert(lines.every(({ time, level }) => !Number.isNaN(Date.parse(time)) && level === "info"));
  assert(lines.some(({ message }) => message === "width:   64"));
  await using failed = startServer(["-i", "/nosuch.mp4", "--log-format", "json"]);
  const last = JSON.parse((await failed.end()).stderr.split("\n").at(-1) ?? "");
  assertEquals([last.level, last.hint], ["error", "check the path"]);
});

Deno.test({
  name: "server: notifies systemd that it is ready, alive, and stopping",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using dir = new TempDir();
    const path = dir.file("notify");
    // Deno's datagram sockets need a flag; Python plays systemd.
    const listener = "import socket,sys\ns=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM)\n" +
      `s.bind(${JSON.stringify(path)})\nprint('bound',file=sys.stderr,flush=True)\n` +
      "while True: print(s.recv(999).decode().replace('\\n',' '),file=sys.stderr,flush=True)\n";
    await using systemd = new Program("python3", ["-c", listener]);
    await systemd.line(/bound/);
    const env = { NOTIFY_SOCKET: path, WATCHDOG_USEC: "1000000" };
    await using server = startServer(["--test", "-r", "64x48"], { env });
    await systemd.line(/^READY=1 STATUS=/);
    await systemd.line(/^WATCHDOG=1 STATUS=\d+ frames/);
    server.kill();
    assertEquals((await server.end()).code, 0);
    await systemd.line(/^STOPPING=1/);
  },
});
