import { grayFormat } from "../../lib/frame/frame_format.ts";
import { WireError } from "../../lib/wire/wire_error.ts";
import { formatY4mFrame, formatY4mHeader, readY4mHeader, Y4mReader } from "../../lib/wire/y4m.ts";
import { assertEquals, assertMatch, assertThrows } from "../assert.ts";
import { placeFrame } from "../frame/place_frame.ts";

const gray = grayFormat({ width: 4, height: 3 });
const color = { width: 323, height: 241, pixels: "yuv420p" } as const;

const headers = [
  [color, 30, "W323 H241 F30:1 Ip A1:1 C420jpeg XCOLORRANGE=FULL"],
  [gray, 30, "W4 H3 F30:1 Ip A1:1 Cmono XCOLORRANGE=FULL"],
  [gray, undefined, "W4 H3 Ip A1:1 Cmono XCOLORRANGE=FULL"],
] as const;
for (const [format, fps, words] of headers) {
  Deno.test(`formatY4mHeader() and readY4mHeader(): ${words}`, () => {
    assertEquals(formatY4mHeader(format, { fps }), `YUV4MPEG2 ${words}\n`);
    assertEquals(readY4mHeader(words.split(" ")), { format, fps });
  });
}

Deno.test("readY4mHeader() reads the headers of other programs: gray in any range, 4:2:0 in full range", () => {
  const read = (words: string) => readY4mHeader(words.split(" ")).format.pixels;
  assertEquals(read("W4 H3 Cmono"), "gray");
  assertEquals(read("W4 H3 Cmono XCOLORRANGE=LIMITED"), "gray");
  for (const space of ["C420jpeg", "C420mpeg2", "C420paldv", "C420"]) {
    assertEquals(read(`W4 H3 ${space} XYSCSS=420JPEG XCOLORRANGE=FULL`), "yuv420p", space);
  }
  assertEquals(read("W4 H3 XCOLORRANGE=FULL"), "yuv420p"); // without a word it is 4:2:0
});

const refused = [
  ["W4 H3 C420jpeg", '"C420jpeg" without XCOLORRANGE=FULL'],
  ["W4 H3 C420mpeg2 XCOLORRANGE=LIMITED", '"C420mpeg2" without XCOLORRANGE=FULL'],
  ["W4 H3", '"C420" without XCOLORRANGE=FULL'],
  ["W4 H3 C444 XCOLORRANGE=FULL", '"C444"'],
  ["W4 H3 C420p10 XCOLORRANGE=FULL", '"C420p10"'],
  ["W4 H3 Cmono10", '"Cmono10"'],
] as const;
for (const [words, named] of refused) {
  Deno.test(`readY4mHeader() refuses ${words}`, () => {
    const message = `its pixels are ${named}, expected: Cmono, or C420jpeg with XCOLORRANGE=FULL`;
    assertThrows(() => readY4mHeader(words.split(" ")), WireError, message);
  });
}

/** Gives all bytes to a reader, and takes its frames. */
function readAll(reader: Y4mReader, ...parts: (string | Uint8Array)[]): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (const part of parts) {
    for (const byte of typeof part === "string" ? new TextEncoder().encode(part) : part) {
      reader.space[0] = byte;
      reader.filled(1, 0);
      for (let frame; (frame = reader.take());) frames.push(frame.payload);
    }
  }
  return frames;
}

Deno.test("Y4mReader reads frames with colors of an odd size, and knows their format and rate", () => {
  const format = { width: 5, height: 3, pixels: "yuv420p" } as const;
  const frames = [0, 1].map((sequence) => placeFrame({ ...format, sequence }).pixels);
  const reader = new Y4mReader();
  const parts = frames.flatMap((pixels) => [formatY4mFrame(), pixels]);
  assertEquals(readAll(reader, formatY4mHeader(format, { fps: 25 }), ...parts), frames);
  assertEquals([reader.format, reader.fps], [format, 25]);
});

const rejected: [what: string, text: string, words: string][] = [
  ["a header of 10^9 pixels", "YUV4MPEG2 W31623 H31623 Cmono\n", "its size is"],
  ["a header without an end", "YUV4MPEG2 ".padEnd(2000, "X"), "longer than 1024 bytes"],
  ["colors in limited range", "YUV4MPEG2 W4 H3 C420jpeg\n", "expected: Cmono"],
  [
    "another size than was announced",
    "YUV4MPEG2 W8 H3 Cmono\n",
    "its format is 8x3, announced: 4x3",
  ],
  [
    "colors where gray was announced",
    formatY4mHeader({ ...gray, pixels: "yuv420p" }, { fps: 30 }),
    "its format is 4x3 color, announced: 4x3",
  ],
  ["no stream at all", "HTTP/1.1 200 OK\r\n", 'expected "YUV4MPEG2"'],
];
for (const [what, text, words] of rejected) {
  Deno.test(`Y4mReader rejects ${what}`, () => {
    const reader = new Y4mReader({ announced: gray });
    const { message } = assertThrows(() => readAll(reader, text), WireError, words);
    assertMatch(message, /^[\x20-\x7e]{1,300}$/);
  });
}

Deno.test("Y4mReader rejects gray frames where colors were announced", () => {
  const reader = new Y4mReader({ announced: { ...gray, pixels: "yuv420p" } });
  const words = "its format is 4x3, announced: 4x3 color";
  assertThrows(() => readAll(reader, formatY4mHeader(gray, { fps: 30 })), WireError, words);
});
