/**
 * Frames for ffmpeg with their own times: uncompressed gray video in Matroska, one cluster a frame, of a
 * length that nobody knows yet (RFC 9559). Pure: what stands before each frame's pixels.
 */

import { frameBytes, type FrameSize } from "../frame/frame_size.ts";

/**
 * What the stream begins with. Times are in milliseconds; `fps` is the usual rate, by which ffmpeg chooses
 * the level of H.264.
 */
export function matroskaHead(
  { width, height }: FrameSize,
  { fps }: { fps: number },
): Uint8Array<ArrayBuffer> {
  const video = [...element(0xb0, integer(width)), ...element(0xba, integer(height))];
  const track = [
    ...element(0xd7, [1]), // number
    ...element(0x73c5, [1]), // the same, for ever
    ...element(0x83, [1]), // video
    ...element(0x9c, [0]), // one frame a block
    ...element(0x23e383, integer(Math.round(1e9 / fps))), // nanoseconds a frame
    ...element(0x86, text("V_UNCOMPRESSED")),
    ...element(0xe0, [...video, ...element(0x2eb524, text("Y800"))]),
  ];
  const info = [
    ...element(0x2ad7b1, integer(1_000_000)), // a time is so many nanoseconds
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

/** What stands before a frame's pixels: a cluster of its own, `time` in whole milliseconds. */
export function matroskaFrame(size: FrameSize, time: number): Uint8Array<ArrayBuffer> {
  const when = element(0xe7, integer(time));
  const block = [...identifier(0xa3), ...length(4 + frameBytes(size))];
  const facts = [0x81, 0, 0, 0x80]; // track 1, at the cluster's time, a key frame
  const inside = when.length + block.length + facts.length + frameBytes(size);
  return new Uint8Array([
    ...[...identifier(0x1f43b675), ...length(inside)],
    ...[...when, ...block, ...facts],
  ]);
}

function element(id: number, content: number[]): number[] {
  return [...identifier(id), ...length(content.length), ...content];
}

/** Identifiers hold their own length in their first bits. */
function identifier(id: number): number[] {
  return integer(id);
}

/** A length in 8 bytes: as long as any may be. */
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
