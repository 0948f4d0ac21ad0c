import { foreignBytes } from "../../lib/receive/foreign_bytes.ts";
import { assert, assertEquals, assertStringIncludes } from "../assert.ts";

const address = { hostname: "cam", port: 9 };

/** Bytes from a text as Latin-1. */
function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** Packets of MPEG-TS: each its first byte, and others. */
function packets(count: number, fill: number): Uint8Array {
  const bytes = new Uint8Array(188 * count).fill(fill);
  for (let at = 0; at < bytes.length; at += 188) bytes[at] = 0x47;
  return bytes;
}

const known: [bytes: Uint8Array, name: string, hint: string][] = [
  [packets(2, 9), "MPEG-TS", "./server -i tcp://cam:9"],
  [latin1("\xff\xd8\xff\xe0"), "JPEG", './server -i tcp://cam:9 --input-options "-f mjpeg"'],
  [
    latin1("--ffmpeg\r\nContent-type: image/jpeg\r\n"),
    "multipart JPEG",
    './server -i tcp://cam:9 --input-options "-f mpjpeg"',
  ],
  [latin1("HTTP/1.1 400 Bad Request\r\n"), "HTTP", "./client cam 8888"],
  [latin1("<!DOCTYPE HTML>\n<html"), "HTTP", "./client cam 8888"],
  [latin1("RTSP/1.0 400 Bad Request\r\n"), "RTSP", "./server -i rtsp://cam:9/"],
  [latin1("SSH-2.0-OpenSSH_9.2\r\n"), "SSH", "check the port"],
  [latin1("\x1aE\xdf\xa3\x01"), "Matroska", "./server -i tcp://cam:9"],
  [latin1("FLV\x01\x05"), "FLV", "./server -i tcp://cam:9"],
  [latin1("\0\0\0\x01g\x42"), "H.264", '--input-options "-f h264"'],
];
for (const [bytes, name, hint] of known) {
  Deno.test(`foreignBytes() recognizes ${name} (${bytes.length} bytes)`, () => {
    const failure = foreignBytes(bytes, address);
    assert(failure);
    assertEquals(failure.message.split(name)[0], "cam port 9 sends ");
    assertStringIncludes(failure.hint, hint);
  });
}

Deno.test("foreignBytes() takes pixels for pixels", () => {
  const flat = new Uint8Array(512).fill(0x47);
  const ramp = Uint8Array.from({ length: 512 }, (_, i) => i);
  for (const bytes of [flat, ramp, packets(1, 9), new Uint8Array(512), new Uint8Array()]) {
    assertEquals(foreignBytes(bytes, address), undefined);
  }
});

Deno.test("foreignBytes() puts an IPv6 address into brackets in a URL alone", () => {
  const { hint } = foreignBytes(latin1("HTTP/1.1 400"), { hostname: "::1", port: 9 }) ?? {};
  assertStringIncludes(hint ?? "", "./client ::1 8888");
  assertStringIncludes(hint ?? "", "http://[::1]:9/stream.mjpg");
});
