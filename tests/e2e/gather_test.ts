/** One server gathers the cameras of others: `-i framewire://HOST[:PORT]/NAME`. */

import { assertEquals, assertMatch } from "../assert.ts";
import { certificate } from "./certificate.ts";
import { TempDir } from "./pictures.ts";
import {
  commandLine,
  freePort,
  hasBytes,
  installed,
  portOf,
  Program,
  run,
  startServer,
} from "./programs.ts";

/** Starts a server with a test camera at this port. */
function startCamera(port: number, args: string[] = []): Program {
  const where = ["-s", "127.0.0.1", "-p", String(port)];
  return new Program(...commandLine("server", [...where, "--test", "-r", "64x48", ...args]));
}

/** Starts a client of one stream. */
function watch(port: number, name: string, args: string[]): Program {
  const address = [`127.0.0.1/${name}`, String(port)];
  return new Program(...commandLine("client", [...address, "--display", "none", ...args]));
}

/** The numbers of frames that a client has received, and missed, as it says at its end. */
async function endOf(client: Program): Promise<{ missed: number; words: string }> {
  client.kill("SIGINT");
  const { stderr: words } = await client.end();
  return {
    missed: Number(/^ended after \d+ frames? in .* s: (\d+) missed/m.exec(words)?.[1] ?? NaN),
    words,
  };
}

async function listOf(port: number): Promise<string> {
  const list = ["127.0.0.1", String(port), "--list-streams"];
  return new TextDecoder().decode(await run(...commandLine("client", list)));
}

Deno.test("server -i framewire://: two servers are gathered; one is killed and comes back, the other loses no frame", async () => {
  await using dir = new TempDir();
  const [one, two] = [freePort(), freePort()];
  await using pi1 = startCamera(one);
  await using pi2 = startCamera(two);
  await portOf(pi1);
  await portOf(pi2);
  const sources = [
    "-i",
    `kitchen=framewire://127.0.0.1:${one}/`,
    "-i",
    `garden=framewire://127.0.0.1:${two}/test`,
  ];
  await using house = startServer(sources);
  const port = await portOf(house);
  assertEquals(await listOf(port), "kitchen\t64x48\t30 fps\tlive\ngarden\t64x48\t30 fps\tlive\n");

  const [film, other] = [dir.file("kitchen.gray"), dir.file("garden.gray")];
  await using kitchen = watch(port, "kitchen", ["-o", film]);
  await using _garden = watch(port, "garden", ["-o", other]);
  await hasBytes(film);
  await hasBytes(other);
  pi2.kill("SIGKILL");
  await house.line(new RegExp(`^warning: lost 127\\.0\\.0\\.1 port ${two}: .*; retrying$`));
  assertMatch(
    await listOf(port),
    /^kitchen\t64x48\t30 fps\tlive\ngarden\t64x48\t30 fps\tno signal since /,
  );
  await using again = startCamera(two);
  await portOf(again);
  await house.line(new RegExp(`^127\\.0\\.0\\.1 port ${two} is back after `));
  await hasBytes(other, (await Deno.stat(other)).size + 10 * 64 * 48);
  await hasBytes(film, (await Deno.stat(film)).size + 10 * 64 * 48);
  const { missed, words } = await endOf(kitchen);
  assertEquals(missed, 0, words);
  assertMatch(words, /^receiving 64x48 y4m from kitchen of /m);
  house.kill("SIGINT");
  await pi1.line(/ left: \d+ frames sent, 0 skipped /);
});

Deno.test("server -i framewire://: frames keep the time of their capture on the way through two servers", async () => {
  await using dir = new TempDir();
  await using first = startServer(["--test", "-r", "64x48"]);
  const source = `framewire://127.0.0.1:${await portOf(first)}/test`;
  await using second = startServer(["-i", source]);
  const port = await portOf(second);
  const stats = dir.file("stats.jsonl");
  await using client = watch(port, "test", ["--stats", stats]);
  await hasBytes(stats, 600);
  await endOf(client);
  const lines = (await Deno.readTextFile(stats)).trim().split("\n").map((line) => JSON.parse(line));
  const { age } = lines.at(-1);
  // On one host: both hops, far less than a frame that waits for a reader.
  assertEquals(age !== undefined && age.p50 >= 0 && age.p50 < 1000, true, JSON.stringify(age));
});

Deno.test("server -i framewire://: a server that is not there at the start is waited for where there are others", async () => {
  const port = freePort();
  const source = `framewire://127.0.0.1:${port}/test`;
  const alone = await startServer(["-i", source]).end();
  assertEquals(alone.code, 1);
  assertMatch(
    alone.stderr,
    /^error: Cannot connect to 127\.0\.0\.1 port \d+: no server listens there\nhint: {2}check the port/m,
  );
  await using dir = new TempDir();
  const config = dir.file("house.toml");
  await Deno.writeTextFile(
    config,
    `[camera.own]\ntest = true\nresolution = "64x48"\n` +
      `[camera.far]\ninput = "${source}"\nresolution = "32x24"\nfilter = "edges"\nstamp = true\n`,
  );
  await using house = startServer(["--config", config]);
  const housePort = await portOf(house);
  await house.line(/^camera: {2}far: test of 127\.0\.0\.1 port \d+, 32x24, no signal$/);
  await using _far = startCamera(port);
  await house.line(/ is back after /);
  const frame = await watch(housePort, "far", ["--frames", "1", "-o", "-"]).end();
  assertEquals([frame.code, frame.stdout.length], [0, 32 * 24]);
  const since = Number(new DataView(frame.stdout.buffer).getBigUint64(0, true) / 1_000_000n);
  assertEquals(Math.abs(Date.now() - since) < 60_000, true);
});

for (const [count, order] of [[2, "one after the other"], [3, "at once"]] as const) {
  Deno.test(`server -i framewire://: a loop of ${count} servers that start ${order} is named, and harms nothing`, async () => {
    await using servers = new AsyncDisposableStack();
    const ports = Array.from({ length: count }, freePort);
    const started: Program[] = [];
    for (const [i, port] of ports.entries()) {
      const next = ports[(i + 1) % count];
      const server = startCamera(port, ["-i", `far=framewire://127.0.0.1:${next}/far`]);
      started.push(servers.use(server));
      if (order === "one after the other") await portOf(server);
    }
    const named =
      /^warning: .*the stream leads back to the server that requests it \(a loop\); trying again each minute$/;
    await Promise.any(started.map((server) => server.line(named)));
    for (const port of ports) {
      const { code, stdout } = await watch(port, "test", ["--frames", "5", "-o", "-"]).end();
      assertEquals([code, stdout.length], [0, 5 * 64 * 48]);
      // Right after a server has connected again, its stream counts as live until the first picture.
      const lost = /^test\t64x48\t30 fps\tlive\nfar\t64x48\t.*no signal since /;
      let list = "";
      for (let tries = 0; tries < 20 && !lost.test(list); tries++) list = await listOf(port);
      assertMatch(list, lost);
    }
  });
}

Deno.test({
  name: "server -i framewire://: tls, tls-ca and token-file are in the camera's table",
  ignore: !installed("openssl"),
  fn: async () => {
    await using dir = new TempDir();
    const { cert, key } = await certificate(dir);
    const token = dir.file("token");
    await Deno.writeTextFile(token, "secret-words\n", { mode: 0o600 });
    const port = freePort();
    await using far = startCamera(port, [
      "--tls-cert",
      cert,
      "--tls-key",
      key,
      "--token-file",
      token,
    ]);
    await portOf(far);
    const config = dir.file("house.toml");
    const table = `[camera.far]\ninput = "framewire://127.0.0.1:${port}/"\n`;
    await Deno.writeTextFile(config, `${table}tls = true\ntls-ca = "${cert}"\n`);
    const refused = await startServer(["--config", config]).end();
    assertEquals(refused.code, 1);
    assertMatch(
      refused.stderr,
      /^error: The server refuses: a token is required\nhint: .*token-file = "FILE" in \[camera\.far\]/m,
    );
    await Deno.writeTextFile(
      config,
      `${table}tls = true\ntls-ca = "${cert}"\ntoken-file = "${token}"\n`,
    );
    await using house = startServer(["--config", config]);
    const frame = await watch(await portOf(house), "far", ["--frames", "1", "-o", "-"]).end();
    assertEquals([frame.code, frame.stdout.length], [0, 64 * 48]);
  },
});
