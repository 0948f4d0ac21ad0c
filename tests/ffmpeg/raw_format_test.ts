import { readRawFormat } from "../../lib/ffmpeg/raw_format.ts";
import { assertEquals } from "../assert.ts";

const pixelsOf = (name: string) =>
  readRawFormat(["-f", "rawvideo", "-pixel_format", name, "-video_size", "323x241"])?.format;

Deno.test("readRawFormat() knows gray frames, and those with colors in full range", () => {
  const size = { width: 323, height: 241 };
  for (const name of ["gray", "gray8", "y8"]) {
    assertEquals(pixelsOf(name), { ...size, pixels: "gray" }, name);
  }
  assertEquals(pixelsOf("yuvj420p"), { ...size, pixels: "yuv420p" });
});

Deno.test("readRawFormat() leaves other pixels to ffmpeg: limited range, other planes", () => {
  for (const name of ["yuv420p", "yuvj422p", "yuvj444p", "nv12", "bgr24", "gray16le", ""]) {
    assertEquals(pixelsOf(name), undefined, name);
  }
});
