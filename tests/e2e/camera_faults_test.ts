/** What fails in one of several cameras costs the others no frame. */

import { assertEquals, assertMatch } from "../assert.ts";
import { camera, configIn, missedBy, watch } from "./cameras.ts";
import { TempDir } from "./pictures.ts";
import { childrenOf } from "./process_figures.ts";
import { commandLine, hasBytes, portOf, run, startServer } from "./programs.ts";
import { Y4mSource } from "./y4m_source.ts";

const linux = Deno.build.os === "linux";

/** What goes wrong with one camera, by its table, and what the server says of it. */
const FAULTS: [fault: string, table: (dir: TempDir) => string, line: RegExp][] = [
  [
    "is not there at the start",
    () => `[camera.bad]\ninput = "/nosuch/film.mp4"\n`,
    /^warning: cannot open \/nosuch\/film\.mp4: there is no such file; retrying$/,
  ],
  [
    "has a filter that loops for ever",
    (dir) => {
      const path = dir.file("loop.js");
      const source =
        "export default () => ({ process(_, { sequence }) { while (sequence > 2); } });";
      Deno.writeTextFileSync(path, source);
      return camera("bad", "32x24", `filter = "${path}"`);
    },
    /^error: camera bad: The filters did not answer within 10 s/,
  ],
];
for (const [fault, table, line] of FAULTS) {
  Deno.test(`server with several cameras: one that ${fault} costs the other no frame`, async () => {
    await using dir = new TempDir();
    const config = await configIn(dir, camera("good", "64x48") + table(dir));
    await using server = startServer(["--config", config]);
    const port = await portOf(server);
    const film = dir.file("good.gray");
    await using good = watch(port, "good", ["-o", film]);
    await hasBytes(film);
    await using _bad = watch(port, "bad", []);
    await server.line(line);
    await hasBytes(film, (await Deno.stat(film)).size + 30 * 64 * 48);
    good.kill("SIGINT");
    const { code, stderr } = await good.end();
    assertEquals([code, missedBy(stderr)], [0, 0], stderr);
  });
}

Deno.test({
  name: "server with several cameras: one that hangs, and comes back, costs the other no frame",
  ignore: !linux,
  fn: async () => {
    await using dir = new TempDir();
    const config = await configIn(
      dir,
      "source-timeout = 1\n" + camera("good", "64x48") + camera("bad", "32x24"),
    );
    await using server = startServer(["--config", config]);
    const port = await portOf(server);
    const film = dir.file("good.gray");
    await using good = watch(port, "good", ["-o", film]);
    await hasBytes(film);
    const arguments_ = async (pid: number) => await Deno.readTextFile(`/proc/${pid}/cmdline`);
    for (const pid of await childrenOf(server.pid)) {
      if ((await arguments_(pid)).includes("32")) Deno.kill(pid, "SIGSTOP");
    }
    await server.line(/^warning: lost test picture: .*; retrying$/);
    const list = ["127.0.0.1", String(port), "--list-streams"];
    const text = new TextDecoder().decode(await run(...commandLine("client", list)));
    assertMatch(text, /^good\t64x48\t30 fps\tlive\nbad\t32x24\t30 fps\tno signal since /);
    await server.line(/^test picture is back after /);
    good.kill("SIGINT");
    const { stderr } = await good.end();
    assertEquals(missedBy(stderr), 0, stderr);
  },
});

Deno.test("server with several cameras: one that comes back in another size costs the other no frame", async () => {
  await using dir = new TempDir();
  await using source = new Y4mSource();
  source.play(32, 24);
  const bad = `[camera.bad]\ninput = "tcp://127.0.0.1:${source.port}"\n`;
  const config = await configIn(dir, camera("good", "64x48") + bad);
  await using server = startServer(["--config", config]);
  const port = await portOf(server);
  const [film, other] = [dir.file("good.gray"), dir.file("bad.gray")];
  await using good = watch(port, "good", ["-o", film]);
  await using client = watch(port, "bad", ["-o", other]);
  await Promise.all([hasBytes(film), hasBytes(other)]);
  source.stop();
  await server.line(/^warning: lost tcp:.*; retrying$/);
  source.play(16, 12);
  await server.line(/^tcp:.* is back after /);
  await hasBytes(other, (await Deno.stat(other)).size + 3 * 32 * 24);
  for (const program of [good, client]) program.kill("SIGINT");
  const [{ stderr }, ended] = await Promise.all([good.end(), client.end()]);
  assertEquals(missedBy(stderr), 0, stderr);
  assertEquals([ended.code, (await Deno.stat(other)).size % (32 * 24)], [0, 0]);
});
