/** Connections that try to keep clients out: an honest client is still served (issue 11). */

import { assertEquals, assertLess } from "../assert.ts";
import { certificate } from "./certificate.ts";
import { canBeHostile, hold, reset } from "./hostile.ts";
import { TempDir } from "./pictures.ts";
import { openFiles } from "./process_figures.ts";
import { installed, portOf, type Program, startServer, until, within } from "./programs.ts";
import { secretIn } from "./web_pages.ts";

const TOKEN = "correct-horse-battery";
/** Honest clients connect faster than the server notices that the last one has left. */
const SMALL = ["--test", "-r", "64x48", "--max-per-host", "40"];
const utf8 = new TextEncoder();

/** The first bytes of a TLS client, too few for a handshake. */
const HALF_HELLO = Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3);

/** The first words of the server's answer to a client that has the token. */
async function greeting(connect: () => Promise<Deno.Conn>, words: string): Promise<string> {
  using conn = await within("a connection", connect());
  await conn.write(utf8.encode(words));
  const answer = new Uint8Array(14);
  await within("the answer", conn.read(answer));
  return new TextDecoder().decode(answer);
}

/** Connects `count` honest clients in sequence, while the hostile connections run. */
async function greetings(
  count: number,
  connect: () => Promise<Deno.Conn>,
  words: string,
): Promise<string[]> {
  const answers: string[] = [];
  for (let i = 0; i < count; i++) answers.push(await greeting(connect, words));
  return answers;
}

/** Fulfilled with the exit code of a program that ends by itself. */
async function over(program: Program): Promise<number> {
  return (await program.status).code;
}

Deno.test({
  name:
    "server: 10,000 connections that are reset at once keep no client out, from a refused address too",
  ignore: !canBeHostile,
  fn: async () => {
    await using server = startServer([...SMALL, "--allow", "127.0.0.1"]);
    const port = await portOf(server);
    const connect = () => Deno.connect({ hostname: "127.0.0.1", port });
    await using resets = reset(port, 10_000);
    const answers = await greetings(20, connect, "framewire/1\n");
    assertEquals(answers, Array(20).fill("framewire/1 ok"));
    assertEquals(await over(resets), 0);
    assertEquals(await greeting(connect, "framewire/1\n"), "framewire/1 ok");
  },
});

Deno.test({
  name: "server --token-file: 4,000 unfinished greetings keep no client out that has the token",
  ignore: !canBeHostile,
  fn: async () => {
    await using dir = new TempDir();
    await using server = startServer([...SMALL, "--token-file", await secretIn(dir, TOKEN)]);
    const port = await portOf(server);
    const before = await openFiles(server.pid);
    const connect = () => Deno.connect({ hostname: "127.0.0.1", port });
    await using _crowd = hold(port, { count: 4000, hosts: 8, words: utf8.encode("f") });
    const many = async () => await openFiles(server.pid) > before + 100;
    await until("the crowd is there", many);
    const words = `framewire/1 token=${TOKEN}\n`;
    assertEquals(await greetings(20, connect, words), Array(20).fill("framewire/1 ok"));
    assertLess(await openFiles(server.pid), before + 300);
    // They are still connected, and send nothing more.
    const few = async () => await openFiles(server.pid) <= before;
    await until("what they held is free", few);
  },
});

Deno.test({
  name: "server --tls-cert: 1,000 unfinished handshakes keep no client out, and are closed soon",
  ignore: !canBeHostile || !installed("openssl"),
  fn: async () => {
    await using dir = new TempDir();
    const { cert, key } = await certificate(dir);
    const guards = ["--tls-cert", cert, "--tls-key", key, "--token-file"];
    await using server = startServer([...SMALL, ...guards, await secretIn(dir, TOKEN)]);
    const port = await portOf(server);
    const before = await openFiles(server.pid);
    const caCerts = [await Deno.readTextFile(cert)];
    const connect = () => Deno.connectTls({ hostname: "localhost", port, caCerts });
    await using _crowd = hold(port, { count: 1000, hosts: 8, words: HALF_HELLO });
    const many = async () => await openFiles(server.pid) > before + 100;
    await until("the crowd is there", many);
    const words = `framewire/1 token=${TOKEN}\n`;
    assertEquals(await greetings(5, connect, words), Array(5).fill("framewire/1 ok"));
    const few = async () => await openFiles(server.pid) <= before;
    await until("what they held is free", few);
  },
});
