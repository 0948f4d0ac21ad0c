/**
 * Cuts a stream in which each frame is a short text head and a body of known length, such as Y4M and
 * multipart JPEG. A subclass reads the heads.
 */

import type { Ending } from "../frame/latest.ts";
import { WireError } from "./wire_error.ts";
import type { FrameNote, WireFrame, WireReader } from "./wire_frame.ts";

/** The maximum length of a frame's head. */
const MAX_HEAD_BYTES = 1024;

/**
 * Room in a body's buffer for the next head, so that a frame takes one read and not two. The head is then
 * copied to its own buffer.
 */
const SLACK_BYTES = 256;

/** The content of a head. */
export interface Head {
  /** Where the body begins: bytes from the head's first. */
  readonly end: number;
  /** Bytes of the body; 0 for a head without a body (that of the whole stream, and its end). */
  readonly bodyBytes: number;
  readonly note: FrameNote | undefined;
  /** Why no more frames come; undefined if more may come. */
  readonly ending?: Ending;
}

/** Cuts the stream; a subclass reads the heads. */
export abstract class HeadedReader implements WireReader {
  ending: Ending | undefined;
  readonly #head = new Uint8Array(MAX_HEAD_BYTES);
  #headLength = 0;
  /** The body under way, with room behind it for the next head; undefined while a head is read. */
  #body: Uint8Array<ArrayBuffer> | undefined;
  #bodyBytes = 0;
  #length = 0;
  #note: FrameNote | undefined;
  #now = 0;

  /**
   * Reads the head at the beginning of `bytes`; undefined if it is not complete. Throws a
   * `WireError` if it is not a head.
   */
  protected abstract readHead(bytes: Uint8Array<ArrayBuffer>, now: number): Head | undefined;

  /** Checks a whole body. Throws a `WireError` if it is not valid. */
  protected checkBody(_body: Uint8Array<ArrayBuffer>): void {}

  get space(): Uint8Array<ArrayBuffer> {
    return this.#body?.subarray(this.#length) ?? this.#head.subarray(this.#headLength);
  }

  get partial(): number {
    return this.#body ? Math.max(1, this.#length) : 0; // a head counts when it is complete
  }

  get wireBytes(): number {
    return this.#bodyBytes;
  }

  filled(count: number, now: number): void {
    this.#now = now;
    if (this.#body) this.#length += count;
    else this.#headLength += count;
  }

  take(): WireFrame | undefined {
    for (;;) {
      if (!this.#body && !this.takeHead()) return undefined;
      if (!this.#body) continue; // a head without a body
      if (this.#length < this.#bodyBytes) return undefined;
      const payload = this.#body.subarray(0, this.#bodyBytes);
      const behind = this.#body.subarray(this.#bodyBytes, this.#length);
      this.#head.set(behind);
      this.#headLength = behind.length;
      this.#body = undefined;
      this.checkBody(payload);
      return { payload, note: this.#note };
    }
  }

  /** Reads a head and moves the bytes behind it into the body. False if more bytes are needed. */
  protected takeHead(): boolean {
    const bytes = this.#head.subarray(0, this.#headLength);
    const head = this.readHead(bytes, this.#now);
    if (!head) {
      if (this.#headLength === MAX_HEAD_BYTES) {
        throw new WireError(`a frame's head is longer than ${MAX_HEAD_BYTES} bytes`);
      }
      return false;
    }
    const behind = bytes.subarray(head.end);
    if (head.ending) this.ending = head.ending;
    if (head.bodyBytes === 0) {
      this.#head.copyWithin(0, head.end, this.#headLength);
      this.#headLength = behind.length;
      return true;
    }
    // A small frame may be behind its head as a whole, with more heads behind it.
    this.#body = new Uint8Array(Math.max(head.bodyBytes + SLACK_BYTES, behind.length));
    this.#body.set(behind);
    this.#length = behind.length;
    this.#bodyBytes = head.bodyBytes;
    this.#note = head.note;
    this.#headLength = 0;
    return true;
  }
}
