/**
 * The client: frames are received without a break, recorded, and the newest is shown.
 * What follows is the data's way, top to bottom; it is torn down in the mirror's order.
 */

import { chooseDisplay } from "./lib/cli/choose_display.ts";
import { readClientOptions } from "./lib/cli/client_options.ts";
import { onQuitKey } from "./lib/cli/keys.ts";
import { runMain } from "./lib/cli/run_main.ts";
import { showStatus } from "./lib/cli/show_status.ts";
import type { Frame } from "./lib/frame/frame.ts";
import { formatFrameSize } from "./lib/frame/frame_size.ts";
import { Latest } from "./lib/frame/latest.ts";
import { Meter } from "./lib/frame/meter.ts";
import { together } from "./lib/frame/together.ts";
import { RawOutput } from "./lib/present/raw_output.ts";
import { connect } from "./lib/receive/connect.ts";
import { receiveFrames } from "./lib/receive/receive_frames.ts";

await runMain(async (control) => {
  const options = readClientOptions(Deno.args, control);
  if (!options) return;
  const { signal, stop, log } = control;
  const { hostname, port, size, output, duration } = options;

  using outputs = new DisposableStack();
  const records: RawOutput[] = [];
  for (const name of output) records.push(outputs.use(await RawOutput.open(name)));
  const conn = await connect({ hostname, port }, { signal });
  log.info(`receiving ${formatFrameSize(size)} from ${hostname} port ${port}`);
  const received = new Latest<Frame>();
  const meter = new Meter();
  const status = () => `${meter.frames} frames  ${meter.rate().toFixed(1)} fps`;
  await using display = chooseDisplay(options, { log });
  using _keys = display && onQuitKey(stop);
  const timer = duration && setTimeout(stop, duration * 1000);

  await together([
    async ({ signal, stop }) => {
      frames: for await (const frame of receiveFrames(conn, { ...options, signal })) {
        received.put(frame);
        for (const record of records) {
          if (!await record.write(frame)) break frames; // its reader has gone
        }
        meter.count();
        if (meter.frames === options.frames) break;
      }
      received.end();
      stop();
    },
    async ({ signal, stop }) => {
      if (!display) return;
      await display.show(received, { signal, status });
      stop();
    },
    ({ signal }) => showStatus(log, status, { until: received, signal }),
  ], { signal });
  clearTimeout(timer);
  log.info(`ended after ${meter.frames} frames in ${meter.seconds.toFixed(1)} s`);
});
