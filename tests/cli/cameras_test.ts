import type { CameraOptions } from "../../lib/cli/camera_options.ts";
import { UsageError } from "../../lib/cli/option_table.ts";
import { camerasOf, readServerOptions } from "../../lib/cli/server_options.ts";
import {
  assert,
  assertEquals,
  assertExists,
  assertStringIncludes,
  assertThrows,
} from "../assert.ts";
import { quietControl } from "./control.ts";
import { optionsOf, sourceOf, withFile } from "./server_file.ts";

function read(args: string): CameraOptions[] {
  return [...camerasOf(optionsOf(...args.split(" ")))];
}

/** The cameras of a file with this text. */
function readFile(text: string, ...args: string[]): CameraOptions[] {
  return withFile(text, (file) => [...camerasOf(optionsOf("--config", file, ...args))]);
}

Deno.test("camerasOf() gives one camera for each source, in the order of the command line", () => {
  const table: [args: string, sources: string[]][] = [
    ["-p 0", ["video0: first"]],
    ["-d 0", ["video0: 0"]],
    ["--test", ["test: test"]],
    ["-d 0 -d 2", ["video0: 0", "video2: 2"]],
    [
      "-i door.mp4 -d kitchen=0 --input=rtsp://garden.local/s?a=b --device=/dev/video9",
      [
        "door: door.mp4",
        "kitchen: 0",
        "garden: rtsp://garden.local/s?a=b",
        "video9: /dev/video9",
      ],
    ],
    ["--test -d 1 --test", ["test: test", "video1: 1", "test-2: test"]],
    ["-i a.mp4 -i a.mp4", ["a: a.mp4", "a-2: a.mp4"]],
    [
      "-i testsrc=size=4x3 --input-options=-f\tlavfi",
      ["testsrc-size-4x3: testsrc=size=4x3"],
    ],
  ];
  for (const [args, sources] of table) assertEquals(read(args).map(sourceOf), sources, args);
});

Deno.test("camerasOf() takes the inputs of lavfi and dshow as they are", () => {
  for (const format of ["lavfi", "dshow"]) {
    const [camera] = camerasOf(optionsOf("-i", "video=a=b", "--input-options", `-f ${format}`));
    assertEquals(camera.input, "video=a=b");
  }
  const [camera] = camerasOf(optionsOf("-i", "a=b", "--input-options", "-f mjpeg"));
  assertEquals([camera.name, camera.input], ["a", "b"]);
});

Deno.test("camerasOf() gives each camera the general options, --loop the files only", () => {
  const cameras = read("-d 0 -i a.mp4 --loop --no-pace -r 4x3 -f 5 --wire y4m --frames 7 -p 99");
  assertEquals(cameras.map(({ loop, noPace }) => [loop, noPace]), [[false, false], [true, true]]);
  for (const { resolution, fps, wire, frames, port } of cameras) {
    assertEquals([resolution, fps, wire, frames, port], [
      { width: 4, height: 3 },
      5,
      "y4m",
      7,
      undefined,
    ]);
  }
});

Deno.test("camerasOf() gives nothing but the options of a camera", () => {
  const [camera] = read("-d 0 --token-file x --http 1");
  assertExists(camera);
  assertEquals(Object.keys(camera).sort(), [
    ..."color control device encoder filter fps frames hours input inputOptions loop lossless mask name"
      .split(
        " ",
      ),
    ..."noPace onLoss quality resolution sourceTimeout stamp test timeZone waitForClients wire"
      .split(" "),
  ]);
});

Deno.test("readServerOptions() refuses two cameras of one name or device", () => {
  const table: [args: string, message: string][] = [
    ["-d a=0 -d a=1", 'Two cameras are named "a"'],
    ["-d a=0 -i a=x.mp4", 'Two cameras are named "a"'],
    ["-i - -i b=-", 'Cameras "stdin" and "b" have the same source: stdin'],
    ["-d 0 --loop --test", "--loop is given without a file"],
  ];
  for (const [args, message] of table) assertThrows(() => read(args), UsageError, message);
});

Deno.test({
  name: "readServerOptions() finds one device under two names",
  ignore: Deno.build.os !== "linux",
  fn() {
    const directory = Deno.makeTempDirSync();
    try {
      Deno.writeTextFileSync(`${directory}/video`, "");
      Deno.symlinkSync(`${directory}/video`, `${directory}/by-id`);
      const args = `-d a=${directory}/video -d b=${directory}/by-id`;
      const message = `Cameras "a" and "b" have the same device: ${directory}/video`;
      assertThrows(() => read(args), UsageError, message);
      assertThrows(() => read("-d 77 -d x=/dev/video77"), UsageError, '"video77" and "x"');
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  },
});

const HOUSE = `
http = "8080"
resolution = "320x240"
fps = 15
loop = true
[camera.kitchen]
device = "/dev/video0"
filter = "motion"
[camera.2]
input = "film.mp4"
fps = 5
port = 8889
[camera.1]
test = true
loop = false
input-options = "-re"
`;

Deno.test("camerasOf() gives the tables of the file, with the general options as defaults", () => {
  const cameras = readFile(HOUSE);
  assertEquals(cameras.map(sourceOf), ["kitchen: /dev/video0", "2: film.mp4", "1: test"]);
  assertEquals(cameras.map(({ fps }) => fps), [15, 5, 15]);
  assertEquals(cameras.map(({ port }) => port), [undefined, 8889, undefined]);
  assertEquals(cameras.map(({ loop }) => loop), [false, true, false]);
  assertEquals(cameras.map(({ inputOptions }) => inputOptions), [[], [], ["-re"]]);
  assertEquals(cameras.map(({ filter }) => filter?.length), [1, undefined, undefined]);
  for (const { resolution } of cameras) assertEquals(resolution, { width: 320, height: 240 });
});

Deno.test("camerasOf() reads the tables of a JSON file in the order of the file", () => {
  const text = '{ "fps": 5, "camera": { "b": { "test": true }, "2": { "device": "7" }, ' +
    '\n"1": { "test": true, "fps": 3 } } }';
  const cameras = readFile(text);
  assertEquals(cameras.map(sourceOf), ["b: test", "2: 7", "1: test"]);
  assertEquals(cameras.at(-1)?.fps, 3);
});

Deno.test("camerasOf() gives a typed option precedence over the tables", () => {
  const cameras = readFile(HOUSE, "--fps", "3");
  assertEquals(cameras.map(({ fps }) => fps), [3, 3, 3]);
});

Deno.test("camerasOf() gives the cameras of the command line alone, and the log says so", () => {
  for (const typed of [["-d", "a=5", "-d", "b=6"], ["--test"]]) {
    const lines: string[] = [];
    const control = quietControl();
    control.log.info = (line) => lines.push(line);
    const cameras = withFile(HOUSE, (file) => {
      const options = readServerOptions([...typed, "--config", file], control);
      assertExists(options);
      return camerasOf(options);
    });
    const expected = typed.length > 1 ? ["a: 5", "b: 6"] : ["test: test"];
    assertEquals(cameras.map(sourceOf), expected);
    assertEquals(lines.length, 1);
    assertStringIncludes(lines[0] ?? "", "cameras are given on the command line");
  }
});

Deno.test("camerasOf() gives the only table the general source, or the first camera", () => {
  assertEquals(readFile("[camera.a]\nfps = 3").map(sourceOf), ["a: first"]);
  assertEquals(readFile('input = "x"\n[camera.a]\nfps = 3').map(sourceOf), ["a: x"]);
  assertEquals(readFile('input = "x"\n[camera.a]\ndevice = "3"').map(sourceOf), ["a: 3"]);
});

Deno.test("camerasOf() reads a value in a table as it is", () => {
  assertEquals(readFile('[camera.a]\ninput = "b=c"').map(sourceOf), ["a: b=c"]);
});

Deno.test("camerasOf() reads a list of cameras in a file without tables", () => {
  const cameras = readFile('device = ["a=5", "7"]\ninput = "x.mp4"');
  assertEquals(cameras.map(sourceOf), ["a: 5", "video7: 7", "x: x.mp4"]);
});

Deno.test("camerasOf() gives the first camera no second port if its port is that of the server", () => {
  const cameras = readFile(
    "port = 9000\n[camera.a]\ntest = true\nport = 9000\n[camera.b]\ntest = true\nport = 0",
  );
  assertEquals(cameras.map(({ port }) => port), [undefined, 0]);
});

const errors: [text: string, message: string][] = [
  ["[camera.a]\ntest = true\n[camera.a]", 'line 3: Two cameras are named "a"'],
  ['{ "camera": { "a": {},\n"a": {} } }', 'line 2: Two cameras are named "a"'],
  ["[camera.a]\nfps = 3\ntest = true\nfps = 5", 'line 4: "fps" is given twice'],
  [
    '[camera.a]\ndevice = "77"\n[camera.b]\ninput = "-"\n[camera.c]\ninput = "-"',
    'line 6: Cameras "b" and "c" have the same source: stdin',
  ],
  [
    '[camera.a]\nresolutoin = "4x3"',
    'line 2: "resolutoin" is not an option, did you mean "resolution"?',
  ],
  ["[camera.a]\nfps = 0", 'line 2: Cannot read --fps "0"'],
  ["[camera.a]\ntest = 3", 'line 2: "test" is 3, wanted: true or false'],
  ["fps = 3\n[camera.a]\nhttp = 80", 'line 3: "http" cannot be set for one camera'],
  ["[camera.a]\nlist-devices = true", 'line 2: "list-devices" cannot be set for one camera'],
  ['[camera.a]\nconfig = "x"', 'line 2: "config" can only be given on the command line'],
  ["check = true", 'line 1: "check" can only be given on the command line'],
  ['[camera.a]\nfilter = "list"', "line 2: --filter list is for the command line"],
  ["[camera.a]\ntest = true\nloop = true", "line 3: --loop is given without a file"],
  ['[camera.a]\ninput = "-"\nloop = true', "line 3: --loop is given with stdin"],
  [
    '[camera.a]\ntest = true\nresolution = "16384x16384"',
    "line 3: Cannot scale to 16384x16384: more than",
  ],
  [
    '[camera.a]\ntest = true\ninput = "x"',
    "line 2: --input and --test are given, wanted: one source",
  ],
  ['[camera.a]\ndevice = ["1", "2"]', 'line 2: "device" has 2 values, wanted: one'],
  ['[camera."a b"]\ntest = true', 'line 1: "a b" is not the name of a camera'],
  ['[camera]\ndevice = "0"', 'line 2: "device" is not a table with the options of a camera'],
  ["camera = 3", 'line 1: "camera" is not a table with the options of a camera'],
  ["fps = 3\n[camera]", 'line 2: "camera" is not a table with the options of a camera'],
  ["[camera.a]\ntest = true\n[camera.b]\nfps = 3", 'line 3: Camera "b" has no source'],
  [
    'fps = 3\ndevice = ["1", "2"]\n[camera.a]\ntest = true',
    "line 2: several cameras are given in front of the [camera.NAME] tables",
  ],
  [
    "[camera.a]\ntest = true\n[camera.b]\ntest = true\nport = 8888",
    'line 5: The server and camera "b" have the same port: 8888',
  ],
  [
    "[camera.a]\ntest = true\nport = 81\n[camera.b]\ntest = true\nport = 81",
    'line 6: Cameras "a" and "b" have the same port: 81',
  ],
  [
    'host = "unix:/run/x"\n[camera.a]\ntest = true\nport = 81',
    'line 4: Camera "a" has a port, but the server listens on a Unix socket',
  ],
];
for (const [text, message] of errors) {
  Deno.test(`readServerOptions() refuses ${JSON.stringify(text)} with file and line`, () => {
    withFile(text, (file) => {
      const error = assertThrows(() => optionsOf("--config", file), UsageError);
      assertStringIncludes(error.message, `"${file}", ${message}`);
      assert(error.hint.length > 0);
    });
  });
}

Deno.test("readServerOptions() reports an error in a table even where the command line wins", () => {
  assertThrows(() => readFile("[camera.a]\nfps = 0", "--test"), UsageError, "line 2");
});

Deno.test("camerasOf() reads the controls of a camera from a table, or a list as on the command line", () => {
  const [inline, table, list] = readFile(`
[camera.inline]
device = "/dev/video0"
controls = { exposure_time_absolute = 200, flip = true, power = "50 Hz" }
[camera.table]
device = "/dev/video1"
[camera.table.controls]
gain = 3
[camera.list]
device = "/dev/video2"
control = ["gain=4", "hue=-1"]
`);
  const settings = ({ control }: CameraOptions) =>
    control.map(({ name, value }) => `${name}=${value}`);
  assertEquals(settings(inline!), ["exposure_time_absolute=200", "flip=1", "power=50 Hz"]);
  assertEquals([settings(table!), settings(list!)], [["gain=3"], ["gain=4", "hue=-1"]]);
});

Deno.test("camerasOf() refuses controls that are no table, with their line", () => {
  for (const wrong of ["3", "[1]", "{ gain = [1] }"]) {
    const text = `[camera.a]\ndevice = "0"\ncontrols = ${wrong}\n`;
    const error = assertThrows(() => readFile(text), UsageError);
    assertStringIncludes(error.message, "line 3: wanted a table of names and values");
  }
});
