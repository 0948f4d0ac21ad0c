/** The permissions of the user's own filters, what is wrong in them, and what they print, in the real programs. */

import { assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { TempDir } from "./pictures.ts";
import { portOf, startClient, startServer, within } from "./programs.ts";

const SOURCE = ["--test", "-r", "64x48"];

/**
 * Tries, while it is loaded, everything that a filter is not allowed to do, and one thing that it is; then it
 * reports the results.
 */
const TRIES = `
import { only } from "./beside.js";
const here = (name) => new URL(name, import.meta.url);
const heard = (worker) => new Promise((resolve) => {
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = (event) => { event.preventDefault(); resolve(event.message); };
}).finally(() => worker.terminate());
const child = \`
  let words = "done";
  try { new Deno.Command("touch", { args: ["\${here("started").pathname}"] }).outputSync(); }
  catch (thrown) { words = thrown.name; }
  self.postMessage(words);\`;
const tries = {
  beside: () => Deno.readTextFileSync(here("beside.js")),
  run: () => new Deno.Command("touch", { args: [here("started").pathname] }).outputSync(),
  ffmpeg: () => new Deno.Command("ffmpeg", { args: ["-version"] }).outputSync(),
  nodeRun: async () => (await import("node:child_process")).spawnSync("touch", [here("started").pathname]),
  write: () => Deno.writeTextFileSync(here("written"), "x"),
  nodeWrite: async () => (await import("node:fs")).writeFileSync(here("written"), "x"),
  remove: () => Deno.removeSync(here("beside.js")),
  link: () => Deno.symlinkSync("/etc/hostname", here("linked")),
  read: () => Deno.readTextFileSync("/etc/hostname"),
  nodeRead: async () => (await import("node:fs")).readFileSync("/etc/hostname"),
  sqlite: async () => new (await import("node:sqlite")).DatabaseSync("/tmp/framewire-test.db"),
  list: () => [...Deno.readDirSync("/")],
  fetch: () => fetch("http://127.0.0.1:1/"),
  connect: () => Deno.connect({ hostname: "127.0.0.1", port: 1 }),
  unix: () => Deno.connect({ transport: "unix", path: "/run/nobody" }),
  listen: () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  webSocket: () => new WebSocket("ws://127.0.0.1:1"),
  lookUp: () => Deno.resolveDns("localhost", "A"),
  env: () => Deno.env.get("HOME"),
  nodeEnv: async () => JSON.stringify((await import("node:process")).env),
  ffi: () => Deno.dlopen("libc.so.6", {}),
  sys: () => Deno.hostname(),
  kill: () => Deno.kill(Deno.ppid, "SIGTERM"),
  load: () => import("https://127.0.0.1:1/mod.js"),
  ask: async () => {
    const { state } = await Deno.permissions.request({ name: "run" });
    if (state !== "granted") throw new Deno.errors.NotCapable(state);
  },
  moreRights: () => heard(new Worker("data:text/javascript,", {
    type: "module",
    deno: { permissions: { run: true } },
  })),
  worker: async () => {
    const words = await heard(new Worker(\`data:text/javascript,\${encodeURIComponent(child)}\`, { type: "module" }));
    if (words !== "done") throw new Error(words);
  },
};
const done = [];
for (const [name, attempt] of Object.entries(tries)) {
  try { await attempt(); done.push(name); } catch { /* refused */ }
}
export default ({ report }) => ({ process() { report({ done, only }); } });
`;

/** A folder with that filter and another module. */
async function writeTries(dir: TempDir): Promise<string> {
  await Deno.writeTextFile(dir.file("beside.js"), "export const only = 7;\n");
  await Deno.writeTextFile(dir.file("tries.js"), TRIES);
  return dir.file("tries.js");
}

Deno.test("client --filter: a module can read only its own folder, at its top level too", async () => {
  await using dir = new TempDir();
  await using server = startServer(SOURCE);
  const args = ["--filter", await writeTries(dir), "--events", "-", "--frames", "2"];
  await using client = startClient(await portOf(server), args);
  const { code, stdout, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  const [line = ""] = new TextDecoder().decode(stdout).split("\n");
  const { done, only } = JSON.parse(line);
  assertEquals({ done, only }, { done: ["beside"], only: 7 });
  assertEquals([...Deno.readDirSync(dir.path)].length, 2, "it has made a file");
});

Deno.test("server --filter: a module can read only its own folder, and clients get the frames", async () => {
  await using dir = new TempDir();
  const path = await writeTries(dir);
  await using server = startServer([...SOURCE, "--filter", path, "--http", "127.0.0.1:0"]);
  const [, url] = await server.line(/^web: +(\S+)$/);
  const response = await fetch(`${url}events`);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  await using client = startClient(await portOf(server), ["--frames", "2", "-o", "-"]);
  let text = "";
  while (!/"done":.*?\]/.test(text)) text += (await within("a find", reader.read())).value;
  await reader.cancel();
  assertStringIncludes(text, '"done":["beside"]');
  assertEquals((await client.end()).stdout.length, 2 * 64 * 48);
  assertEquals([...Deno.readDirSync(dir.path)].length, 2, "it has made a file");
});

const refused: [words: string, source: string][] = [
  [
    `mine.js imports "npm:nothing@1": a filter can only import files`,
    `import nothing from "npm:nothing@1";\nexport default nothing;`,
  ],
  [
    `mine.js imports "https://127.0.0.1:1/a.js": a filter can only import files`,
    `export { default } from "https://127.0.0.1:1/a.js";`,
  ],
  [
    `run access to "touch" is refused: a filter can only read files in its own folder (mine.js:1:`,
    `new Deno.Command("touch", { args: ["x"] }).outputSync();`,
  ],
];
for (const [words, source] of refused) {
  Deno.test(`client --filter: ${words.split(":")[0]}: exit 1, two lines`, async () => {
    await using dir = new TempDir();
    await Deno.writeTextFile(dir.file("mine.js"), source);
    await using server = startServer(SOURCE);
    await using client = startClient(await portOf(server), ["--filter", dir.file("mine.js")]);
    const { code, stderr } = await client.end();
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, words);
    assertMatch(stderr, /^error: Cannot start the filters: .*\nhint: .*$/m);
  });
}

Deno.test("client --filter ./mine.js: what it prints goes to stderr, not between the events", async () => {
  await using dir = new TempDir();
  const path = dir.file("talk.js");
  await Deno.writeTextFile(
    path,
    `export default ({ report }) => ({
      process(mat) { console.log("seen"); console.table([1]); report({ boxes: [[1, 2, 3, 4]] }); },
    });`,
  );
  await using server = startServer(SOURCE);
  const args = ["--filter", path, "--events", "-", "--frames", "3"];
  await using client = startClient(await portOf(server), args);
  const { code, stdout, stderr } = await client.end();
  assertEquals(code, 0);
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  assertEquals(new Set(lines.map((line) => JSON.parse(line).filter)), new Set(["talk.js"]));
  assertStringIncludes(stderr, "seen");
});

Deno.test("client --filter ./mine.js: it cannot post messages in place of the filters' Worker", async () => {
  await using dir = new TempDir();
  const path = dir.file("post.js");
  const event = { sequence: 7, capturedAt: 0, filter: "faces", boxes: [] };
  await Deno.writeTextFile(
    path,
    `export default () => {
      if (Deno[Deno.internal]) throw new Error("internals");
      self.postMessage({ kind: "event", event: ${JSON.stringify(event)} });
      return { process() {} };
    };`,
  );
  await using server = startServer(SOURCE);
  const args = ["--filter", path, "--events", "-", "--frames", "3"];
  await using client = startClient(await portOf(server), args);
  const { code, stdout, stderr } = await client.end();
  assertEquals([code, stdout.length], [1, 0]);
  assertStringIncludes(stderr, "post.js: a filter cannot post messages");
});

Deno.test("client --filter ./mine.js: a module that can't be parsed is named in one line", async () => {
  await using dir = new TempDir();
  const path = dir.file("broken.js");
  await Deno.writeTextFile(path, "export default function ( { return");
  await using server = startServer(SOURCE);
  await using client = startClient(await portOf(server), ["--filter", path]);
  const { code, stderr } = await client.end();
  assertEquals(code, 1);
  assertMatch(stderr, /^error: Cannot start the filters: .*broken\.js:1:35\nhint: /m);
});
