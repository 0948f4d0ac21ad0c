import { readClientOptions } from "../../lib/cli/client_options.ts";
import { clientHelp } from "../../lib/cli/client_table.ts";
import { formatBriefHelp, formatHelp } from "../../lib/cli/help.ts";
import { FILE_FORMATS, knownEndings } from "../../lib/ffmpeg/formats.ts";
import { VERSION } from "../../lib/cli/common_options.ts";
import { UsageError } from "../../lib/cli/option_table.ts";
import {
  assertEquals,
  assertExists,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "../assert.ts";
import { printedBy, quietControl, warnedControl } from "./control.ts";

function read(args: string) {
  const options = readClientOptions(args.split(" "), quietControl());
  assertExists(options);
  return options;
}

Deno.test("readClientOptions() takes the arguments of the tutorial's client", () => {
  const { hostname, port, size, display, output, stride } = read("192.168.0.7 8889 4 3");
  assertEquals([hostname, port, size], ["192.168.0.7", 8889, { width: 4, height: 3 }]);
  assertEquals([display, output, stride], [undefined, [], undefined]);
});

Deno.test("readClientOptions() reads options before, between and after the address", () => {
  const options = read("--display terminal ::1 8888 --stride 8 4 3 -o a.gray --output b.gray");
  const { display, hostname, size, stride, output } = options;
  assertEquals([display, hostname, stride], ["terminal", "::1", 8]);
  assertEquals([size, output], [{ width: 4, height: 3 }, ["a.gray", "b.gray"]]);
  assertEquals(read("h 8888 4 3 --duration 0.5 --frames 2").duration, 0.5);
});

Deno.test("readClientOptions() takes the size from the server and chooses the wire by default", () => {
  const { port, size, wire, stats } = read("camera.local");
  assertEquals([port, size, wire, stats], [8888, undefined, "auto", undefined]);
  assertEquals(read("h --size auto").size, "auto");
  assertEquals(read("h --size 4x3").size, { width: 4, height: 3 });
  assertEquals(read("h --wire mjpeg").wire, "mjpeg");
});

Deno.test("readClientOptions() reads the rate, the codec and the quality", () => {
  const { fps, codec, crf } = read("h 8888 4 3 -f 12.5 -o a.mkv -o b.png --codec vp9 --crf 40");
  assertEquals([fps, codec, crf], [12.5, "vp9", 40]);
  assertEquals(read("h -o a.mp4 -o b.avi --crf 0").crf, 0);
});

Deno.test("readClientOptions() reads the pixels of raw outputs, gray by default", () => {
  assertEquals(read("h -o a.raw").pixels, "gray");
  for (const pixels of ["gray", "yuv420p", "bgr24", "rgb24"]) {
    assertEquals(read(`h -o a.raw --pixels ${pixels}`).pixels, pixels);
  }
});

Deno.test("clientHelp lists each format with its codec and quality", () => {
  const help = formatHelp(clientHelp);
  assertMatch(help, /^ {2}\.mp4 \.m4v \.mov +H\.264, crf 20$/m);
  for (const format of FILE_FORMATS) assertStringIncludes(help, `  ${knownEndings([format])} `);
});

Deno.test("readClientOptions() sends no greeting with --raw and --stride", () => {
  assertEquals(read("h 8888 4 3 --raw").wire, undefined);
  assertEquals(read("h --raw --size auto").wire, undefined);
  assertEquals(read("h 8888 4 3 --stride 8").wire, undefined);
});

Deno.test("readClientOptions() refuses wrong values and combinations", () => {
  const table: [args: string, message: string][] = [
    ["--display none", "HOST is missing"],
    ["h --raw", "WIDTH and HEIGHT are missing"],
    ["h 8888 4 3 --raw --wire y4m", "--raw and --wire y4m exclude each other"],
    ["h 8888 4 3 --size auto", "The size is given twice"],
    ["h --size 4", 'Cannot read --size "4"'],
    ["h --stride 8", "--stride is given without a size"],
    ["h --wire h265", 'Cannot read --wire "h265": wanted one of auto, raw, y4m, mjpeg, h264'],
    ["h --stats x --events x --filter faces", '"x" is used by two options'],
    ["h 8888 4", "HEIGHT is missing"],
    ["h 8888 4 3 2", 'Unexpected argument "2"'],
    ["h 8888 4x", 'Cannot read "4x": wanted PORT WIDTH HEIGHT, whole numbers'],
    ["h 1e3 4 3", 'Cannot read "1e3"'],
    ["h 0 4 3", "PORT is 0, wanted: 1 to 65535"],
    ["h 65536 4 3", "PORT is 65536"],
    ["h 8888 0 3", "The size is 0x3, wanted: each side 1 to 16384"],
    ["h 8888 4 16385", "The size is 4x16385"],
    ["h 8888 4 3 --stride 3", "--stride is 3, wanted: at least the width, 4"],
    ["h 8888 4 3 -o - -o -", "stdout is used by two options"],
    ["h 8888 4 3 -o - --display terminal", "stdout is used by two options"],
    ["h 8888 4 3 -o film.gif", 'Cannot read --output "film.gif": wanted a name that ends in .mp4'],
    ["h -o film.mp5", `wanted a name that ends in ${knownEndings()}, or - for stdout`],
    ["h -o film", `wanted a name that ends in ${knownEndings()}, or - for stdout`],
    ["h -o film.y4m.gz", 'Cannot read --output "film.y4m.gz": wanted a name that ends in'],
    ["h -o a.mp4 --codec copy", 'Cannot read --codec "copy": wanted one of h264, vp8'],
    ["h -o a.mp4 --codec ffv1", '"a.mp4" can\'t hold ffv1, wanted: h264'],
    ["h -o a.mkv -o b.webm --codec h264", '"b.webm" can\'t hold h264, wanted: vp8, vp9'],
    ["h -o rtmp://h/x --codec ffv1", '"rtmp://h/x" can\'t hold ffv1, wanted: h264'],
    ["h --serve 1 --record-dir .", "--record-dir is given without a web page"],
    ["h --http 1 --record-keep 3", "--record-keep is given without --record-dir"],
    ["h -o a.png --codec ffv1", "--codec is given without a film"],
    ["h --crf 3", "--crf is given without a film"],
    ["h -o a.mkv --codec ffv1 --crf 3", "ffv1 has no --crf"],
    ["h -o a.mp4 --crf 60", '--crf is 60, wanted: 0 to 51 for "a.mp4" (h264)'],
    ["h -o a.webm --crf 3", '--crf is 3, wanted: 4 to 63 for "a.webm" (vp8)'],
    ["h -o a.raw --pixels bgr", 'Cannot read --pixels "bgr": wanted one of gray, yuv420p, bgr24'],
    ["h -f 0", 'Cannot read --fps "0": wanted frames per second above 0'],
    ["h 8888 4 3 --display screen", 'Cannot read --display "screen": wanted one of window'],
  ];
  for (const [args, message] of table) {
    assertThrows(() => readClientOptions(args.split(" "), quietControl()), UsageError, message);
  }
});

Deno.test("readClientOptions() prints the help or the version and returns nothing", () => {
  const table = [
    ["--help", formatHelp(clientHelp)],
    ["-h", formatBriefHelp(clientHelp)],
    ["--version", `framewire client ${VERSION}\n`],
  ];
  for (const [flag = "", expected] of table) {
    let options;
    const printed = printedBy(() => options = readClientOptions([flag], quietControl()));
    assertEquals([printed, options], [expected, undefined]);
  }
});

Deno.test("readClientOptions() reads the port as an option and the size as WxH", () => {
  const size = { width: 4, height: 3 };
  assertEquals(read("h -p 9").port, 9);
  assertEquals(read("h --port 9 4 3").size, size);
  assertEquals(read("h 8888 4x3").size, size);
  const twice = () => read("h 8 -p 9");
  assertThrows(twice, UsageError, "PORT is given twice");
});

Deno.test("readClientOptions() shows how to join filters", () => {
  const table: [args: string, hint: string][] = [
    ["h --filter faces edges", "--filter faces,edges"],
    ["--filter faces edges=low=9 h", "--filter faces,edges=low=9"],
    ["h --filter=faces edges blur", "--filter faces,edges,blur"],
    ["h --filter faces --filter edges", "join them: --filter faces,edges"],
  ];
  for (const [args, hint] of table) {
    assertEquals(assertThrows(() => read(args), UsageError).hint, hint);
  }
});

Deno.test("readClientOptions() reads --wait-for-server with and without seconds", () => {
  assertEquals(read("h").waitForServer, undefined);
  assertEquals(read("h --wait-for-server").waitForServer, Infinity);
  assertEquals(read("--wait-for-server h 9").waitForServer, Infinity);
  assertEquals(read("--wait-for-server 30 h 9").waitForServer, 30);
});

Deno.test("readClientOptions() takes a filter or a label for --on, if one of the filters can find it", () => {
  const good = [
    "motion --on motion",
    "faces --on face",
    "detect=a.onnx --on cup",
    "./a.js --on cup",
  ];
  for (const args of good) read(`h -o a.mp4 --filter ${args}`);
  const bad: [args: string, message: string][] = [
    ["--filter motion --on faces", "--on faces is given without that filter"],
    ["--filter faces --on fase", 'Nothing in --filter finds "fase", did you mean "face"?'],
    ["--filter detect=a.onnx:classes=dog --on person", 'Nothing in --filter finds "person"'],
    ["--on person", 'Nothing in --filter finds "person"'],
  ];
  for (const [args, message] of bad) {
    assertThrows(() => read(`h -o a.mp4 ${args}`), UsageError, message);
  }
});

Deno.test("readClientOptions() warns of options that have no effect", () => {
  const table: [args: string, warnings: string[]][] = [
    ["h --before 5 --after 1", ["--before and --after have no effect without --on"]],
    ["h --before 5 --filter motion --on motion -o a.mp4", []],
    ["h --max-clients 3", ["--max-clients has no effect without --serve or --http"]],
    ["h --max-clients 3 --http 0", []],
    ["h --quality 30 --display web", []],
    ["h --pixels bgr24", ["--pixels has no effect without -o - or a .raw file"]],
    ["h --pixels bgr24 -o a.gray -o b.mp4", ["--pixels has no effect without -o - or a .raw file"]],
    ["h --pixels bgr24 -o a.raw", []],
    ["h -o a.mp4", []],
    ["unix:/run/cam.sock 8888", ["--port has no effect on a Unix socket"]],
    ["unix:/run/cam.sock -p 8888 --tls", ["--port and --tls have no effect on a Unix socket"]],
    ["unix:/run/cam.sock 320x240", []],
    ["h 8888 4 3 --stride 8 --wire y4m", [
      "--wire has no effect with --stride, which reads raw frames",
    ]],
    ["h 8888 4 3 --stride 8 --wire raw", []],
  ];
  for (const [args, warnings] of table) {
    const control = warnedControl();
    readClientOptions(args.split(" "), control);
    assertEquals(control.warnings, warnings, args);
  }
});

Deno.test("readClientOptions() warns of an option of a configuration file, too", () => {
  const file = Deno.makeTempFileSync();
  try {
    Deno.writeTextFileSync(file, "before = 5");
    const control = warnedControl();
    readClientOptions(["h", "--config", file], control);
    assertEquals(control.warnings, ["--before has no effect without --on"]);
  } finally {
    Deno.removeSync(file);
  }
});
