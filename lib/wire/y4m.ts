/**
 * The y4m wire: YUV4MPEG2, gray (`Cmono`) or with colors (`C420jpeg`), which names its own format and which ffmpeg,
 * ffplay and mpv play with no options. Bytes in, frames out, and the other way; no I/O.
 *
 *     YUV4MPEG2 W640 H480 F30:1 Ip A1:1 Cmono XCOLORRANGE=FULL
 *     FRAME Xseq=7 Xts=1760000000000.125 Xack=6:1760000000000.5
 *
 * A NO SIGNAL picture has `Xkind=placeholder` in its line. After the last frame a client that sent a
 * greeting gets `END`, or `END Xreason=failed`. The format: https://wiki.multimedia.cx/index.php/YUV4MPEG2;
 * `X` parameters are each program's own.
 */

import type { Frame } from "../frame/frame.ts";
import {
  formatFrameFormat,
  frameBytes,
  type FrameFormat,
  isSameFormat,
  type PixelFormat,
} from "../frame/frame_format.ts";
import { isFrameSize } from "../frame/frame_size.ts";
import type { Ending } from "../frame/latest.ts";
import { type Head, HeadedReader } from "./headed_reader.ts";
import { quote, WireError } from "./wire_error.ts";
import type { AckNote, FrameNote } from "./wire_frame.ts";

/** The beginning of every y4m stream. */
export const Y4M_MAGIC = "YUV4MPEG2";

/** The word of a header for each format of pixels. */
const COLORSPACES: { readonly [pixels in PixelFormat]: string } = {
  gray: "Cmono",
  yuv420p: "C420jpeg",
};

/** The line that tells a client with a greeting why no more frames come. */
export function formatY4mEnd(ending: Ending): string {
  return ending === "over" ? "END\n" : `END Xreason=${ending}\n`;
}

/** The line at the stream's beginning. Without a rate, players assume 25 fps. */
export function formatY4mHeader(
  { width, height, pixels }: FrameFormat,
  { fps }: { fps: number | undefined },
): string {
  const rate = fps === undefined ? "" : ` F${ratio(fps)}`;
  return `${Y4M_MAGIC} W${width} H${height}${rate} Ip A1:1 ${
    COLORSPACES[pixels]
  } XCOLORRANGE=FULL\n`;
}

/** The line before each frame's pixels; without a note, the plain `FRAME` line. */
export function formatY4mFrame(
  note?: Pick<Frame, "sequence" | "capturedAt" | "kind"> & { ack?: AckNote | undefined },
): string {
  if (!note) return "FRAME\n";
  const ack = note.ack ? ` Xack=${note.ack.count}:${note.ack.at.toFixed(3)}` : "";
  const kind = note.kind ? ` Xkind=${note.kind}` : "";
  return `FRAME Xseq=${note.sequence} Xts=${note.capturedAt.toFixed(3)}${kind}${ack}\n`;
}

/** Reads a y4m stream. */
export class Y4mReader extends HeadedReader {
  #format: FrameFormat | undefined;
  #fps: number | undefined;
  readonly #announced: FrameFormat | undefined;

  /** With `announced`, a stream of another format is an error. */
  constructor({ announced }: { announced?: FrameFormat } = {}) {
    super();
    this.#announced = announced;
  }

  /** The format of the frames; undefined before the first line is read. */
  get format(): FrameFormat | undefined {
    return this.#format;
  }

  /** Frames a second; undefined if the stream does not announce them. */
  get fps(): number | undefined {
    return this.#fps;
  }

  /** Reads the stream's first line, as far as it has come; `format` tells whether it has. */
  readHeader(): void {
    if (!this.#format) this.takeHead();
  }

  protected override readHead(bytes: Uint8Array<ArrayBuffer>, now: number): Head | undefined {
    const magic = this.#format ? (bytes[0] === 0x45 ? "END" : "FRAME") : Y4M_MAGIC;
    for (let i = 0; i < Math.min(magic.length, bytes.length); i++) {
      if (bytes[i] !== magic.charCodeAt(i)) {
        throw new WireError(`expected "${magic}"`);
      }
    }
    const newline = bytes.indexOf(0x0a);
    if (newline < 0) return undefined;
    const line = latin1.decode(bytes.subarray(0, newline));
    const [first, ...words] = line.split(" ");
    if (first !== magic) {
      throw new WireError(`a line begins with ${quote(first)}`);
    }
    const end = newline + 1;
    if (magic === "END") {
      return { end, bodyBytes: 0, note: undefined, ending: readEnding(valueOf(words, "Xreason=")) };
    }
    if (this.#format) return { end, bodyBytes: frameBytes(this.#format), note: noteOf(words, now) };
    this.#readStreamHeader(words);
    return { end, bodyBytes: 0, note: undefined };
  }

  #readStreamHeader(words: string[]): void {
    const { format, fps } = readY4mHeader(words);
    if (this.#announced && !isSameFormat(format, this.#announced)) {
      const [has, said] = [formatFrameFormat(format), formatFrameFormat(this.#announced)];
      throw new WireError(`its format is ${has}, announced: ${said}`);
    }
    this.#format = format;
    this.#fps = fps;
  }
}

/**
 * The words behind the magic of a stream's first line. Throws a `WireError` if they do not describe gray frames, or
 * colors at half the size (4:2:0) in full range.
 */
export function readY4mHeader(
  words: string[],
): { format: FrameFormat; fps: number | undefined } {
  const value = (letter: string) => words.find((word) => word.startsWith(letter))?.slice(1);
  const size = { width: whole(value("W")), height: whole(value("H")) };
  const pixels = readColorspace(words);
  if (!isFrameSize(size)) {
    throw new WireError(`its size is ${quote(`W${value("W") ?? ""} H${value("H") ?? ""}`)}`);
  }
  const [, over, under] = /^(\d{1,9}):(\d{1,9})$/.exec(value("F") ?? "") ?? [];
  const fps = Number(over) / Number(under);
  return {
    format: { ...size, pixels },
    fps: fps > 0 && Number.isFinite(fps) ? fps : undefined,
  };
}

/** The pixels of a stream. The position of the color samples (jpeg, mpeg2, paldv) is ignored. */
function readColorspace(words: string[]): PixelFormat {
  const color = words.find((word) => word.startsWith("C")) ?? "C420";
  if (color === "Cmono") return "gray";
  const isHalved = /^C420(jpeg|mpeg2|paldv)?$/.test(color);
  if (isHalved && words.includes("XCOLORRANGE=FULL")) return "yuv420p";
  const lacks = isHalved ? " without XCOLORRANGE=FULL" : "";
  throw new WireError(
    `its pixels are ${quote(color)}${lacks}, expected: Cmono, or C420jpeg with XCOLORRANGE=FULL`,
  );
}

const latin1 = new TextDecoder("latin1");

/** What the `X` words of a frame's line say; undefined if some are missing. */
function noteOf(words: string[], readAt: number) {
  const [sequence, time, ack, kind] = ["Xseq=", "Xts=", "Xack=", "Xkind="].map((name) =>
    valueOf(words, name)
  );
  return readNote({ sequence, time, ack, kind }, readAt);
}

/** The value of a name such as `Xseq=`. */
function valueOf(words: string[], name: string): string | undefined {
  return words.find((word) => word.startsWith(name))?.slice(name.length);
}

/** The ending for a reason's word. No word means `over`; an unknown word means `failed`. */
export function readEnding(word: string | undefined): Ending {
  if (word === undefined || word === "over") return "over";
  return word === "removed" ? "removed" : "failed";
}

/**
 * A frame's note from its texts; undefined if there is none. Throws a `WireError` if it cannot be
 * read.
 */
export function readNote(
  texts: { readonly [key in "sequence" | "time" | "ack" | "kind"]: string | undefined },
  readAt: number,
): FrameNote | undefined {
  if (texts.sequence === undefined || texts.time === undefined) return undefined;
  const sequence = whole(texts.sequence);
  const capturedAt = time(texts.time);
  const [, count, at] = /^(\d{1,15}):(.*)$/.exec(texts.ack ?? "") ?? [];
  const ack = texts.ack === undefined ? undefined : { count: whole(count), at: time(at) };
  const numbers = [sequence, capturedAt, ...(ack ? [ack.count, ack.at] : [])];
  if (numbers.some(Number.isNaN)) {
    throw new WireError(
      `a frame has the number ${quote(texts.sequence)} and the time ${quote(texts.time)}`,
    );
  }
  return { sequence, capturedAt, ack, placeholder: texts.kind === "placeholder", readAt };
}

/** A whole number of at most 15 digits, which a double holds exactly; NaN for anything else. */
function whole(text: string | undefined): number {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : NaN;
}

/** Milliseconds since the epoch; NaN for anything else. */
function time(text: string | undefined): number {
  return text !== undefined && /^\d{1,15}(\.\d{1,9})?$/.test(text) ? Number(text) : NaN;
}

/** A rate as a fraction: 30:1, 30000:1001, 12500:1000. */
function ratio(fps: number): string {
  if (Number.isInteger(fps)) return `${fps}:1`;
  // 29.97, 23.976, 59.94: television rates are such fractions.
  const thousands = Math.round(fps * 1.001);
  if (Math.abs(thousands / 1.001 - fps) < 0.005) return `${thousands * 1000}:1001`;
  return `${Math.round(fps * 1000)}:1000`;
}
