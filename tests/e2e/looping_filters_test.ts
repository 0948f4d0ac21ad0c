/** The user's own filters that loop for ever at their start. */

import { assertEquals, assertMatch } from "../assert.ts";
import { TempDir } from "./pictures.ts";
import { portOf, type Program, startClient, startServer } from "./programs.ts";

const SOURCE = ["--test", "-r", "64x48"];

const LOOPS = 'Deno.stderr.writeSync(new TextEncoder().encode("it loops\\n")); for (;;);';

Deno.test("client and server --filter: a module that loops at its start is an error after 10 s that names it", async () => {
  await using dir = new TempDir();
  await Deno.writeTextFile(dir.file("factory.js"), `export default () => { ${LOOPS} };`);
  await Deno.writeTextFile(
    dir.file("top.js"),
    `${LOOPS}; export default () => ({ process() {} });`,
  );
  await using server = startServer(SOURCE);
  const filter = ["--filter", dir.file("factory.js")];
  await using client = startClient(await portOf(server), filter);
  await using looping = startServer([...SOURCE, "--filter", dir.file("top.js")]);
  const check = async (program: Program, name: string) => {
    const { code, stderr } = await program.end();
    assertEquals(code, 1, stderr);
    assertMatch(
      stderr,
      new RegExp(`^error: .*: ${name} did not answer within 10 s\nhint: .`, "m"),
    );
  };
  await Promise.all([check(client, "factory.js"), check(looping, "top.js")]);
});

Deno.test("client and server --filter: Ctrl-C ends them while a module loops", async () => {
  await using dir = new TempDir();
  await Deno.writeTextFile(dir.file("loop.js"), `export default () => { ${LOOPS} };`);
  const filter = ["--filter", dir.file("loop.js")];
  await using server = startServer(SOURCE);
  await using client = startClient(await portOf(server), filter);
  await using looping = startServer([...SOURCE, ...filter]);
  const stop = async (program: Program) => {
    await program.line(/^it loops$/);
    program.kill("SIGINT");
    const { code, stderr } = await program.end();
    assertEquals([code, /error:/.test(stderr)], [0, false], stderr); // without the 10 s
  };
  await Promise.all([stop(client), stop(looping)]);
});
