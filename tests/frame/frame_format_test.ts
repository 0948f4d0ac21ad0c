import { frameBytes, grayFormat } from "../../lib/frame/frame_format.ts";
import { assertEquals } from "../assert.ts";

Deno.test("frameBytes() is one byte per pixel of a gray frame", () => {
  assertEquals(frameBytes(grayFormat({ width: 4, height: 3 })), 12);
});
