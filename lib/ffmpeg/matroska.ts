/**
 * Writes frames with their own times for ffmpeg: uncompressed video in Matroska, one cluster a frame, of
 * unknown length (RFC 9559). Pure: gives the bytes before each frame's pixels.
 */

import { frameBytes, type FrameFormat, type PixelFormat } from "../frame/frame_format.ts";

/** The matrix is that of JPEG, BT.601, which players would not guess for large pictures; the range is full. */
const COLOR = [...element(0x55b1, [6]), ...element(0x55b9, [2])];

const FOURCC: { readonly [pixels in PixelFormat]: string } = { gray: "Y800", yuv420p: "I420" };

/**
 * The head of the stream. Times are in milliseconds; `fps` is the nominal rate, from which ffmpeg derives the level
 * of H.264.
 */
export function matroskaHead(
  { width, height, pixels }: FrameFormat,
  { fps }: { fps: number },
): Uint8Array<ArrayBuffer> {
  const video = [
    ...[...element(0xb0, integer(width)), ...element(0xba, integer(height))],
    ...element(0x2eb524, text(FOURCC[pixels])),
    ...(pixels === "gray" ? [] : element(0x55b0, COLOR)),
  ];
  const track = [
    ...element(0xd7, [1]), // number
    ...element(0x73c5, [1]), // unique identifier
    ...element(0x83, [1]), // video
    ...element(0x9c, [0]), // one frame a block
    ...element(0x23e383, integer(Math.round(1e9 / fps))), // nanoseconds a frame
    ...element(0x86, text("V_UNCOMPRESSED")),
    ...element(0xe0, video),
  ];
  const info = [
    ...element(0x2ad7b1, integer(1_000_000)), // nanoseconds a time unit
    ...element(0x4d80, text("Framewire")),
    ...element(0x5741, text("Framewire")),
  ];
  const head = [
    ...element(0x4286, [1]),
    ...element(0x42f7, [1]),
    ...element(0x42f2, [4]),
    ...element(0x42f3, [8]),
    ...element(0x4282, text("matroska")),
    ...element(0x4287, [4]),
    ...element(0x4285, [2]),
  ];
  return new Uint8Array([
    ...element(0x1a45dfa3, head),
    ...[...identifier(0x18538067), 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    ...element(0x1549a966, info),
    ...element(0x1654ae6b, element(0xae, track)),
  ]);
}

/** The bytes before a frame's pixels: a cluster of its own, `time` in whole milliseconds. */
export function matroskaFrame(format: FrameFormat, time: number): Uint8Array<ArrayBuffer> {
  const timestamp = element(0xe7, integer(time));
  const block = [...identifier(0xa3), ...length(4 + frameBytes(format))];
  const blockHead = [0x81, 0, 0, 0x80]; // track 1, at the cluster's time, a key frame
  const inside = timestamp.length + block.length + blockHead.length + frameBytes(format);
  return new Uint8Array([
    ...[...identifier(0x1f43b675), ...length(inside)],
    ...[...timestamp, ...block, ...blockHead],
  ]);
}

function element(id: number, content: number[]): number[] {
  return [...identifier(id), ...length(content.length), ...content];
}

/** An identifier contains its own length in its first bits. */
function identifier(id: number): number[] {
  return integer(id);
}

/** A length in 8 bytes, the longest form. */
function length(bytes: number): number[] {
  return [0x01, ...integer(bytes, 7)];
}

/** A whole number, the most significant byte first. */
function integer(value: number, bytes = 0): number[] {
  const digits: number[] = [];
  for (
    let rest = value;
    rest > 0 || digits.length < Math.max(1, bytes);
    rest = Math.floor(rest / 256)
  ) {
    digits.unshift(rest % 256);
  }
  return digits;
}

function text(words: string): number[] {
  return [...new TextEncoder().encode(words)];
}
