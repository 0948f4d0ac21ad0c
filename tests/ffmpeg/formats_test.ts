import { CODECS } from "../../lib/ffmpeg/codecs.ts";
import { grayFormat } from "../../lib/frame/frame_format.ts";
import {
  changedSize,
  codecOf,
  codecsOf,
  describeFormats,
  endingsWithTimes,
  FILE_FORMATS,
  fileFormat,
  keepsOddSize,
  knownEndings,
  streamFormat,
  usualEndings,
} from "../../lib/ffmpeg/formats.ts";
import { assert, assertEquals } from "../assert.ts";

Deno.test("FILE_FORMATS: each row has an ending of its own, and a codec or a description", () => {
  const endings = FILE_FORMATS.flatMap(({ endings }) => endings);
  assertEquals(endings, [...new Set(endings)]);
  for (const { endings, codecs, holds } of FILE_FORMATS) {
    assert(endings.length > 0);
    assertEquals(codecs.length === 0, holds !== undefined, endings[0]);
  }
});

Deno.test("fileFormat() finds a format by its ending, and none for other names", () => {
  const known = {
    "a.mp4": "mp4",
    "A.MP4": "mp4",
    "a.m4v": "mp4",
    "a.jpeg": "jpg",
    "a.raw": "raw",
    "a.gray": "gray",
  };
  const table: [name: string, ending: string | undefined][] = [
    ...Object.entries({ ...known, "-": "raw", "a.b/c.y4m": "y4m" }),
    ...[
      "http://h/a.avi",
      "film",
      "film.mp5",
      "film.y4m.gz",
      "constructor",
      "a.constructor",
      "a.mp4/b",
      ".mp4",
    ]
      .map((name): [string, undefined] => [name, undefined]),
  ];
  for (const [name, ending] of table) assertEquals(fileFormat(name)?.endings[0], ending, name);
});

Deno.test("streamFormat() finds a format by the scheme of a URL", () => {
  assertEquals(
    ["rtmp://h/x", "SRT://h:1", "file:///x", "x.mp4"].map((name) => streamFormat(name)?.codec),
    ["h264", "h264", undefined, undefined],
  );
});

Deno.test("codecOf() gives the chosen codec, or the first one of the format", () => {
  assertEquals(codecOf("a.mkv", undefined), "h264");
  assertEquals(codecOf("a.mkv", "ffv1"), "ffv1");
  assertEquals(codecOf("a.png", "ffv1"), undefined);
  assertEquals(codecOf("icecast://h/x", undefined), "vp8");
});

Deno.test("codecsOf() lists what a file or a stream can hold, the default first", () => {
  assertEquals(codecsOf("a.webm"), ["vp8", "vp9"]);
  assertEquals(codecsOf("icecast://h/x"), ["vp8"]);
  assertEquals(codecsOf("a.png"), []);
  assertEquals(codecsOf("a.txt"), []);
});

Deno.test("changedSize() gives the even size and the reason where H.264 has an odd size", () => {
  const odd = grayFormat({ width: 323, height: 241 });
  const changed = { size: { width: 324, height: 242 }, why: "H.264 needs even sides" };
  assertEquals(changedSize("a.mp4", odd, {}), changed);
  assertEquals(changedSize("rtmp://h/x", odd, { crf: 0 }), changed);
  assertEquals(changedSize("a.mp4", odd, { crf: 0 }), undefined);
  assertEquals(changedSize("a.mkv", odd, { codec: "ffv1" }), undefined);
  assertEquals(changedSize("a.webm", odd, {}), undefined);
  assertEquals(changedSize("a.png", odd, {}), undefined);
  const color = { ...odd, pixels: "yuv420p" } as const;
  assertEquals(changedSize("a.mp4", color, { crf: 0 }), changed); // colors need even sides
  assertEquals(changedSize("a.mkv", color, { codec: "ffv1" }), undefined);
  assertEquals(changedSize("a.mp4", grayFormat({ width: 320, height: 240 }), {}), undefined);
});

Deno.test("messages name the endings of the table: those that keep an odd size, and those that keep gaps", () => {
  for (const ending of [".webm", ".avi", "--codec ffv1"]) assert(keepsOddSize().includes(ending));
  for (const ending of [".mp4", ".mkv"]) assert(!keepsOddSize().includes(ending));
  for (const ending of [".mp4", ".mkv", ".webm"]) assert(endingsWithTimes().includes(ending));
  for (const ending of [".avi", ".y4m", ".png"]) assert(!endingsWithTimes().includes(ending));
  assertEquals(usualEndings(FILE_FORMATS.slice(0, 2)), ".mp4 .mkv");
});

Deno.test("describeFormats() has a line for each format, with its endings, codecs and quality", () => {
  const lines = describeFormats().trimEnd().split("\n");
  assertEquals(lines.length, FILE_FORMATS.length);
  assertEquals(lines[0], "  .mp4 .m4v .mov  H.264, crf 20");
  for (const [i, format] of FILE_FORMATS.entries()) {
    assert(lines[i]?.includes(knownEndings([format])), lines[i]);
    for (const codec of format.codecs.slice(1)) assert(lines[i]?.includes(codec), lines[i]);
  }
});

Deno.test("each codec can be written to a file", () => {
  const held = FILE_FORMATS.flatMap(({ codecs }) => codecs);
  assertEquals(CODECS.filter((codec) => !held.includes(codec)), []);
});
