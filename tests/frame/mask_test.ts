import { frameBytes, type FrameFormat } from "../../lib/frame/frame_format.ts";
import { blacken, formatMask, type Mask, maskOutside, parseMask } from "../../lib/frame/mask.ts";
import { planesOf } from "../../lib/frame/plane.ts";
import { assertEquals } from "../assert.ts";

Deno.test("parseMask() reads X,Y,WIDTH,HEIGHT, each in whole pixels, and nothing else", () => {
  assertEquals(parseMask("1,2,30,40"), { x: 1, y: 2, width: 30, height: 40 });
  assertEquals(parseMask("1, 2, 30, 40"), { x: 1, y: 2, width: 30, height: 40 });
  const wrong = [
    "",
    "1,2,3",
    "1,2,3,4,5",
    "-1,2,3,4",
    "1,2,0,4",
    "1,2,3,0",
    "1.5,2,3,4",
    "a,b,c,d",
  ];
  for (const text of wrong) assertEquals(parseMask(text), undefined, text);
  assertEquals(formatMask({ x: 1, y: 2, width: 30, height: 40 }), "1,2,30,40");
});

Deno.test("maskOutside() gives the first mask that is not completely inside the picture", () => {
  const inside: Mask = { x: 2, y: 1, width: 3, height: 2 };
  const wide: Mask = { ...inside, width: 4 };
  const high: Mask = { ...inside, height: 3 };
  const size = { width: 5, height: 3 };
  assertEquals(maskOutside([inside], size), undefined);
  assertEquals(maskOutside([inside, wide, high], size), wide);
  assertEquals(maskOutside([high], size), high);
});

/** A plane of 9s as lines of text, with `.` for each sample that `blacken` has changed to `value`. */
function shown(plane: { width: number; pixels: Uint8Array }, value: number): string[] {
  const letters = [...plane.pixels].map((sample) => sample === value ? "." : String(sample));
  const rows = letters.length / plane.width;
  return Array.from(
    { length: rows },
    (_, y) => letters.slice(y * plane.width, (y + 1) * plane.width).join(""),
  );
}

function masked(format: FrameFormat, ...masks: Mask[]): Uint8Array<ArrayBuffer> {
  const pixels = new Uint8Array(frameBytes(format)).fill(9);
  blacken(pixels, { format, masks });
  return pixels;
}

Deno.test("blacken() makes exactly the pixels of the masks black in a gray frame", () => {
  const format = { width: 7, height: 4, pixels: "gray" } as const;
  const pixels = masked(
    format,
    { x: 0, y: 0, width: 2, height: 1 },
    { x: 4, y: 1, width: 3, height: 3 },
  );
  assertEquals(shown({ width: 7, pixels }, 0), ["..99999", "9999...", "9999...", "9999..."]);
});

Deno.test("blacken() takes the color of every sample of U and V that a mask touches, odd sides included", () => {
  const format = { width: 7, height: 5, pixels: "yuv420p" } as const;
  const pixels = masked(format, { x: 3, y: 1, width: 2, height: 2 });
  const [gray, u, v] = planesOf({ format, pixels });
  assertEquals(shown(gray!, 0), ["9999999", "999..99", "999..99", "9999999", "9999999"]);
  for (const plane of [u, v]) assertEquals(shown(plane!, 128), ["9..9", "9..9", "9999"]);
});

Deno.test("blacken() leaves no pixel of a mask with a color, wherever the mask is", () => {
  const format = { width: 7, height: 5, pixels: "yuv420p" } as const;
  for (let x = 0; x < 7; x++) {
    for (let y = 0; y < 5; y++) {
      for (let width = 1; x + width <= 7; width++) {
        for (let height = 1; y + height <= 5; height++) {
          const pixels = masked(format, { x, y, width, height });
          const [gray, u, v] = planesOf({ format, pixels });
          for (let at = 0; at < 35; at++) {
            const [px, py] = [at % 7, Math.floor(at / 7)];
            const isIn = px >= x && px < x + width && py >= y && py < y + height;
            assertEquals(gray!.pixels[at], isIn ? 0 : 9);
            const sample = Math.floor(py / 2) * 4 + Math.floor(px / 2);
            if (isIn) assertEquals([u!.pixels[sample], v!.pixels[sample]], [128, 128]);
          }
        }
      }
    }
  }
});
