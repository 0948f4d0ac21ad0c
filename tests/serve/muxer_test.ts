import { grayFormat } from "../../lib/frame/frame_format.ts";
import type { Frame } from "../../lib/frame/frame.ts";
import { Latest } from "../../lib/frame/latest.ts";
import { rawMuxer, y4mMuxer } from "../../lib/serve/muxer.ts";
import { assert, assertEquals } from "../assert.ts";
import { placeFrame } from "../frame/place_frame.ts";

const color = { width: 5, height: 3, pixels: "yuv420p" } as const;
const gray = grayFormat(color);
const frame = placeFrame({ ...color, sequence: 7, capturedAt: 8 });
const decoder = new TextDecoder();

/** The pieces of the frame for clients of this format, raw and as y4m. */
function muxers(format: typeof color | typeof gray) {
  const frames = new Latest<Frame>();
  return {
    raw: rawMuxer(frames, { format }),
    y4m: y4mMuxer(frames, { format, fps: 30, numbered: true }),
  };
}

Deno.test("rawMuxer() and y4mMuxer() give a gray client the gray plane of a frame with colors, without a copy", () => {
  const { raw, y4m } = muxers(gray);
  for (const pixels of [raw.pieces(frame, undefined)[0], y4m.pieces(frame, undefined)[1]]) {
    assert(pixels?.buffer === frame.pixels.buffer);
    assertEquals([pixels.byteOffset, pixels.length], [frame.pixels.byteOffset, 15]);
  }
  assert(decoder.decode(y4m.header).includes(" Cmono "));
});

Deno.test("rawMuxer() and y4mMuxer() give a client with colors all planes, without a copy", () => {
  const { raw, y4m } = muxers(color);
  for (const pixels of [raw.pieces(frame, undefined)[0], y4m.pieces(frame, undefined)[1]]) {
    assert(pixels === frame.pixels);
  }
  assert(decoder.decode(y4m.header).includes(" W5 H3 F30:1 Ip A1:1 C420jpeg XCOLORRANGE=FULL\n"));
});

Deno.test("y4mMuxer() writes the same line before gray frames and frames with colors", () => {
  const [line] = muxers(gray).y4m.pieces(frame, undefined);
  assertEquals(decoder.decode(line), "FRAME Xseq=7 Xts=8.000\n");
  assertEquals(muxers(color).y4m.pieces(frame, undefined)[0], line);
});

Deno.test("rawMuxer() passes the pixels of a gray frame as they are", () => {
  const plain = placeFrame({ width: 5, height: 3 });
  assert(muxers(gray).raw.pieces(plain, undefined)[0] === plain.pixels);
});
