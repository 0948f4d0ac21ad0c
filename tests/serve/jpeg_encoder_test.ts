import type { Frame } from "../../lib/frame/frame.ts";
import { grayFormat } from "../../lib/frame/frame_format.ts";
import { Latest } from "../../lib/frame/latest.ts";
import { JpegEncoder } from "../../lib/serve/jpeg_encoder.ts";
import { assertEquals } from "../assert.ts";

const log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };

Deno.test("JpegEncoder: disposing of it ends its JPEGs for their readers", async () => {
  const { signal } = new AbortController();
  for (const ending of [undefined, "failed"] as const) {
    const frames = new Latest<Frame>();
    const encoder = new JpegEncoder(frames, {
      format: grayFormat({ width: 4, height: 3 }),
      quality: 90,
      log,
    });
    using reader = encoder.jpegs.reader({ signal });
    const taking = reader.take();
    if (ending) frames.end(ending);
    await encoder[Symbol.asyncDispose]();
    assertEquals([await taking, encoder.jpegs.ending], [undefined, ending ?? "removed"]);
  }
});
