/**
 * Puts the option tables of both programs into README.md, between the marks that name them, so that
 * the README's lists are the programs' own. With `--check` it only says whether they are.
 */

import { clientHelp } from "../lib/cli/client_options.ts";
import { serverHelp } from "../lib/cli/server_options.ts";

const readme = new URL("../README.md", import.meta.url);
const before = await Deno.readTextFile(readme);
let after = before;
for (const [name, help] of [["server", serverHelp], ["client", clientHelp]] as const) {
  const [begin, end] = [`<!-- ${name} options -->\n`, `<!-- end -->`];
  const from = after.indexOf(begin) + begin.length;
  if (from < begin.length) throw new Error(`README.md has no mark "${begin.trim()}"`);
  const to = after.indexOf(end, from);
  after = `${after.slice(0, from)}\n\`\`\`text\n${help}\`\`\`\n\n${after.slice(to)}`;
}
if (after !== before && Deno.args.includes("--check")) {
  console.error("README.md: its options are not the programs' own: run scripts/readme_options.ts");
  Deno.exit(1);
}
await Deno.writeTextFile(readme, after);
