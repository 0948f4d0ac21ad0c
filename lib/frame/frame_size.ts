/** The size of a picture: its limits, and its text form `WxH`. */

/** Width and height in pixels, each 1 to `MAX_SIDE`. */
export interface FrameSize {
  readonly width: number;
  readonly height: number;
}

/** The longest side, in pixels: 16K video is 15360 wide, and a gray frame still fits in 256 MB. */
export const MAX_SIDE = 16384;

/** Reads `640x480`; undefined if the text is not a size or a side is not 1 to `MAX_SIDE`. */
export function parseFrameSize(text: string): FrameSize | undefined {
  const match = /^(\d{1,6})x(\d{1,6})$/i.exec(text.trim());
  if (!match) return undefined;
  const size = { width: Number(match[1]), height: Number(match[2]) };
  return isFrameSize(size) ? size : undefined;
}

/** Whether both sides are whole and between 1 and `MAX_SIDE`. */
export function isFrameSize({ width, height }: FrameSize): boolean {
  return [width, height].every((side) => Number.isInteger(side) && side >= 1 && side <= MAX_SIDE);
}

export function isSameSize(a: FrameSize, b: FrameSize): boolean {
  return a.width === b.width && a.height === b.height;
}

/** Writes a size as ffmpeg does: `640x480`. */
export function formatFrameSize({ width, height }: FrameSize): string {
  return `${width}x${height}`;
}
