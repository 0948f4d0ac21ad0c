/** Streams to media servers, and the program that --exec starts. */

import { assert, assertEquals, assertGreaterOrEqual } from "../assert.ts";
import { assertMatch } from "../assert.ts";
import { TempDir } from "./pictures.ts";
import { probe } from "./probe.ts";
import {
  commandLine,
  freePort,
  installed,
  portOf,
  Program,
  startClient,
  startServer,
  until,
} from "./programs.ts";

const SMALL = ["--test", "-r", "160x120", "-f", "30"];

Deno.test("client --exec: runs at motion, lost and back, one at a time, and failures are logged", async () => {
  await using dir = new TempDir();
  const hook = dir.file("hook.sh");
  const log = dir.file("log");
  await Deno.writeTextFile(
    hook,
    `#!/bin/sh\necho "$FRAMEWIRE_EVENT $1 $FRAMEWIRE_FIND$FRAMEWIRE_WHY" >> ${log}\n` +
      `echo "bad \$(id)" >&2; exit 3\n`,
    { mode: 0o755 },
  );
  await using server = startServer(["--test", "-r", "160x120"]);
  const port = await portOf(server);
  await using client = startClient(port, ["--filter", "motion", "--exec", `${hook} "a;b $HOME"`]);
  await client.line(/^warning: .*hook\.sh at motion ended with exit code 3: bad uid/);
  server.kill("SIGKILL");
  await server.status;
  await client.line(/at lost ended/);
  const args = ["-s", "127.0.0.1", "-p", String(port), "--test", "-r", "160x120"];
  await using _again = new Program(...commandLine("server", args));
  await client.line(/at back ended/);
  const lines = (await Deno.readTextFile(log)).trim().split("\n");
  assertMatch(lines[0]!, /^motion a;b \$HOME \{"sequence":\d+,.*"filter":"motion"/);
  assert(lines.some((line) => /^lost a;b \$HOME .*closed the connection/.test(line)), lines.join());
});

Deno.test("client -o tcp://: streams H.264, and reconnects after the media server has failed", async () => {
  await using dir = new TempDir();
  await using server = startServer(SMALL);
  const port = freePort();
  const take = (name: string, seconds: string) =>
    new Program("ffmpeg", [
      ...["-v", "error", "-y", "-i", `tcp://127.0.0.1:${port}?listen=1`, "-t", seconds],
      ...["-c", "copy", dir.file(name)],
    ]);
  await using first = take("a.mkv", "60");
  const url = `tcp://127.0.0.1:${port}`;
  await using client = startClient(await portOf(server), ["-o", url, "--duration", "25"]);
  await client.line(/^streaming to tcp:/);
  first.kill("SIGKILL");
  await first.status;
  await client.line(/^warning: cannot stream to tcp:.*; retrying$/);
  await using second = take("b.mkv", "2");
  assertEquals((await second.end()).code, 0);
  const film = await probe(dir.file("b.mkv"));
  assertEquals([film.codec, film.size], ["h264", "160x120"]);
  assertGreaterOrEqual(film.times.length, 30);
  client.kill();
  assertEquals((await client.end()).code, 0);
});

Deno.test("client -o tcp://: a media server that never accepts the stream is an error at the end", async () => {
  await using server = startServer(SMALL);
  const url = `tcp://127.0.0.1:${freePort()}`;
  await using client = startClient(await portOf(server), ["-o", url, "--duration", "4"]);
  const { code, stderr } = await client.end();
  assertEquals(code, 1, stderr);
  assertMatch(stderr, /error: Cannot stream to tcp:.*: the connection was refused\nhint: /);
  assert(!stderr.includes("streaming to"), stderr);
});

const rtmp = "/usr/lib/nginx/modules/ngx_rtmp_module.so";

Deno.test({
  name: "client -o rtmp://: streams to nginx with its rtmp module, read back as HLS",
  ignore: !installed("nginx") || !await Deno.stat(rtmp).then(() => true, () => false),
  fn: async () => {
    await using dir = new TempDir();
    const [rtmpPort, httpPort] = [freePort(), freePort()];
    await Deno.mkdir(dir.file("hls"));
    await Deno.chmod(dir.path, 0o755);
    await Deno.writeTextFile(
      dir.file("nginx.conf"),
      `load_module ${rtmp};
      daemon off; master_process off; pid ${dir.file("pid")}; error_log ${
        dir.file("error.log")
      }; user root;
      events {}
      rtmp { server { listen 127.0.0.1:${rtmpPort}; application live {
        live on; hls on; hls_path ${
        dir.file("hls")
      }; hls_fragment 1s; hls_playlist_length 10s; } } }
      http { access_log off; server { listen 127.0.0.1:${httpPort}; location / { root ${dir.path}; } } }`,
    );
    await using nginx = new Program("nginx", ["-c", dir.file("nginx.conf"), "-p", dir.path]);
    await using server = startServer(SMALL);
    const url = `rtmp://127.0.0.1:${rtmpPort}/live/cam`;
    await using client = startClient(await portOf(server), ["-o", url]);
    await client.line(/^streaming to rtmp:/);
    const playlist = dir.file("hls/cam.m3u8");
    await until(
      "the playlist has a part",
      () => Deno.readTextFile(playlist).then((text) => /\.ts/.test(text), () => false),
    );
    const film = await probe(`http://127.0.0.1:${httpPort}/hls/cam.m3u8`, [
      ...["-read_intervals", "%+#10"], // a live stream has no end
    ]);
    assertEquals([film.codec, film.size], ["h264", "160x120"]);
    assertGreaterOrEqual(film.times.length, 10);
    client.kill();
    assertEquals((await client.end()).code, 0);
    nginx.kill("SIGQUIT");
    await nginx.status;
  },
});
