/** A live page with two streams, without a connection: for tests of its session. */

import type { Jpeg } from "../../../lib/frame/jpeg.ts";
import { Latest } from "../../../lib/frame/latest.ts";
import type { Log } from "../../../lib/log/log.ts";
import { PublishedStream } from "../../../lib/serve/published_stream.ts";
import { PublishedStreams } from "../../../lib/serve/published_streams.ts";
import { Viewers } from "../../../lib/serve/viewers.ts";
import { LiveSession } from "../../../lib/serve/web/live_session.ts";
import { ManualClock, settle } from "../../async/manual_clock.ts";
import { MemoryStream } from "../../stream/memory_stream.ts";
import { MemorySocket } from "./memory_socket.ts";
import { log as quiet } from "./web_pages.ts";

/** JPEGs that the test puts. */
class Published extends PublishedStream {
  readonly jpegs = new Latest<Jpeg>();
  widths: number[] = [];
  /** How often its JPEGs still fail. */
  faults = 0;

  /** Without H.264: to know whether ffmpeg has it takes a process. */
  override get rungs() {
    return [];
  }

  override subscribeJpegs({ width = 0 } = {}): { frames: Latest<Jpeg> } & Disposable {
    if (this.faults-- > 0) throw new Error("no memory");
    this.widths.push(width);
    return {
      frames: this.jpegs,
      [Symbol.dispose]: () => void this.widths.splice(this.widths.indexOf(width), 1),
    };
  }

  put(sequence: number): void {
    const bytes = new Uint8Array([sequence]);
    this.jpegs.put({ bytes, sequence, capturedAt: 0, kind: undefined });
  }
}

/** A page with two streams, whose round trip is known. */
export async function openPage(
  { stall = 10, socket = new MemorySocket(), log = quiet as Log } = {},
) {
  const streams = new PublishedStreams();
  streams.order(["kitchen", "garden"]);
  const options = { wire: "raw", quality: 80, holds: false, id: "a", log } as const;
  const publish = (name: string) => {
    const stream = new MemoryStream({ width: 1280, height: 960, fps: 30 });
    const published = new Published(stream, options);
    return { stream, published, place: streams.add(name, published) };
  };
  const [kitchen, garden] = [publish("kitchen"), publish("garden")];
  const removed = new AbortController();
  const figures = { clients: () => 1, metrics: () => [] };
  const get = (name?: string) => {
    const published = streams.select(name);
    if ("error" in published) return undefined;
    const recording = () => ({ allowed: true });
    return { published, signal: removed.signal, figures, recording };
  };
  const clock = new ManualClock();
  const viewers = new Viewers();
  const stop = new AbortController();
  const session = new LiveSession(socket, {
    streams: {
      // deno-lint-ignore no-explicit-any -- the session uses these alone
      get: get as any,
      get names() {
        return streams.names;
      },
      isSeveral: true,
      endingOf: (name) => streams.endingOf(name),
      recordingOf: () => undefined,
    },
    ...{ peer: "192.0.2.1:7", viewers, stall, clock, log },
  });
  const over = session.run({ signal: stop.signal });
  await settle();
  return { socket, clock, viewers, stop, over, publish, kitchen, garden, removed };
}
