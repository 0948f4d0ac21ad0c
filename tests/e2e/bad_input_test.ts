/** Bad input: each gives two lines, an error and a hint, and its exit code. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { FullDisk } from "./full_disk.ts";
import { TempDir } from "./pictures.ts";
import {
  commandLine,
  freePort,
  portOf,
  Program,
  run,
  shell,
  startClient,
  startServer,
} from "./programs.ts";

/** Runs a program that must fail: checks the exit code, the two lines, and the words in them. */
async function fails(
  [command, args]: [string, string[]],
  { code, words, env = {} }: { code: number; words: string[]; env?: Record<string, string> },
): Promise<void> {
  await using program = new Program(command, args, { env });
  const { code: ended, stderr } = await program.end();
  assertEquals(ended, code, stderr);
  assertMatch(stderr, /^error: \S.*\nhint: {2}\S.*$/m);
  assert(!/^ +at |\.ts:\d/m.test(stderr), `a stack trace: ${stderr}`);
  for (const word of words) assertStringIncludes(stderr, word);
}

const text = new URL("../../deno.json", import.meta.url).pathname;
const refused = `http://127.0.0.1:${freePort()}/cam`;

const server: [args: string[], code: number, ...words: string[]][] = [
  [["-d", "/dev/video99"], 1, '"/dev/video99": there is no such camera', "--list-devices"],
  [["-d", "99"], 1, '"/dev/video99"'],
  [["-i", "/dev/null", "--input-options", "-f v4l2"], 1, '"/dev/null"'],
  [["-i", "missing.mp4"], 1, '"missing.mp4": there is no such file'],
  [["-i", text], 1, "ffmpeg does not recognize it as video"],
  [["-i", "/"], 1, "it is a directory"],
  [["-i", refused], 1, "the connection was refused"],
  [["-i", "http://nohost.invalid/"], 1, "the host was not found"],
  [["-i", "nosuch://x"], 1, "does not know this protocol"],
  [["-i", "x.mp4", "--input-options", "-nonsense 1"], 1, "does not accept the --input-options"],
  [["-d", "/tmp"], 1, '"/tmp": it is a directory', "--list-devices"],
  [
    ["-i", text, "--input-options", "-f rawvideo -pixel_format gray"],
    1,
    "-video_size is missing",
    "-video_size 320x240",
  ],
  [["-i", "x y.mp4", "--input-options", "-f nonsense"], 1, "ffmpeg -formats"],
  [["--test", "--filter", "blur", "edges"], 2, "joined with commas", "--filter blur,edges"],
  [["-r", "0x0", "--test"], 2, '--resolution "0x0"', "640x480"],
  [["-r", "99999x99999", "--test"], 2, '"99999x99999"', "1 to 16384"],
  [["-r", "16384x16384", "--test"], 2, "16384x16384", "134217728"],
  [["-p", "70000", "--test"], 2, '--port "70000"', "0 to 65535"],
  [["-f", "x", "--test"], 2, '--fps "x"'],
  [["--prot", "1"], 2, '"--prot"', 'did you mean "--port"'],
  [["--loop"], 2, "--loop", "--input"],
  [["--test", "-d", "0"], 2, "--device and --test"],
  [["--port"], 2, "--port has no value"],
  [["--test", "movie.mp4"], 2, '"movie.mp4"', "--input"],
  [["-s", "192.0.2.77", "--test"], 1, "no such address"],
  [["--test", "--preview"], 1, "no screen"],
];
for (const [args, code, ...words] of server) {
  Deno.test(`server ${args.join(" ").replace(/\/.*deno.json/, "TEXT")}: exit ${code}, two lines`, () => {
    const port = args.includes("-p") || args.includes("--port") ? [] : ["-p", "0"];
    const env = { DISPLAY: "", WAYLAND_DISPLAY: "" };
    return fails(commandLine("server", [...port, ...args]), { code, words, env });
  });
}

const client: [args: string[], code: number, ...words: string[]][] = [
  [[], 2, "HOST is missing"],
  [["8888"], 2, "HOST is missing: 8888 is a port", "./client 127.0.0.1 8888"],
  [["http://127.0.0.1:8080/"], 2, "not to its web page", "./client 127.0.0.1 8888"],
  [["127.0.0.1", "--token", "secret"], 2, 'did you mean "--token-file"'],
  [["127.0.0.1", "--filter", "blur", "--filter", "edges"], 2, "join them: --filter blur,edges"],
  [["127.0.0.1", "8888", "--raw"], 2, "WIDTH and HEIGHT are missing"],
  [["127.0.0.1", "8888", "320"], 2, "HEIGHT is missing"],
  [["127.0.0.1", "70000", "4", "3"], 2, "PORT is 70000"],
  [["127.0.0.1", "8888", "0", "3"], 2, "0x3"],
  [["127.0.0.1", "8888", "four", "3"], 2, '"four"'],
  [["127.0.0.1", "8888", "4", "3", "--stride", "2"], 2, "--stride is 2"],
  [["127.0.0.1", "8888", "4", "3", "--dispaly", "none"], 2, 'did you mean "--display"'],
  [["127.0.0.1", "8888", "4", "3", "-o", "film.gif"], 2, "wanted a name that ends in .mp4"],
  [
    ["127.0.0.1", "8888", "4", "3", "-o", "/nosuch/x.gray"],
    1,
    '"/nosuch/x.gray": there is no such directory',
  ],
  [["127.0.0.1", String(freePort()), "4", "3"], 1, "no server listens there"],
  [["nohost.invalid", "8888", "4", "3"], 1, "the host was not found"],
];
for (const [args, code, ...words] of client) {
  Deno.test(`client ${args.join(" ").replace(/ \d{5}\b/, " PORT")}: exit ${code}, two lines`, () =>
    fails(commandLine("client", args), { code, words }));
}

Deno.test("server: a port in use is an error that names --port", async () => {
  await using first = startServer(["--test"]);
  const port = await portOf(first);
  const args = ["--test", "-s", "127.0.0.1", "-p", String(port)];
  await fails(commandLine("server", args), {
    code: 1,
    words: [`port ${port}: the port is in use`, "--port"],
  });
});

for (const program of ["server", "client"] as const) {
  Deno.test(`${program}: a limit of open files that is too low is an error that says how to raise it`, () =>
    fails(shell('ulimit -n 40; exec "$@"', ...commandLine(program, ["127.0.0.1", "1"])), {
      code: 1,
      words: ["can open only", "at least 32 are needed", "ulimit -n 1024"],
    }));
}

Deno.test("server: a missing ffmpeg is an error that says how to install it", async () => {
  await using empty = new TempDir();
  const env = { PATH: empty.path };
  const words = ['"ffmpeg": it was not found', "apt install ffmpeg"];
  await fails(commandLine("server", ["--test", "-p", "0"]), { code: 1, words, env });
});

Deno.test({
  name: "client -o: a full disk is an error, and the file holds whole frames",
  ignore: !FullDisk.possible(),
  fn: async () => {
    await using dir = new TempDir();
    await using disk = await FullDisk.mount(dir.file("disk"));
    await using camera = startServer(["--test", "-r", "64x48"]);
    await using full = startClient(await portOf(camera), ["64", "48", "-o", disk.file("x.gray")]);
    const { code, stderr } = await full.end();
    assertEquals(code, 1);
    assertMatch(
      stderr,
      /error: Cannot write to ".*x.gray" after \d+ frames?: the disk is full\nhint: /,
    );
  },
});

Deno.test("server: a password in a source's address is not shown", async () => {
  const url = `http://user:secret@127.0.0.1:${freePort()}/cam.mjpg`;
  await using camera = startServer(["-i", url]);
  const { code, stderr } = await camera.end();
  assertEquals(code, 1);
  assert(!stderr.includes("secret"), stderr);
  assertStringIncludes(stderr, '/cam.mjpg": the connection was refused');
});

Deno.test("server: data from the network gives no access to the host's files", async () => {
  await using dir = new TempDir();
  const film = dir.file("private.ts");
  const picture = ["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=3"];
  await run("ffmpeg", ["-v", "error", ...picture, "-c:v", "mpeg2video", film]);
  const playlist = `#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nfile:${film}\n#EXT-X-ENDLIST\n`;
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const answering = (async () => {
    const conn = await listener.accept();
    await conn.write(new TextEncoder().encode(playlist));
    conn.close();
  })();
  await using camera = startServer(["-i", `tcp://127.0.0.1:${listener.addr.port}`]);
  const { code, stderr } = await camera.end();
  await answering;
  assertEquals(code, 1, stderr);
  assertStringIncludes(stderr, "it refers to file:");
});

for (const option of ["--token-file", "--config", "--tls-cert"]) {
  Deno.test({
    name: `server ${option}: a named pipe is refused at once`,
    ignore: Deno.build.os === "windows",
    fn: async () => {
      await using dir = new TempDir();
      const pipe = dir.file("pipe");
      await run("mkfifo", ["-m", "600", pipe]);
      const key = option === "--tls-cert" ? ["--tls-key", pipe] : [];
      await using camera = startServer(["--test", option, pipe, ...key]);
      const { stderr } = await camera.end();
      assertMatch(stderr, /^error: .*: it is a pipe or a device\nhint: /);
    },
  });
}
