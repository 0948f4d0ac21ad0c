import { chooseSource, isUnpacedRaw, type SourceOptions } from "../../lib/capture/choose_source.ts";
import { sourceName } from "../../lib/capture/source_name.ts";
import { Failure } from "../../lib/log/failure.ts";
import { assertEquals, assertRejects } from "../assert.ts";

/** The source of these options, with the defaults for the others. */
function choose(options: Partial<SourceOptions>, os: typeof Deno.build.os = "linux") {
  return chooseSource({ test: false, loop: false, pace: true, inputOptions: [], ...options }, {
    os,
  });
}

Deno.test("chooseSource() takes the first camera by default", async () => {
  assertEquals(await choose({}), { kind: "device", device: "/dev/video0" });
  assertEquals(await choose({}, "darwin"), { kind: "device", device: "0" });
});

Deno.test("chooseSource() requires a name where the system has none for its first camera", async () => {
  const failure = await assertRejects(() => choose({}, "windows"), Failure, "Cannot choose");
  assertEquals(failure.hint.includes("--list-devices"), true);
});

Deno.test("chooseSource() takes the camera of --device", async () => {
  assertEquals(await choose({ device: "2" }), { kind: "device", device: "/dev/video2" });
  assertEquals(await choose({ device: "A Camera" }, "windows"), {
    kind: "device",
    device: "A Camera",
  });
});

Deno.test("chooseSource() takes the test picture with --test", async () => {
  assertEquals(await choose({ test: true }), { kind: "test" });
});

Deno.test("chooseSource() recognizes a regular file, whatever its name", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/http:a.gray`;
    await Deno.writeFile(path, Uint8Array.of(1));
    for (const pace of [true, false]) {
      assertEquals(await choose({ input: path, loop: true, pace }), {
        kind: "file",
        input: `file:${path}`,
        loop: true,
        pace,
      });
    }
    const { kind } = await choose({ input: directory });
    assertEquals(kind, "stream", "a directory is left to ffmpeg");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("chooseSource() paces films on the web, but no live source", async () => {
  const table: [input: string, kind: string, opened: string, pace: boolean][] = [
    ["-", "stream", "pipe:0", true],
    ["rtsp://camera.local/stream.mp4", "stream", "rtsp://camera.local/stream.mp4", false],
    ["http://camera.local/video", "stream", "http://camera.local/video", false],
    ["http://camera.local/live?as=.mp4", "stream", "http://camera.local/live?as=.mp4", false],
    ["https://a.org/b/movie.MP4", "file", "https://a.org/b/movie.MP4", true],
    ["https://a.org/movie.webm?t=1#x", "file", "https://a.org/movie.webm?t=1#x", true],
  ];
  for (const [name, kind, input, pace] of table) {
    assertEquals(await choose({ input: name }), { kind, input, loop: false, pace } as unknown);
  }
  const raw = ["-f", "rawvideo", "-pixel_format", "gray", "-video_size", "4x3"];
  const pace = async (inputOptions: string[]) => {
    const source = await choose({ input: "-", inputOptions });
    return source.kind === "stream" && source.pace;
  };
  assertEquals(await pace(raw), false, "raw frames have no rate of their own");
  assertEquals(await pace([...raw, "-framerate", "30"]), true);
  const unpaced = await choose({ input: "https://a.org/movie.mp4", pace: false });
  assertEquals(unpaced.kind === "file" && unpaced.pace, false);
});

Deno.test("sourceName() gives the source as the user named it, without a password", async () => {
  const names = [];
  for (const input of ["-", "rtsp://me:secret@camera/", "deno.json"]) {
    names.push(sourceName(await choose({ input })));
  }
  names.push(sourceName({ kind: "test" }), sourceName({ kind: "device", device: "/dev/video2" }));
  assertEquals(names, ["stdin", "rtsp://camera/", "deno.json", "test picture", "/dev/video2"]);
});

Deno.test("isUnpacedRaw() finds raw frames on stdin that have no rate", () => {
  const raw = ["-f", "rawvideo"];
  const table: [input: string, inputOptions: string[], pace: boolean, expected: boolean][] = [
    ["-", raw, true, true],
    ["-", raw, false, false],
    ["-", [...raw, "-framerate", "30"], true, false],
    ["-", [], true, false],
    ["film.raw", raw, true, false],
  ];
  for (const [input, inputOptions, pace, expected] of table) {
    const options = { input, inputOptions, pace, test: false, loop: false };
    assertEquals(isUnpacedRaw(options), expected, `${input} ${inputOptions} ${pace}`);
  }
});
