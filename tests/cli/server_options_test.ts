import { VERSION } from "../../lib/cli/common_options.ts";
import { UsageError } from "../../lib/cli/option_table.ts";
import { formatBriefHelp, formatHelp } from "../../lib/cli/help.ts";
import { readServerOptions } from "../../lib/cli/server_options.ts";
import { serverHelp } from "../../lib/cli/server_table.ts";
import { assertEquals, assertExists, assertThrows } from "../assert.ts";
import { printedBy, quietControl, warnedControl } from "./control.ts";

function read(...args: string[]) {
  const options = readServerOptions(args, quietControl());
  assertExists(options);
  return options;
}

Deno.test("readServerOptions() serves the first camera to everybody by default", () => {
  const { cameras: [camera, ...others], host, port, resolution, fps } = read();
  const { device, input, test } = camera;
  assertEquals([device, input, test, host, port], [undefined, undefined, false, "0.0.0.0", 8888]);
  assertEquals(others, []);
  assertEquals([resolution, fps], [undefined, undefined]);
});

Deno.test("readServerOptions() reads the options", () => {
  const options = read(..."-i movie.mp4 --loop -r 4x3 -f 12.5 -s ::1 -p 0 --frames 7".split(" "));
  const { cameras: [{ input, loop, noPace, resolution, fps, frames }], host, port } = options;
  assertEquals([input, loop, noPace, frames], ["movie.mp4", true, false, 7]);
  assertEquals(resolution, { width: 4, height: 3 });
  assertEquals([fps, host, port], [12.5, "::1", 0]);
  const film = read(..."-i a.mp4 --lossless --wait-for-clients 3".split(" ")).cameras[0];
  assertEquals([film.lossless, film.waitForClients], [true, 3]);
  const { control } = read(..."--control hue=-3 --control gain=a=b".split(" "));
  assertEquals(control, [{ name: "hue", value: "-3" }, { name: "gain", value: "a=b" }]);
  assertEquals(read("--input-options=-ts abs -f v4l2").inputOptions, ["-ts", "abs", "-f", "v4l2"]);
});

Deno.test("readServerOptions() refuses wrong values and combinations", () => {
  const table: [args: string, message: string][] = [
    ["movie.mp4", 'Unexpected argument "movie.mp4"'],
    ["--loop", "--loop is given without a file"],
    ["--test --no-pace", "--no-pace is given without a file"],
    ["--test --lossless", "--lossless is given without a file: a camera does not wait"],
    ["-i a.mp4 -d 0 --lossless", "--lossless is given with --device: a camera does not wait"],
    ["-i a.mp4 --wait-for-clients 2", "--wait-for-clients is given without --lossless"],
    ["--test --control brightness=1", "--control is given with --test, which is not a camera"],
    ["-i a.mp4 --list-controls", "--list-controls is given with --input, which is not a camera"],
    ["--control brightness", 'Cannot read --control "brightness": wanted NAME=VALUE'],
    ["--record-dir .", "--record-dir is given without a web page, where recordings are started"],
    ["--http 0 --record-keep 3", "--record-keep is given without --record-dir"],
    ["-i - --loop", "--loop is given with stdin, which cannot be read again"],
    ["--test -r 16384x16384", "Cannot scale to 16384x16384: more than 134217728 pixels"],
    ["--test -r 4", 'Cannot read --resolution "4": wanted WIDTHxHEIGHT'],
    ["--test -f 0", 'Cannot read --fps "0": wanted frames per second above 0'],
    ["-p 65536", 'Cannot read --port "65536": wanted a whole number from 0 to 65535'],
    ["--max-clients 0", 'Cannot read --max-clients "0"'],
    ["--log-level loud", 'Cannot read --log-level "loud": wanted one of error, warn'],
  ];
  for (const [args, message] of table) {
    assertThrows(() => readServerOptions(args.split(" "), quietControl()), UsageError, message);
  }
});

Deno.test("readServerOptions() prints the help or the version and returns nothing", () => {
  const table = [
    ["--help", formatHelp(serverHelp)],
    ["-h", formatBriefHelp(serverHelp)],
    ["-V", `framewire server ${VERSION}\n`],
  ];
  for (const [flag = "", expected] of table) {
    let options;
    const printed = printedBy(() => options = readServerOptions(["x", flag], quietControl()));
    assertEquals([printed, options], [expected, undefined]);
  }
});

Deno.test("readServerOptions() sets the log's level", () => {
  const control = quietControl();
  assertEquals(control.log.level, "info");
  readServerOptions(["--log-level", "error"], control);
  assertEquals(control.log.level, "error");
});

Deno.test("readServerOptions() warns of options that a Unix socket does not use", () => {
  const table: [args: string, warnings: string[]][] = [
    ["-s unix:/run/cam.sock", []],
    ["-s unix:/run/cam.sock -p 8888", ["--port has no effect on a Unix socket"]],
    [
      "-s unix:/run/cam.sock -p 80 --allow ::1",
      ["--port and --allow have no effect on a Unix socket"],
    ],
    ["-s unix:/run/cam.sock --allow ::1 --http 8080", []],
    ["-p 80 --allow ::1", []],
  ];
  for (const [args, warnings] of table) {
    const control = warnedControl();
    readServerOptions(args.split(" "), control);
    assertEquals(control.warnings, warnings, args);
  }
});
