import { grayFormat, PIXEL_FORMATS } from "../../lib/frame/frame_format.ts";
import { formatAnswer, formatHello, parseAnswer, parseHello } from "../../lib/wire/hello.ts";
import { WireError } from "../../lib/wire/wire_error.ts";
import { assertEquals, assertThrows } from "../assert.ts";

const answer = { wire: "y4m", format: grayFormat({ width: 4, height: 3 }), fps: 30 } as const;

Deno.test("formatAnswer() and parseAnswer() keep whether the stream is lossless", () => {
  const line = formatAnswer({ ...answer, lossless: true });
  assertEquals(line, "framewire/1 ok wire=y4m width=4 height=3 fps=30 lossless=1\n");
  assertEquals(parseAnswer(line.trimEnd()), { ...answer, lossless: true });
  assertEquals(formatAnswer(answer), "framewire/1 ok wire=y4m width=4 height=3 fps=30\n");
  assertEquals(parseAnswer(formatAnswer(answer).trimEnd()), answer);
});

const color = { width: 323, height: 241, pixels: "yuv420p" } as const;

Deno.test("formatHello() and parseHello() keep the pixels that are requested", () => {
  for (const pixels of PIXEL_FORMATS) {
    const line = formatHello({ wire: "y4m", pixels, ack: true, stream: "garden" });
    assertEquals(line, `framewire/1 wire=y4m pixels=${pixels} ack=1 stream=garden\n`);
    assertEquals(parseHello(line.trimEnd()).pixels, pixels);
  }
});

Deno.test("formatHello() without a request for pixels is as before, and parseHello() gives none", () => {
  assertEquals(formatHello({ wire: "raw", ack: true }), "framewire/1 wire=raw ack=1\n");
  assertEquals(parseHello("framewire/1 wire=raw ack=1"), { wire: "raw", ack: true });
});

Deno.test("formatHello() and parseHello() keep that H.264 is to be steady", () => {
  const line = formatHello({ wire: "h264", ack: true, steady: true });
  assertEquals(line, "framewire/1 wire=h264 ack=1 steady=1\n");
  assertEquals(parseHello(line.trimEnd()), { wire: "h264", ack: true, steady: true });
  assertEquals(parseHello("framewire/1 wire=h264 ack=1 steady=0").steady, undefined);
});

Deno.test("parseHello() refuses pixels that are not known", () => {
  for (const pixels of ["rgb24", "yuvj420p", "GRAY", ""]) {
    assertThrows(
      () => parseHello(`framewire/1 wire=raw pixels=${pixels}`),
      WireError,
      `pixels is "${pixels}", expected: gray, yuv420p`,
    );
  }
});

Deno.test("formatAnswer() tells the pixels to a client that has requested some, and parseAnswer() reads them", () => {
  const told = { ...answer, tellsPixels: true };
  const lines = [{ ...told, format: color }, told].map(formatAnswer);
  assertEquals(lines, [
    "framewire/1 ok wire=y4m width=323 height=241 pixels=yuv420p fps=30\n",
    "framewire/1 ok wire=y4m width=4 height=3 pixels=gray fps=30\n",
  ]);
  assertEquals(
    lines.map((line) => parseAnswer(line.trimEnd())),
    [{ ...answer, format: color }, answer],
  );
});

Deno.test("formatAnswer() does not name the pixels to a client that has requested none", () => {
  const line = formatAnswer({ ...answer, lossless: true, stream: "a", via: ["0c5e21d7a9f4"] });
  const words = "wire=y4m width=4 height=3 fps=30 lossless=1 stream=a via=0c5e21d7a9f4";
  assertEquals(line, `framewire/1 ok ${words}\n`);
});

Deno.test("parseAnswer() takes the frames of a server that names no pixels for gray, and refuses unknown ones", () => {
  const known = "framewire/1 ok wire=raw width=4 height=3";
  assertEquals(parseAnswer(known), { ...answer, wire: "raw", fps: undefined });
  assertThrows(() => parseAnswer(`${known} pixels=rgb24`), WireError, "are not known");
});
