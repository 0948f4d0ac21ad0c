import { Failure } from "../../lib/log/failure.ts";
import { flagName, option, parseOptions, UsageError } from "../../lib/cli/option_table.ts";
import { integer, text } from "../../lib/cli/readers.ts";
import { assert, assertEquals, assertMatch, assertThrows } from "../assert.ts";

const table = {
  port: option({
    short: "p",
    value: "PORT",
    help: "port to listen on",
    read: integer(0, 65535),
    fallback: 8888,
  }),
  output: option({ short: "o", value: "FILE", help: "write", read: text, repeatable: true }),
  device: option({ value: "DEVICE", help: "camera", read: text, shownFallback: "the first" }),
  noPace: { help: "as fast as it can be read" },
  help: { short: "h", help: "print this and end" },
};

const nothing = { port: 8888, output: [] as string[], device: undefined as string | undefined };
const defaults = { ...nothing, noPace: false, help: false };

function parse(...args: string[]) {
  return parseOptions(args, table, { program: "server" });
}

Deno.test("parseOptions() returns the defaults without arguments", () => {
  assertEquals(parse(), { values: defaults, positionals: [] });
});

Deno.test("parseOptions() reads every way to write an option", () => {
  for (const args of [["-p", "9"], ["-p9"], ["-p=9"], ["--port", "9"], ["--port=9"]]) {
    assertEquals(parse(...args).values, { ...defaults, port: 9 }, args.join(" "));
  }
  assertEquals(parse("-h", "--no-pace").values, { ...defaults, help: true, noPace: true });
  assertEquals(parse("-hp", "9").values, { ...defaults, help: true, port: 9 });
  assertEquals(parse("--device=a=b").values.device, "a=b");
});

Deno.test("parseOptions() reads the next argument as the value, even if it begins with a dash", () => {
  for (const device of ["-", "--", "-f v4l2", "-1"]) {
    assertEquals(parse("--device", device, "-h").values, { ...defaults, device, help: true });
  }
});

Deno.test("parseOptions() collects the values of a repeatable option in order", () => {
  const { output } = parse("-o", "a", "--output=b", "--output", "c").values;
  assertEquals(output, ["a", "b", "c"]);
});

Deno.test("parseOptions() returns the positional arguments unchanged", () => {
  const { values, positionals } = parse(
    "host",
    "-h",
    "08888",
    "1e3",
    "0x10",
    "-",
    "--",
    "-p",
    "--no",
  );
  assertEquals(positionals, ["host", "08888", "1e3", "0x10", "-", "-p", "--no"]);
  assertEquals(values, { ...defaults, help: true });
});

Deno.test("parseOptions() names the error and a way out", () => {
  const errors: [args: string[], message: string, hint: RegExp][] = [
    [["--prot", "9"], 'Unknown option "--prot", did you mean "--port"?', /\.\/server --help/],
    [["--prot=9"], 'Unknown option "--prot", did you mean "--port"?', /\.\/server --help/],
    [["--noPace"], 'Unknown option "--noPace", did you mean "--no-pace"?', /--help/],
    [["--something-else"], 'Unknown option "--something-else"', /--help/],
    [["--port"], "--port has no value, wanted: PORT", /--help/],
    [["--port="], "--port has no value, wanted: PORT", /--help/],
    [["--port", ""], "--port has no value, wanted: PORT", /--help/],
    [
      ["-p", "70000"],
      'Cannot read --port "70000": wanted a whole number from 0 to 65535',
      /^--port: port to listen on$/,
    ],
    [["-p", "1", "--port", "2"], "--port is given 2 times, wanted: once", /only once/],
  ];
  for (const [args, message, hint] of errors) {
    const error = assertThrows(() => parse(...args), UsageError);
    assertEquals(error.message, message);
    assertMatch(error.hint, hint);
    assert(error instanceof Failure, "it is shown as two lines");
  }
});

Deno.test("flagName() writes a name with dashes", () => {
  assertEquals(flagName("noPace"), "--no-pace");
  assertEquals(flagName("listAllDevices"), "--list-all-devices");
});

Deno.test("parseOptions() takes every spelling of a value, in the order given", () => {
  const rows = {
    output: option({ short: "o", value: "FILE", help: "out", read: String, repeatable: true }),
    test: { short: "t", help: "test" },
  };
  const args = ["-ofilm", "-o", "-x y", "-o=a=b", "--output", "-", "--output=c", "-t"];
  const { values } = parseOptions(args, rows, { program: "server" });
  assertEquals(values, { output: ["film", "-x y", "a=b", "-", "c"], test: true });
});

Deno.test("parseOptions() refuses a value for a flag, and suggests nothing for a single letter", () => {
  const rows = { test: { short: "t", help: "test" } };
  const parse = (...args: string[]) => () => parseOptions(args, rows, { program: "server" });
  assertThrows(parse("--test=no"), UsageError, "--test is given a value");
  const error = assertThrows(parse("-x"), UsageError);
  assertEquals(error.message, 'Unknown option "-x"');
});

Deno.test("parseOptions() reports a missing value if an option follows", () => {
  assertThrows(() => parse("--device", "--no-pace"), UsageError, "--device has no value");
});

const waiting = {
  wait: option({
    short: "w",
    value: "SECONDS",
    help: "wait",
    read: integer(0, 99),
    alone: Infinity,
    shownFallback: "not at all",
  }),
  test: { help: "test" },
};

Deno.test("parseOptions() reads an option with an optional value", () => {
  const table: [args: string[], wait: number | undefined, positionals: string[]][] = [
    [[], undefined, []],
    [["--wait"], Infinity, []],
    [["--wait", "30"], 30, []],
    [["--wait=30"], 30, []],
    [["-w30", "host"], 30, ["host"]],
    [["--wait", "camera.local"], Infinity, ["camera.local"]],
    [["--wait", "30", "camera.local"], 30, ["camera.local"]],
    [["host", "--wait", "--test"], Infinity, ["host"]],
  ];
  for (const [args, wait, rest] of table) {
    const { values, positionals } = parseOptions(args, waiting, { program: "client" });
    assertEquals([values.wait, positionals], [wait, rest], args.join(" "));
  }
  const parse = () => parseOptions(["--wait=long"], waiting, { program: "client" });
  assertThrows(parse, UsageError, 'Cannot read --wait "long"');
});

Deno.test("parseOptions() shows how to join the values of a repeated option", () => {
  const rows = { filter: option({ value: "GRAPH", help: "x", read: text, separator: "," }) };
  const args = ["--filter", "faces=min=40", "--filter", "edges"];
  const error = assertThrows(() => parseOptions(args, rows, { program: "client" }), UsageError);
  assertEquals(error.hint, "join them: --filter faces=min=40,edges");
});

Deno.test("parseOptions() suggests the full name for a prefix", () => {
  const row = option({ value: "X", help: "x", read: text });
  const rows = { tokenFile: row, maxClients: row, maxPerHost: row };
  const message = (arg: string) =>
    assertThrows(() => parseOptions([arg, "x"], rows, { program: "client" }), UsageError).message;
  assertEquals(message("--token"), 'Unknown option "--token", did you mean "--token-file"?');
  assertEquals(message("--token=secret"), 'Unknown option "--token", did you mean "--token-file"?');
  assertEquals(
    message("--max"),
    'Unknown option "--max", did you mean "--max-clients" or "--max-per-host"?',
  );
});
