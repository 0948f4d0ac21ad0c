import { Failure } from "../../lib/log/failure.ts";
import { withConfig } from "../../lib/cli/config_file.ts";
import { option, UsageError } from "../../lib/cli/option_table.ts";
import { frameSize, integer, positive, text } from "../../lib/cli/readers.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "../assert.ts";

const table = {
  port: option({ short: "p", value: "PORT", help: "port", read: integer(0, 65535) }),
  resolution: option({ value: "WxH", help: "size", read: frameSize }),
  wait: option({
    value: "SECONDS",
    help: "wait",
    read: positive("seconds", 9),
    alone: Infinity,
  }),
  test: { help: "test picture" },
  config: option({ value: "FILE", help: "options", read: text }),
};

/** What a file with this text gives as a command line. */
function read(content: string, ...args: string[]): string[] {
  const file = Deno.makeTempFileSync();
  try {
    Deno.writeTextFileSync(file, content);
    return withConfig(args, file, table).map((arg) => arg.replaceAll(file, "FILE"));
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown;
    throw new UsageError(thrown.message.replaceAll(file, "FILE"), thrown.hint);
  } finally {
    Deno.removeSync(file);
  }
}

const errors: [text: string, message: string][] = [
  ['test = true\n\nresolutoin = "4x3"', '"FILE", line 3: "resolutoin" is not an option, did you'],
  ["prot = 3", '"FILE", line 1: "prot" is not an option, did you mean "port"?'],
  ['test = true\nresolution = "4x"', '"FILE", line 2: Cannot read --resolution "4x": wanted'],
  ["test = 3", '"FILE", line 1: "test" is 3, wanted: true or false'],
  ["[camera]\nport = 3", '"FILE", line 1: "camera" is not an option'],
  ["# port = 1\nport = 70000", '"FILE", line 2: Cannot read --port "70000"'],
  ["config = 'x'", '"FILE", line 1: "config" can only be given on the command line'],
  ["test = true\nport = = 3", 'Cannot read --config "FILE", line 2: cannot parse value'],
  [
    'test = true\ndevice = "x',
    'Cannot read --config "FILE", line 2: single-line string is not closed',
  ],
  ['{\n  "test": true,\n  "prot": 3\n}', '"FILE", line 3: "prot" is not an option'],
  ['{\n  "test": true,\n  "port": 70000\n}', '"FILE", line 3: Cannot read --port "70000"'],
  [
    '{\n  "test": true,\n  "port": 3,,\n}',
    'Cannot read --config "FILE", line 3: expected double-quoted property name',
  ],
  ['{\n  "test": true', 'Cannot read --config "FILE", line 2: '],
];
for (const [text, message] of errors) {
  Deno.test(`withConfig() names the place of ${JSON.stringify(text)}`, () => {
    const error = assertThrows(() => read(text), UsageError);
    assertStringIncludes(error.message, message);
    assert(error.message.split(/\bline \d/).length <= 2, "the message names the line once");
  });
}

Deno.test("withConfig() fails at run time if the file cannot be read", () => {
  for (const file of ["/nonexistent/x.toml", "/"]) {
    const error = assertThrows(() => withConfig([], file, table), Failure);
    assert(!(error instanceof UsageError));
  }
});

Deno.test("withConfig() reports a wrong value even if the command line overrides it", () => {
  assertThrows(() => read("port = 70000", "--port", "3"), UsageError, "line 1");
});

Deno.test("withConfig() reads an option with an optional value", () => {
  assertEquals(read("wait = true"), ["--wait"]);
  assertEquals(read("wait = 3"), ["--wait=3"]);
  assertEquals(read("wait = false"), []);
});
