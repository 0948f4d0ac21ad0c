import {
  captureArguments,
  type CaptureRequest,
  deviceName,
  firstDevice,
  isPaced,
  offerArguments,
  type Source,
} from "../../lib/ffmpeg/capture_arguments.ts";
import { assert, assertEquals, assertStringIncludes } from "../assert.ts";

const device: Source = { kind: "device", device: "/dev/video0" };
const file: Source = { kind: "file", input: "file:movie.mp4", loop: false, pace: true };
const stream: Source = { kind: "stream", input: "rtsp://camera/", loop: false, pace: false };
const test: Source = { kind: "test" };
const everySource = [device, file, stream, test];
const size = { width: 4, height: 3 };

type Wish = Partial<CaptureRequest>;

/** The arguments before and behind ffmpeg's `-i`, and what it reads. */
function argumentsOf(source: Source, wish: Wish = {}) {
  const args = captureArguments({ source, inputOptions: [], os: "linux", ...wish });
  const at = args.indexOf("-i");
  return { before: args.slice(0, at), input: args[at + 1] ?? "", behind: args.slice(at + 2) };
}

/** The value of an option, undefined where it is not there. */
function valueOf(name: string, args: string[]): string | undefined {
  return args.includes(name) ? args[args.indexOf(name) + 1] : undefined;
}

function filtersOf(source: Source, wish: Wish = {}): string {
  return valueOf("-vf", argumentsOf(source, wish).behind) ?? "";
}

Deno.test("captureArguments() writes y4m of gray frames to stdout, at info level, without reading the keyboard", () => {
  for (const source of everySource) {
    const { before, behind } = argumentsOf(source);
    assertEquals(behind.slice(-5), ["-pix_fmt", "gray", "-f", "yuv4mpegpipe", "pipe:1"]);
    assertEquals(valueOf("-map", behind), "0:v:0");
    assertEquals(valueOf("-loglevel", before), "level+info");
    assert(before.includes("-nostdin"), source.kind);
  }
});

Deno.test("captureArguments() opens a camera with the system's own capture API", () => {
  const asked = { size, fps: 15 };
  const wanted = ["-video_size", "4x3", "-framerate", "15"];
  const table: [Wish, string, string[], string][] = [
    [{ os: "linux" }, "/dev/video0", ["-f", "v4l2"], "/dev/video0"],
    [{ os: "linux", ...asked }, "/dev/video0", ["-f", "v4l2", ...wanted], "/dev/video0"],
    [{ os: "darwin" }, "0", ["-f", "avfoundation", "-framerate", "30"], "0:none"],
    [{ os: "darwin", ...asked }, "0", ["-f", "avfoundation", ...wanted], "0:none"],
    [{ os: "windows" }, "A Camera", ["-f", "dshow"], "video=A Camera"],
    [{ os: "windows", ...asked }, "A Camera", ["-f", "dshow", ...wanted], "video=A Camera"],
  ];
  for (const [wish, device, options, name] of table) {
    const { before, input } = argumentsOf({ kind: "device", device }, wish);
    assertEquals([before.slice(before.indexOf("-f")), input], [options, name]);
  }
});

Deno.test("captureArguments() opens a camera in a mode, and keeps the rate of -f", () => {
  const mode = { format: "mjpeg", size: { width: 640, height: 480 }, fps: 30, isKnown: true };
  const sized = ["-video_size", "640x480", "-framerate", "30"];
  const table: [Wish, string[]][] = [
    [{ os: "linux", mode }, ["-f", "v4l2", ...sized, "-input_format", "mjpeg"]],
    [{ os: "darwin", mode }, ["-f", "avfoundation", ...sized]],
    [{ os: "windows", mode }, ["-f", "dshow", ...sized, "-vcodec", "mjpeg"]],
    [
      { os: "windows", mode: { ...mode, format: "nv12" } },
      ["-f", "dshow", ...sized, "-pixel_format", "nv12"],
    ],
    [
      { os: "linux", size, fps: 25, mode: { ...mode, format: undefined } },
      ["-f", "v4l2", ...sized],
    ],
  ];
  for (const [wish, options] of table) {
    const { before, behind } = argumentsOf(device, wish);
    assertEquals(before.slice(before.indexOf("-f")), options);
    assertEquals(valueOf("-r", behind), wish.fps === undefined ? undefined : "25");
  }
  assertStringIncludes(filtersOf(device, { size, mode }), "pad=4:3");
});

Deno.test("offerArguments() uses the system's own capture API", () => {
  const systems = ["linux", "darwin", "windows"] as const;
  assertEquals(systems.map((os) => offerArguments("X", os).join(" ")), [
    "-f v4l2 -list_formats all -i X",
    "-f avfoundation -video_size 1x1 -framerate 30 -i X:none",
    "-f dshow -list_options true -i video=X",
  ]);
});

Deno.test("captureArguments() puts the input options right before -i", () => {
  const inputOptions = ["-input_format", "mjpeg"];
  for (const os of ["linux", "darwin", "windows"] as const) {
    for (const source of everySource) {
      const { before } = argumentsOf(source, { inputOptions, os, size, fps: 15 });
      assertEquals(before.slice(-2), inputOptions, `${os}, ${source.kind}`);
    }
  }
});

Deno.test("captureArguments() names the input of a file, a stream and the test picture", () => {
  const big = { width: 8, height: 6 };
  assertEquals(argumentsOf(file).input, "file:movie.mp4");
  assertEquals(argumentsOf(stream).input, "rtsp://camera/");
  assertEquals(argumentsOf(test).input, "testsrc2=size=640x480:rate=30");
  assertEquals(argumentsOf(test, { size: big, fps: 7 }).input, "testsrc2=size=8x6:rate=7");
  assertEquals(valueOf("-f", argumentsOf(test).before), "lavfi");
  assertEquals(valueOf("-f", argumentsOf(file).before), undefined);
});

Deno.test("captureArguments() decodes live sources on one thread, so that no frame is delayed", () => {
  const threads = everySource.map((source) => valueOf("-threads", argumentsOf(source).before));
  assertEquals(threads, ["1", undefined, "1", undefined]);
  for (const source of everySource) {
    assertEquals(valueOf("-threads", argumentsOf(source).behind), "1", source.kind);
  }
});

Deno.test("captureArguments() keeps a live source's frames as they arrive, or uses the rate of -f", () => {
  const rates = (wish: Wish) =>
    everySource.map((source) => {
      const { behind } = argumentsOf(source, wish);
      return valueOf("-r", behind) ?? valueOf("-fps_mode", behind);
    });
  assertEquals(rates({}), ["passthrough", undefined, "passthrough", undefined]);
  assertEquals(rates({ fps: 12.5 }), ["12.5", undefined, "12.5", undefined]);
  const old = captureArguments({ source: device, inputOptions: [], os: "linux" }, {
    fpsModeOption: "-vsync",
  });
  assertEquals([valueOf("-vsync", old), old.includes("-fps_mode")], ["passthrough", false]);
});

Deno.test("captureArguments() keeps the duration of a film at the rate of -f", () => {
  assertStringIncludes(filtersOf(file, { fps: 10 }), "fps=10");
  assertStringIncludes(filtersOf({ ...stream, pace: true }, { fps: 10 }), "fps=10");
  assertEquals([device, stream, test].map((source) => filtersOf(source, { fps: 10 })), [
    "",
    "",
    "",
  ]);
});

Deno.test("captureArguments() gives the same frames of a film with --no-pace", () => {
  const unpaced = { ...file, pace: false };
  for (const wish of [{}, { fps: 10 }]) {
    assertEquals(argumentsOf(unpaced, wish), argumentsOf(file, wish));
  }
});

Deno.test("captureArguments() keeps the timestamps of films in containers whose timestamps never jump", () => {
  const keeps = (input: string) => argumentsOf({ ...file, input }).before.includes("-copyts");
  assertEquals(["file:a.mkv", "file:a.MP4", "http://h/a.flv?b"].map(keeps), [true, true, true]);
  assertEquals(
    ["file:a.ts", "file:a.mpg", "file:a", "file:a.mkv.ts"].map(keeps).some(Boolean),
    false,
  );
  assertEquals(argumentsOf({ ...stream, input: "pipe:0" }).before.includes("-copyts"), false);
});

Deno.test("captureArguments() crops the test picture to odd sizes, which its source does not have", () => {
  const odd = { width: 323, height: 241 };
  assertEquals(argumentsOf(test, { size: odd }).input, "testsrc2=size=324x242:rate=30");
  assertStringIncludes(filtersOf(test, { size: odd }), "crop=323:241:0:0");
});

Deno.test("captureArguments() fits all but the test picture into -r's size with bars", () => {
  for (const source of [device, file, stream]) {
    assertStringIncludes(filtersOf(source, { size }), "scale=");
    assertStringIncludes(filtersOf(source, { size }), "pad=4:3:-1:-1");
    assertEquals(filtersOf(source).includes("scale="), false, source.kind);
  }
  assertEquals(filtersOf(test, { size }).includes("scale="), false);
});

Deno.test("isPaced() is true for the test picture and for a film with pace", () => {
  const sources = [test, file, { ...file, pace: false }, stream, { ...stream, pace: true }, device];
  assertEquals(sources.map(isPaced), [true, true, false, false, true, false]);
});

Deno.test("captureArguments() repeats a film or a picture forever with --loop", () => {
  const table = [
    ["file:movie.mp4", "-stream_loop", "-1"],
    ["file:picture.JPG", "-loop", "1"],
    ["file:picture%03d.jpg", "-stream_loop", "-1"],
  ];
  for (const [input = "", name = "", value] of table) {
    assertEquals(valueOf(name, argumentsOf({ ...file, input, loop: true }).before), value, input);
    assertEquals(valueOf(name, argumentsOf({ ...file, input }).before), undefined, input);
  }
});

Deno.test("deviceName() turns a number into /dev/videoN, only on Linux", () => {
  assertEquals(deviceName("2", "linux"), "/dev/video2");
  assertEquals(deviceName("/dev/v4l/by-id/a-0", "linux"), "/dev/v4l/by-id/a-0");
  assertEquals(deviceName("2", "darwin"), "2");
  assertEquals(deviceName("A Camera 2", "windows"), "A Camera 2");
});

Deno.test("firstDevice() names the first camera if the system has a name for it", () => {
  const systems = ["linux", "darwin", "windows"] as const;
  assertEquals(systems.map(firstDevice), ["/dev/video0", "0", undefined]);
});

Deno.test("captureArguments() lets a network source refer only to the network", () => {
  const allowed = (input: string) =>
    argumentsOf({ kind: "stream", input, loop: false, pace: false }).before
      .find((_, i, args) => args[i - 1] === "-protocol_whitelist")?.split(",");
  for (const input of ["http://h/x.m3u8", "tcp://h:1", "rtsp://h/x", "RTMP://h/x", "new+one://h"]) {
    const protocols = allowed(input) ?? [];
    assert(protocols.includes(input.split(":")[0]!.toLowerCase()), input);
    for (const local of ["file", "concat", "subfile", "pipe", "fd", "unix"]) {
      assert(!protocols.includes(local), `${input} leads to ${local}:`);
    }
  }
  for (const input of ["pipe:0", "concat:a.ts|b.ts", "img%03d.png", "/dev/video0", "file:a:b"]) {
    assertEquals(allowed(input), undefined, input);
  }
});

const copies = { h264: "/dir/h264", jpegs: "/dir/jpegs" };

Deno.test("captureArguments() copies what the source sends to sockets, beside the raw frames", () => {
  const { behind } = argumentsOf(stream, { copies });
  const at = behind.indexOf("pipe:1");
  assertEquals(behind.slice(0, at + 1), argumentsOf(stream).behind);
  const outputs =
    "[f=null]-|[onfail=ignore:f=flv]unix:/dir/h264|[onfail=ignore:f=mpjpeg]unix:/dir/jpegs";
  const copy = ["-map", "0:v:0", "-c:v", "copy", "-tag:v", "7", "-f", "tee", outputs];
  assertEquals(behind.slice(at + 1), copy);
});

Deno.test("captureArguments() copies nothing of a camera that sends raw frames", () => {
  const mode = { size, fps: 30, isKnown: true };
  const copied = (wish: Wish) => argumentsOf(device, { copies, ...wish }).behind.includes("tee");
  assert(!copied({ mode: { ...mode, format: "yuyv422" } }));
  assert(copied({ mode: { ...mode, format: "mjpeg" } }));
  assert(copied({}), "the mode is the driver's");
});
