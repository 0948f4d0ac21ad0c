/**
 * Runs our frame server alone, in its own process, with frames from memory, as fast as clients read them.
 *
 *     deno run -A scripts/bench/memory_source.ts WIDTH HEIGHT
 *
 * Prints its port to stderr and runs until it is killed.
 */

import type { Frame } from "../../lib/frame/frame.ts";
import { grayFormat } from "../../lib/frame/frame_format.ts";
import { Latest, type LatestReader } from "../../lib/frame/latest.ts";
import { StreamServer } from "../../lib/serve/stream_server.ts";
import { MemoryStream } from "../../tests/stream/memory_stream.ts";

/**
 * Puts a new frame whenever a client wants one. A loop of `put` and `setImmediate` would use a third of the
 * serving thread, and distort the measurement.
 */
class Endless extends Latest<Frame> {
  readonly #next: () => Frame;

  constructor(next: () => Frame) {
    super();
    this.#next = next;
  }

  override reader(options: { signal: AbortSignal }): LatestReader<Frame> {
    const reader = super.reader(options);
    const take = () => {
      this.put(this.#next());
      return reader.take();
    };
    return { ...reader, take };
  }
}

const [width = 640, height = 480] = Deno.args.map(Number);
const format = grayFormat({ width, height });
const pixels = new Uint8Array(width * height).map((_, index) => index);
let sequence = 0;
const frames = new Endless(() => ({
  ...{ format, pixels, capturedAt: 0 },
  sequence: sequence++,
}));

const quiet = () => {};
const log = { error: console.error, warn: console.error, info: quiet, debug: quiet };
await using server = await StreamServer.open({
  ...{ wireAt: { hostname: "127.0.0.1", port: 0 }, webAt: undefined, tls: undefined },
  ...{ unixMode: undefined, token: undefined, maxClients: 256, maxPerHost: 256, allow: undefined },
  ...{ wire: "raw", quality: 90, stall: 60, holds: false, log },
});
console.error(`listens: 127.0.0.1 port ${server.endpoint?.port}`);
const { signal } = new AbortController();
await using _published = server.publish(new MemoryStream({ width, height, frames }), {
  name: "memory",
});
await server.run({ signal });
