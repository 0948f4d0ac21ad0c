/**
 * One stream that a page watches: what every format of its pictures has in common. It numbers and counts them, and
 * waits for room. It sends them on the socket of the page, which has one for each watched stream.
 */

import type { Clock } from "../../async/clock.ts";
import { wallClock } from "../../frame/clock.ts";
import type { Frame } from "../../frame/frame.ts";
import { formatPicture, type PictureHead } from "../../wire/live_message.ts";
import type { PublishedStream } from "../published_stream.ts";
import { Room } from "../room.ts";
import type { Viewer } from "../viewers.ts";

/** A published stream on one socket. */
export interface LiveStream {
  readonly name: string;
  /** By which its messages name it. */
  readonly number: number;
  readonly published: PublishedStream;
  /** How many of its pictures were sent on the socket. */
  sent: number;
}

export interface LiveViewOptions {
  readonly stream: LiveStream;
  /** Address and port of the page. */
  readonly peer: string;
  /** Sends a message on the socket. */
  readonly post: (message: Uint8Array<ArrayBuffer>) => void;
  /** Whether so much waits on the socket that nothing may be added: a page that changes what it watches has new windows. */
  readonly isFull: () => boolean;
  /** The round trip to the page in milliseconds, if it is known already. */
  readonly rtt: number | undefined;
  readonly clock: Clock;
}

/** A full socket is looked at again after so long, in milliseconds. */
const FULL_MS = 50;

export abstract class LiveView implements Viewer {
  abstract readonly wire: string;
  readonly peer: string;
  readonly stream: string;
  sent = 0;
  bytes = 0;
  protected readonly clock: Clock;
  protected readonly published: PublishedStream;
  readonly #options: LiveViewOptions;
  /** The number of the last picture that is acknowledged. */
  #acknowledged: number;
  readonly #room: Room;

  constructor(options: LiveViewOptions) {
    const { stream, peer, clock } = options;
    this.peer = peer;
    this.stream = stream.name;
    this.published = stream.published;
    this.clock = clock;
    this.#room = new Room(clock);
    this.#options = options;
    this.#acknowledged = stream.sent;
  }

  /** Frames that were replaced by newer ones before the page had room for them. */
  abstract get skipped(): number;

  /** Sends pictures until they end, or on abort. */
  abstract run(control: { signal: AbortSignal }): Promise<void>;

  /** Notes the round trip to the page, in milliseconds. */
  abstract roundTrip(took: number): void;

  /** For how many milliseconds the oldest picture without an acknowledgement has waited for it; 0 without one. */
  abstract get waitingFor(): number;

  /** Notes that the page is done with a picture, and with those before it. The views of before have had lower numbers. */
  acknowledge(number: number): void {
    const count = number - this.#acknowledged;
    if (count <= 0) return;
    this.#acknowledged = number;
    this.noteAcknowledged(count, this.clock.now());
    this.#room.changed();
  }

  protected abstract noteAcknowledged(count: number, now: number): void;

  /** Waits until `roomIn` says that there is room, or abort. */
  protected room(roomIn: (now: number) => number, signal: AbortSignal): Promise<void> {
    const { isFull } = this.#options;
    return this.#room.wait((now) => Math.max(isFull() ? FULL_MS : 0, roomIn(now)), signal);
  }

  /** Sends a picture. Returns the number of bytes. */
  protected send(
    picture: Pick<Frame, "sequence" | "capturedAt" | "kind"> & { readonly bytes: Uint8Array },
    { kind, rate }: Pick<PictureHead, "kind" | "rate">,
  ): number {
    const { stream, post } = this.#options;
    const { sequence, capturedAt } = picture;
    const message = formatPicture({
      ...{ kind, rate, sequence, capturedAt },
      ...{ stream: stream.number, number: ++stream.sent },
      placeholder: picture.kind === "placeholder",
    }, picture.bytes);
    post(message);
    this.published.ages.add(wallClock() - capturedAt);
    this.sent++;
    this.bytes += message.length;
    return message.length;
  }
}
