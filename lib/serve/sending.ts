/**
 * The sending loop of one client, from the first frame to the last, at the pace of its acknowledgements if it sends them.
 * A subclass chooses the next frame.
 */

import { type Clock, steadyClock } from "../async/clock.ts";
import { wallClock } from "../frame/clock.ts";
import type { Frame } from "../frame/frame.ts";
import type { Taken } from "../frame/latest.ts";
import { USUAL_FPS } from "../stream/stream.ts";
import { AckWindow } from "../wire/ack_window.ts";
import type { AckNote } from "../wire/wire_frame.ts";
import type { ClientLink } from "./client_link.ts";
import type { Muxer } from "./muxer.ts";
import { Room } from "./room.ts";
import type { Publication } from "./session_control.ts";

/** What every muxer's values have. */
export type Numbered = Pick<Frame, "sequence" | "capturedAt" | "kind">;

export interface SendingOptions {
  readonly link: ClientLink;
  readonly published: Publication;
  /** Whether the client acknowledges the answer line and each frame. */
  readonly acks: boolean;
  /** Frames a second; undefined if the source does not give a rate. */
  readonly fps: number | undefined;
  /** The path of the stream that a server was told; undefined for other clients. */
  readonly path: string | undefined;
  /** Whether every frame is sent, and no age is noted: those of a film. By default not. */
  readonly isLossless?: boolean | undefined;
  readonly signal: AbortSignal;
  readonly clock?: Clock | undefined;
}

export abstract class Sending<T extends Numbered> {
  /** Whole frames sent. */
  sent = 0;
  protected readonly muxer: Muxer<T>;
  protected readonly options: SendingOptions;
  protected readonly clock: Clock;
  protected readonly fps: number;
  /** For a client that acknowledges. */
  protected readonly window: AckWindow | undefined;
  #lastAck: AckNote | undefined;
  readonly #room: Room;

  /** From now on the client may acknowledge. */
  constructor(muxer: Muxer<T>, options: SendingOptions) {
    this.muxer = muxer;
    this.options = options;
    this.clock = options.clock ?? steadyClock;
    this.#room = new Room(this.clock);
    this.fps = options.fps ?? USUAL_FPS;
    if (options.acks) this.window = new AckWindow({ fps: this.fps, now: this.clock.now() });
  }

  /** Frames that were replaced by newer ones before the client could take them. */
  abstract readonly skipped: number;

  /** For how many milliseconds it may send no frame; 0: it may. Infinity: not before an acknowledgement. */
  protected abstract roomIn(now: number): number;

  /** Waits for the frame to send, and for room for it; undefined at the end and on abort. */
  protected abstract next(): Promise<Taken<T> | undefined>;

  /** A frame was left out: the client cannot be told what it is. */
  protected leftOut(): void {}

  /** A frame of so many bytes is sent now. */
  protected noteSent(_frame: T, _bytes: number, now: number): void {
    this.window?.sent(now);
  }

  /** Sends until the frames end, or on abort. Rejects if the connection fails. */
  async run(): Promise<void> {
    const { muxer, options } = this;
    const { link, published, path, isLossless = false, signal } = options;
    if (muxer.header.length > 0) await link.write(muxer.header);
    for (let taken; (taken = await this.next());) {
      // A server that connects again learns the new path, in which it may find itself.
      if (path !== undefined && path !== published.via.join()) return;
      const { value } = taken;
      if (published.holds && value.kind && !muxer.marks) {
        this.leftOut();
        continue;
      }
      const pieces = muxer.pieces(value, this.#lastAck);
      const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
      this.noteSent(value, bytes, this.clock.now());
      await link.write(...pieces);
      this.sent++;
      if (!isLossless) published.ages.add(wallClock() - value.capturedAt);
    }
    // No trailer if the server is stopped: the client may wait for the next server. A stream that fails stops it too.
    const { ending = "over" } = published;
    if (signal.aborted && ending !== "failed") return;
    const trailer = muxer.trailer(ending);
    if (trailer.length > 0) await link.write(trailer);
  }

  /** Whether the client acknowledges. */
  get acknowledges(): boolean {
    return this.window !== undefined;
  }

  /** For how many milliseconds the client has acknowledged nothing of what waits for it. */
  get stalledFor(): number {
    const now = this.clock.now();
    return this.window && this.roomIn(now) > 0 ? this.window.waitingFor(now) : 0;
  }

  /** Counts acknowledgements: of the answer line, then of one frame each. */
  acknowledged(count: number): void {
    if (!this.window) return;
    this.window.acknowledged(count, this.clock.now());
    const last = this.window.count;
    if (last !== undefined) this.#lastAck = { count: last, at: wallClock() };
    this.#room.changed();
  }

  /** Waits until there is room, or abort. */
  protected room(): Promise<void> {
    return this.#room.wait((now) => this.roomIn(now), this.options.signal);
  }
}
