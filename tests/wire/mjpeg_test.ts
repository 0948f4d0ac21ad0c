import { MjpegReader } from "../../lib/wire/mjpeg.ts";
import { WireError } from "../../lib/wire/wire_error.ts";
import { assertMatch, assertThrows } from "../assert.ts";
import { smallJpeg } from "./small_jpeg.ts";

const size = { width: 4, height: 3 };
const jpeg = smallJpeg(size, 1);

const rejected: [what: string, length: string, body: Uint8Array, words: string][] = [
  ["a length of -1", "-1", jpeg, 'Content-Length is "-1"'],
  ["a length of 10^12", "1000000000000", jpeg, "Content-Length is"],
  ["no length", "", jpeg, "Content-Length is"],
  ["a JPEG that is cut", "20", jpeg.subarray(0, 20), "a JPEG is cut"],
  ["what is not a JPEG", "20", new Uint8Array(20), "not a JPEG"],
];
for (const [what, length, body, words] of rejected) {
  Deno.test(`MjpegReader rejects ${what}`, () => {
    const field = length && `Content-Length: ${length}\r\n`;
    const head = `--ffmpeg\r\nContent-Type: image/jpeg\r\n${field}\r\n`;
    const reader = new MjpegReader(size);
    const { message } = assertThrows(
      () => {
        for (const byte of [...new TextEncoder().encode(head), ...body]) {
          reader.space[0] = byte;
          reader.filled(1, 0);
          reader.take();
        }
      },
      WireError,
      words,
    );
    assertMatch(message, /^[\x20-\x7e]{1,300}$/);
  });
}
