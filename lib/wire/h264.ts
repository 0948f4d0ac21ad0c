/**
 * The h264 wire, for a client that sent a greeting: H.264 access units (Annex B), each behind a line. Bytes in, access
 * units out, and the other way; no I/O.
 *
 *     UNIT length=9120 seq=7 ts=1760000000000.125 ack=6:1760000000000.5 key=1 size=640x480
 *
 * The lines of keyframes, `key=1`, have the size of the picture: that of this unit and the ones after it. The first unit
 * is a keyframe. A NO SIGNAL picture has `kind=placeholder`. The end is `END`, or `END reason=failed`. (A silent client
 * gets the units alone.)
 */

import type { AccessUnit } from "../frame/access_unit.ts";
import { planeBytes } from "../frame/frame_format.ts";
import { formatFrameSize, type FrameSize, parseFrameSize } from "../frame/frame_size.ts";
import type { Ending } from "../frame/latest.ts";
import { type Head, HeadedReader } from "./headed_reader.ts";
import { wordsOf } from "./hello.ts";
import { quote, WireError } from "./wire_error.ts";
import type { AckNote } from "./wire_frame.ts";
import { readEnding, readNote } from "./y4m.ts";

const START_CODE = [0, 0, 0, 1];

/** The line before a unit. */
export function formatUnitHead(
  { bytes, sequence, capturedAt, kind, isKey, size }: AccessUnit,
  { ack }: { ack: AckNote | undefined },
): string {
  const words = [
    ...["UNIT", `length=${bytes.length}`, `seq=${sequence}`, `ts=${capturedAt.toFixed(3)}`],
    ...[kind && `kind=${kind}`, ack && `ack=${ack.count}:${ack.at.toFixed(3)}`],
    ...(isKey ? ["key=1", `size=${formatFrameSize(size)}`] : []),
  ];
  return words.filter(Boolean).join(" ") + "\n";
}

/** The line that says why no more units come. */
export function formatUnitsEnd(ending: Ending): string {
  return ending === "over" ? "END\n" : `END reason=${ending}\n`;
}

/** The maximum number of bytes of a unit: noise, encoded without loss, takes less. */
function maxUnitBytes(size: FrameSize): number {
  return 4 * planeBytes(size) + 65536;
}

/** Reads the wire. */
export class UnitReader extends HeadedReader {
  readonly #announced: FrameSize;
  /** Of the last keyframe. */
  #size: FrameSize | undefined;

  /** `announced`: the size of the stream's frames; no picture is larger, but for sides that must be even. */
  constructor(announced: FrameSize) {
    super();
    this.#announced = announced;
  }

  protected override readHead(bytes: Uint8Array<ArrayBuffer>, now: number): Head | undefined {
    const magic = bytes[0] === 0x45 ? "END" : "UNIT";
    for (let i = 0; i < Math.min(magic.length, bytes.length); i++) {
      if (bytes[i] !== magic.charCodeAt(i)) throw new WireError(`expected "${magic}"`);
    }
    const newline = bytes.indexOf(0x0a);
    if (newline < 0) return undefined;
    const [first, ...texts] = latin1.decode(bytes.subarray(0, newline)).split(" ");
    if (first !== magic) throw new WireError(`a line begins with ${quote(first)}`);
    const words = wordsOf(texts);
    const end = newline + 1;
    if (magic === "END") {
      return { end, bodyBytes: 0, note: undefined, ending: readEnding(words.get("reason")) };
    }
    const unit = this.#readUnit(words);
    const [sequence, time, ack, kind] = ["seq", "ts", "ack", "kind"].map((key) => words.get(key));
    const note = readNote({ sequence, time, ack, kind }, now);
    if (!note) throw new WireError("a unit has no number or no time");
    return { end, bodyBytes: this.#readLength(words.get("length")), note: { ...note, unit } };
  }

  protected override checkBody(body: Uint8Array<ArrayBuffer>): void {
    if (START_CODE.some((byte, i) => body[i] !== byte)) {
      throw new WireError("a unit does not begin with a start code");
    }
  }

  #readUnit(words: Map<string, string>): { isKey: boolean; size: FrameSize } {
    const isKey = words.get("key") === "1";
    if (isKey) this.#size = this.#readSize(words.get("size"));
    if (!this.#size) throw new WireError("the first unit is not a keyframe");
    return { isKey, size: this.#size };
  }

  #readSize(text: string | undefined): FrameSize {
    const size = parseFrameSize(text ?? "");
    if (!size) throw new WireError(`the size of a unit is ${quote(text)}`);
    const { width, height } = this.#announced;
    if (size.width <= even(width) && size.height <= even(height)) return size;
    throw new WireError(`a unit is ${quote(text)}, announced: ${formatFrameSize(this.#announced)}`);
  }

  #readLength(text: string | undefined): number {
    const most = maxUnitBytes(this.#announced);
    const length = /^\d{1,10}$/.test(text ?? "") ? Number(text) : NaN;
    if (length >= START_CODE.length + 1 && length <= most) return length;
    throw new WireError(`the length of a unit is ${quote(text)}, expected: 5 to ${most}`);
  }
}

/** H.264 with half the colors has even sides. */
function even(side: number): number {
  return side + side % 2;
}

const latin1 = new TextDecoder("latin1");
