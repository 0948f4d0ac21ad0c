import {
  formatFrameSize,
  isFrameSize,
  isSameSize,
  MAX_SIDE,
  parseFrameSize,
} from "../../lib/frame/frame_size.ts";
import { assertEquals } from "../assert.ts";

Deno.test("parseFrameSize() reads WxH", () => {
  assertEquals(parseFrameSize("4x3"), { width: 4, height: 3 });
  assertEquals(parseFrameSize("640X480"), { width: 640, height: 480 });
  assertEquals(parseFrameSize(" 1x16384\n"), { width: 1, height: 16384 });
});

Deno.test("parseFrameSize() returns undefined for invalid sizes", () => {
  const texts = ["", "4", "4x", "x3", "4x3x2", "4 x 3", "4,3", "-4x3", "4.5x3", "0x3", "4x0"];
  for (const text of [...texts, "0x10x3", "1e1x3", `${MAX_SIDE + 1}x3`, "9999999x3", "vga"]) {
    assertEquals(parseFrameSize(text), undefined, text);
  }
});

Deno.test("isFrameSize() accepts whole sides from 1 to MAX_SIDE", () => {
  const sides = [[1, true], [MAX_SIDE, true], [0, false], [MAX_SIDE + 1, false]] as const;
  for (const [side, fits] of [...sides, [-1, false], [1.5, false], [NaN, false]] as const) {
    assertEquals(isFrameSize({ width: side, height: 3 }), fits, `width ${side}`);
    assertEquals(isFrameSize({ width: 4, height: side }), fits, `height ${side}`);
  }
});

Deno.test("formatFrameSize() writes what parseFrameSize() reads", () => {
  assertEquals(formatFrameSize({ width: 4, height: 3 }), "4x3");
});

Deno.test("isSameSize() compares both sides", () => {
  const size = { width: 4, height: 3 };
  const sizes = [{ width: 4, height: 3 }, { width: 3, height: 4 }, { width: 4, height: 4 }];
  assertEquals(sizes.map((other) => isSameSize(size, other)), [true, false, false]);
});
