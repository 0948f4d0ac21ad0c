import { clientHelp } from "../../lib/cli/client_table.ts";
import {
  formatBriefHelp,
  formatHelp,
  formatHelpAsMarkdown,
  formatOptions,
  type HelpText,
} from "../../lib/cli/help.ts";
import { flagName, option } from "../../lib/cli/option_table.ts";
import { integer, text } from "../../lib/cli/readers.ts";
import { serverHelp } from "../../lib/cli/server_table.ts";
import { assert, assertEquals, assertStringIncludes } from "../assert.ts";

const port = option({
  short: "p",
  value: "PORT",
  help: "port to listen on",
  read: integer(0, 65535),
  fallback: 8888,
  usual: true,
});
const device = option({ value: "DEVICE", help: "camera", read: text, shownFallback: "the first" });
const wait = option({ value: "SECONDS", help: "wait", read: integer(0, 9), alone: Infinity });

const help: HelpText = {
  program: "server",
  usage: "[options]",
  summary: "Serves.",
  groups: { Serving: { port }, Source: { device, wait } },
  examples: ["./server   serve"],
};

Deno.test("formatOptions() lists the names, the description and the default", () => {
  assertEquals(
    formatOptions({ port, device, wait, noPace: { help: "fast" } }),
    `  -p, --port PORT               port to listen on (default: 8888)
      --device DEVICE           camera (default: the first)
      --wait [SECONDS]          wait
      --no-pace                 fast
`,
  );
});

Deno.test("formatOptions() wraps long descriptions, and puts long options on a line of their own", () => {
  const lines = formatOptions({
    short: { help: "word ".repeat(30).trim() },
    aVeryLongNameOfAnOption: { help: "what it does" },
  }).split("\n");
  const indent = " ".repeat(32);
  assert(lines.every((line) => line.length <= 100), lines.join("\n"));
  assertEquals(lines[1], `${indent}${"word ".repeat(13).trim()}`);
  assertEquals(lines.slice(3, 5), [
    "      --a-very-long-name-of-an-option",
    `${indent}what it does`,
  ]);
});

Deno.test("formatHelp() has all options in their groups, formatBriefHelp() the common ones", () => {
  const long = formatHelp(help);
  for (const part of ["usage: ./server [options]\n\nServes.", "Serving:\n  -p", "Source:\n"]) {
    assertStringIncludes(long, part);
  }
  const brief = formatBriefHelp(help);
  assertStringIncludes(brief, "--port");
  assert(!brief.includes("--device"), brief);
  assertStringIncludes(brief, "./server --help lists all options");
});

for (const text of [serverHelp, clientHelp]) {
  Deno.test(`${text.program} -h has about a dozen options, --help and the document have all`, () => {
    const rows = Object.values(text.groups).flatMap((group) => Object.entries(group));
    const count = rows.filter(([, row]) => row.usual).length;
    assert(count >= 10 && count <= 14, `${count} common options`);
    for (const formatted of [formatHelp(text), formatHelpAsMarkdown(text)]) {
      for (const [name, row] of rows) {
        if (!row.shortOnly) assertStringIncludes(formatted, `${flagName(name)}`);
      }
      const long = formatted.split("\n").find((line) => line.length > 100);
      assertEquals(long, undefined, "a line has more than 100 characters");
    }
  });
}
