/** A session on a connection in memory, with a clock and frames that the test sets. */

import { grayFormat } from "../../lib/frame/frame_format.ts";
import { Latest } from "../../lib/frame/latest.ts";
import { Lossless } from "../../lib/frame/lossless.ts";
import type { Frame } from "../../lib/frame/frame.ts";
import { Histogram } from "../../lib/stats/histogram.ts";
import type { Hello, Wire } from "../../lib/wire/hello.ts";
import { ClientSession } from "../../lib/serve/client_session.ts";
import type { Publication } from "../../lib/serve/session_control.ts";
import { h264Muxer, rawMuxer, y4mMuxer } from "../../lib/serve/muxer.ts";
import type { AccessRefusal, SessionEnd } from "../../lib/serve/refusal.ts";
import { ManualClock, settle } from "../async/manual_clock.ts";
import { placeFrame } from "../frame/place_frame.ts";
import type { MemoryRungs } from "./memory_rungs.ts";
import { MemoryConnection, type MemoryConnectionOptions } from "../memory_connection.ts";

export const SIZE = { width: 4, height: 3 };
const FORMAT = grayFormat(SIZE);
export const FRAME_BYTES = 12;
export const BUSY: AccessRefusal = { kind: "server full", error: "busy", message: "no place" };

export interface MemorySessionOptions extends MemoryConnectionOptions {
  readonly refusal?: AccessRefusal;
  /** The format for silent clients. */
  readonly wire?: Wire;
  readonly holds?: boolean;
  /** The path of the stream. */
  readonly via?: () => readonly string[];
  readonly lossless?: boolean;
  /** Its H.264. */
  readonly rungs?: MemoryRungs;
}

export class MemorySession {
  readonly clock = new ManualClock();
  readonly connection: MemoryConnection;
  readonly session: ClientSession;
  readonly frames: Latest<Frame>;
  readonly stop = new AbortController();
  /** The greetings that were to be admitted. */
  readonly asked: (Hello | undefined)[] = [];
  /** How many sessions hold the stream open. */
  subscriptions = 0;
  /** Set when `run` has returned. */
  end: SessionEnd | undefined;
  readonly #options: MemorySessionOptions;
  #sequence = 0;

  constructor(options: MemorySessionOptions = {}) {
    this.#options = options;
    this.frames = options.lossless ? new Lossless({ members: 0 }) : new Latest();
    this.connection = new MemoryConnection(options);
    this.session = new ClientSession(this.connection, { clock: this.clock });
  }

  /** The client. */
  get peer(): MemoryConnection["peer"] {
    return this.connection.peer;
  }

  /** Starts the session, and lets it do all that it can at once. */
  async start(): Promise<void> {
    const admit = (hello: Hello | undefined) => {
      this.asked.push(hello);
      return this.#options.refusal;
    };
    const control = { signal: this.stop.signal, admit, onWire: () => {} };
    const publication = this.#publication();
    const streams = {
      select: (name?: string) =>
        name === undefined || name === "kitchen"
          ? publication
          : { kind: "no such stream", error: "stream", message: `no ${name}` } as const,
      list: () => [{ name: "kitchen", format: FORMAT, fps: 30, outage: undefined }],
    };
    this.session.run(streams, control).then((end) => this.end = end);
    await settle();
  }

  /** Starts the session of a client that sends `greeting`. */
  async greet(greeting: string): Promise<void> {
    await this.start();
    this.peer.send(greeting);
    await settle();
  }

  /** Starts the session of a silent client, which is admitted. */
  async admitSilent(): Promise<void> {
    await this.start();
    await this.clock.advance(100);
  }

  /** Puts frames as fast as the client of a lossless stream takes them, then ends them. */
  async play(count: number): Promise<void> {
    for (let sequence = 0; sequence < count; sequence++) {
      await this.frames.room(this.stop);
      this.frames.put(placeFrame({ ...SIZE, sequence }));
    }
    this.frames.end();
  }

  /** The server captures a frame. */
  async put(changes: Partial<Frame> = {}): Promise<void> {
    const sequence = this.#sequence++;
    this.frames.put({ ...placeFrame({ ...SIZE, sequence, capturedAt: sequence }), ...changes });
    await settle();
  }

  #publication(): Publication {
    const { wire = "raw", holds = false, via = () => [] } = this.#options;
    const { frames } = this;
    return {
      get ending() {
        return frames.ending;
      },
      ages: new Histogram(),
      holds,
      get via() {
        return via();
      },
      refusal: () => Promise.resolve(undefined),
      describe: (hello) => ({
        ...{ wire: hello?.wire ?? wire, format: FORMAT, fps: 30 },
        ...(hello?.via && { via: via() }),
      }),
      subscribe: ({ wire }, { hello }) => {
        this.subscriptions++;
        const { rungs: source } = this.#options;
        if (wire === "h264" && source) {
          const muxer = h264Muxer({ spoken: hello !== undefined });
          const units = { source, rungs: source.rungs, steady: hello?.steady ?? false };
          return { muxer, units, [Symbol.dispose]: () => void this.subscriptions-- };
        }
        const muxer = wire === "raw"
          ? rawMuxer(this.frames, { format: FORMAT })
          : y4mMuxer(this.frames, { format: FORMAT, fps: 30, numbered: hello !== undefined });
        return { muxer, [Symbol.dispose]: () => void this.subscriptions-- };
      },
    };
  }
}

/** The sequence numbers in the y4m lines of a client's text. */
export function sequencesIn(text: string): number[] {
  return [...text.matchAll(/Xseq=(\d+)/g)].map(([, sequence]) => Number(sequence));
}
