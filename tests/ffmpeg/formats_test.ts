import {
  changedSize,
  codecOf,
  describeFormats,
  FILE_FORMATS,
  fileFormat,
  streamFormat,
} from "../../lib/ffmpeg/formats.ts";
import { assert, assertEquals } from "../assert.ts";

Deno.test("fileFormat() knows a format by its ending, and no other name", () => {
  const known = {
    "a.mp4": "mp4",
    "A.MP4": "mp4",
    "a.m4v": "mp4",
    "a.jpeg": "jpg",
    "a.raw": "gray",
  };
  const table: [name: string, ending: string | undefined][] = [
    ...Object.entries({ ...known, "-": "gray", "a.b/c.y4m": "y4m" }),
    ...["film", "film.mp5", "film.y4m.gz", "constructor", "a.constructor", "a.mp4/b", ".mp4"]
      .map((name): [string, undefined] => [name, undefined]),
  ];
  for (const [name, ending] of table) assertEquals(fileFormat(name)?.endings[0], ending, name);
});

Deno.test("streamFormat() knows a URL by its scheme", () => {
  assertEquals(
    ["rtmp://h/x", "SRT://h:1", "file:///x", "x.mp4"].map((name) => streamFormat(name)?.codec),
    ["h264", "h264", undefined, undefined],
  );
});

Deno.test("codecOf() takes the chosen codec, or the format's first", () => {
  assertEquals(codecOf("a.mkv", undefined), "h264");
  assertEquals(codecOf("a.mkv", "ffv1"), "ffv1");
  assertEquals(codecOf("a.png", "ffv1"), undefined);
  assertEquals(codecOf("icecast://h/x", undefined), "vp8");
});

Deno.test("changedSize() tells where H.264 can't have an odd size", () => {
  const odd = { width: 323, height: 241 };
  assertEquals(changedSize("a.mp4", odd, {}), { width: 324, height: 242 });
  assertEquals(changedSize("a.mp4", odd, { crf: 0 }), undefined);
  assertEquals(changedSize("a.mkv", odd, { codec: "ffv1" }), undefined);
  assertEquals(changedSize("a.webm", odd, {}), undefined);
  assertEquals(changedSize("a.mp4", { width: 320, height: 240 }, {}), undefined);
});

Deno.test("describeFormats() has a line for each format, with codec and quality", () => {
  const lines = describeFormats().trimEnd().split("\n");
  assertEquals(lines.length, FILE_FORMATS.length);
  assert(lines[0]!.includes(".mp4 .m4v .mov") && lines[0]!.includes("H.264, crf 20"), lines[0]);
});
