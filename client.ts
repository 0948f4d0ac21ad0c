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
import { type Event, EventLog } from "./lib/present/event_log.ts";
import { clientStatus } from "./lib/cli/announce.ts";
import { Vision } from "./lib/vision/vision.ts";
import { Latest } from "./lib/frame/latest.ts";
import { together } from "./lib/frame/together.ts";
import { RawOutput } from "./lib/present/raw_output.ts";
import { StatsLog } from "./lib/present/stats_log.ts";
import { Receiver } from "./lib/receive/receiver.ts";

await runMain(async (control) => {
  const options = readClientOptions(Deno.args, control);
  if (!options) return;
  const { signal, stop, log } = control;
  const { hostname, port, output, duration } = options;

  using outputs = new DisposableStack();
  const records: RawOutput[] = [];
  for (const name of output) records.push(outputs.use(await RawOutput.open(name)));
  await using events = options.events === undefined
    ? null
    : await EventLog.open(options.events, { onlyOnChange: options.eventsOnlyOn === "change" });
  const onEvent = (event: Event) => events?.write(event);
  using statsLog = options.stats === undefined ? null : await StatsLog.open(options.stats);
  await using receiver = await Receiver.open({ ...options, log }, { signal });
  const { size, stats } = receiver;
  log.info(`receiving ${formatFrameSize(size)} ${receiver.wire} from ${hostname} port ${port}`);
  await using vision = options.filter &&
    await Vision.open({ graph: options.filter, size, log, onEvent }, { signal });
  const received = new Latest<Frame>();
  const shown = vision ? new Latest<Frame>() : received;
  const status = () => clientStatus(receiver, vision || undefined);
  await using display = chooseDisplay(options, { size: vision?.output ?? size, log });
  using _keys = display && onQuitKey(stop);
  const timer = duration && setTimeout(stop, duration * 1000);

  let [delivered, missed] = [0, 0];
  /** Records a frame; false where there is an end to it. */
  const deliver = async (frame: Frame): Promise<boolean> => {
    for (const record of records) if (!await record.write(frame)) return false; // its reader has gone
    return ++delivered !== options.frames;
  };

  await together([
    async ({ signal }) => {
      try {
        for await (const frame of receiver.frames({ signal })) {
          const more = vision || await deliver(frame); // every frame, or below what vision gives
          received.put(frame);
          if (!more) break;
        }
      } finally {
        received.end();
      }
    },
    async ({ signal }) => {
      if (!vision) return;
      using processed = shown.reader({ signal });
      for (let taken; (taken = await processed.take());) {
        missed += taken.skipped;
        if (!await deliver(taken.value)) return stop();
      }
    },
    async ({ signal }) => await vision?.run(received, shown, { signal }),
    async ({ signal }) => {
      await display?.show(shown, { signal, status });
      if (display && !shown.isEnded) stop(); // its user has closed it
    },
    async () => {
      if (!events) return;
      await Promise.race([events.ended, received.ended]);
      if (!received.isEnded) stop();
    },
    async ({ signal }) =>
      await statsLog?.run(stats, () => receiver, { until: received.ended, signal }),
    ({ signal }) => showStatus(log, status, { until: received, signal }),
  ], { signal });
  clearTimeout(timer);
  if (missed > 0 && records.length > 0) log.warn(`the output was too slow for ${missed} frames`);
  if (events?.dropped) log.warn(`the events' reader was too slow for ${events.dropped} lines`);
  const { frames, seconds } = stats.total();
  log.info(`ended after ${vision ? delivered : frames} frames in ${seconds.toFixed(1)} s`);
});
