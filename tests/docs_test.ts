/** What the README and docs/ promise: links that lead somewhere, and commands that the programs take. */

import { readClientOptions } from "../lib/cli/client_options.ts";
import { words } from "../lib/cli/readers.ts";
import { readServerOptions } from "../lib/cli/server_options.ts";
import { assert, assertEquals } from "./assert.ts";
import { printedBy, quietControl } from "./cli/control.ts";

const root = new URL("../", import.meta.url);

/** All documents, by their paths from the top. */
const documents = new Map(
  [
    "README.md",
    "CHANGELOG.md",
    ...[...Deno.readDirSync(new URL("docs/", root))]
      .map(({ name }) => `docs/${name}`),
  ]
    .map((path) => [path, Deno.readTextFileSync(new URL(path, root))]),
);

/** The anchors of a document, as they are made of its headings. */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading.toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-")
  );
}

for (const [path, text] of documents) {
  Deno.test(`${path}: each link leads to a file and a heading that are there`, () => {
    for (const [, target = ""] of text.matchAll(/\]\(([^)]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [file = "", anchor] = target.split("#");
      const url = file === "" ? new URL(path, root) : new URL(file, new URL(path, root));
      assert(Deno.statSync(url).isFile, target);
      if (anchor === undefined) continue;
      assert(anchors(Deno.readTextFileSync(url)).includes(anchor), `no heading for ${target}`);
    }
  });
}

/** The command lines of `./server` and `./client` in a document, and where they stand. */
function commands(text: string): { program: string; line: string }[] {
  const blocks = [...text.matchAll(/^```(?:sh|console|text)\n(.*?)^```/gms)].map(([, body]) =>
    body
  );
  const inline = [...text.matchAll(/`(\.\/(?:server|client) [^`]+)`/g)].map(([, code]) => code);
  return [...blocks.flatMap((body = "") => body.split("\n")), ...inline].flatMap((line = "") => {
    // "usage:" and what is left to the reader, as in [options] and HOST:PORT/NAME, is no command.
    if (/usage:|\.\.\.|try: /.test(line)) return [];
    const [, program = "", rest = ""] = /(?:^|[\s|$])\.\/(server|client)\b(.*)/.exec(line) ?? [];
    return program === "" ? [] : [{ program, line: rest }];
  });
}

for (const [path, text] of documents) {
  Deno.test(`${path}: the programs take each command`, () => {
    for (const { program, line } of commands(text)) {
      const [typed = ""] = line.split(/ #|  +[a-z]| [|<>&] ?| \[/);
      const args = words(typed.trim());
      if (args.includes("--config")) continue; // its file is the reader's
      const control = quietControl();
      try {
        const read = program === "server" ? readServerOptions : readClientOptions;
        printedBy(() => void read(args, control));
      } catch (thrown) {
        throw new Error(`./${program} ${typed}: ${(thrown as Error).message}`, { cause: thrown });
      }
    }
  });
}

Deno.test("the documents have commands at all, and the README an index of docs/", () => {
  const readme = documents.get("README.md") ?? "";
  assert(commands(readme).length > 20, "where have the README's commands gone?");
  const missing = [...documents.keys()].filter((path) =>
    path !== "README.md" && !readme.includes(`(${path})`)
  );
  assertEquals(missing, []);
});
