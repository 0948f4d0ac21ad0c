/**
 * Writes stamped gray frames into a pipe at a steady rate, for programs that cannot stamp. Sequence numbers count
 * the written frames, so a gap is a frame that was lost later.
 *
 *     deno run -A scripts/bench/stamper.ts WIDTH HEIGHT FPS PIPE
 */

import { wallClock } from "../../lib/frame/clock.ts";
import { grayFormat } from "../../lib/frame/frame_format.ts";
import { writeStamp } from "../../lib/wire/stamp.ts";

const [width = 640, height = 480, fps = 30] = Deno.args.slice(0, 3).map(Number);
using pipe = await Deno.open(Deno.args[3] ?? "", { write: true });
const format = grayFormat({ width, height });
const pixels = new Uint8Array(width * height).fill(128);

let due = performance.now();
try {
  for (let sequence = 0;; sequence++) {
    writeStamp({ format, pixels, sequence, capturedAt: wallClock() });
    for (let offset = 0; offset < pixels.length;) {
      offset += pipe.writeSync(pixels.subarray(offset));
    }
    // If the reader was slow, the rate restarts: missed frames are not made up for.
    due = Math.max(due + 1000 / fps, performance.now());
    await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
  }
} catch (thrown) {
  if (!(thrown instanceof Deno.errors.BrokenPipe)) throw thrown; // the reader ended
}
