/**
 * The frame server alone, in a process of its own: frames from memory, as fast as clients take them.
 *
 *     deno run --allow-net scripts/bench/memory_source.ts WIDTH HEIGHT
 *
 * Names its port on stderr and runs until it is killed.
 */

import { setImmediate } from "node:timers/promises";
import type { Frame } from "../../lib/frame/frame.ts";
import { Latest } from "../../lib/frame/latest.ts";
import { FrameServer } from "../../lib/serve/frame_server.ts";

const [width = 640, height = 480] = Deno.args.map(Number);
const pixels = new Uint8Array(width * height).map((_, index) => index);
const quiet = () => {};
const log = { error: console.error, warn: console.error, info: quiet, debug: quiet };

using server = new FrameServer({
  ...{ hostname: "127.0.0.1", port: 0, maxClients: 256, stall: 60, log },
});
console.error(`listens: 127.0.0.1 port ${server.address.port}`);
const frames = new Latest<Frame>();
const serving = server.serve(frames, { signal: new AbortController().signal });
for (let sequence = 0;; sequence++) {
  frames.put({ width, height, pixels, sequence, capturedAt: 0 });
  await setImmediate(); // lets each client that waits take it
  if (server.clients < 0) break;
}
await serving;
