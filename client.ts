/**
 * The client: frames are received without a break, recorded, and the newest is shown.
 * What follows is the data's way, top to bottom; it is torn down in the mirror's order.
 */

import { chooseDisplay } from "./lib/cli/choose_display.ts";
import { readClientOptions } from "./lib/cli/client_options.ts";
import { EventHook } from "./lib/present/event_hook.ts";
import { checkOutputs, Records, sortOutputs } from "./lib/present/records.ts";
import { Outputs } from "./lib/present/outputs.ts";
import { JobControl } from "./lib/host/job_control.ts";
import { onKeys } from "./lib/host/keys.ts";
import { readPem } from "./lib/cli/pem_file.ts";
import { openBrowser } from "./lib/host/browser.ts";
import { dropPermissions } from "./lib/host/permissions.ts";
import { runMain } from "./lib/cli/run_main.ts";
import { clientScene } from "./lib/stream/scenes.ts";
import { clientAddresses, openStreamServer } from "./lib/cli/serving_options.ts";
import { showStatus } from "./lib/cli/show_status.ts";
import { readToken } from "./lib/cli/token_file.ts";
import { Emitter } from "./lib/async/emitter.ts";
import type { Detection } from "./lib/frame/detection.ts";
import type { Frame } from "./lib/frame/frame.ts";
import { formatFrameSize } from "./lib/frame/frame_size.ts";
import { EventLog } from "./lib/present/event_log.ts";
import { clientStatus, formatEnd, warnOfOpenness, webAddresses } from "./lib/cli/announce.ts";
import { Vision } from "./lib/vision/vision.ts";
import { type Ending, Latest } from "./lib/frame/latest.ts";
import { unixPath } from "./lib/wire/address.ts";
import { renumber } from "./lib/stream/renumber.ts";
import { runAll } from "./lib/async/run_all.ts";
import { forward } from "./lib/present/forward.ts";
import { drawWaiting } from "./lib/stream/placeholder.ts";
import { StatsLog } from "./lib/present/stats_log.ts";
import { formatServer } from "./lib/receive/connect.ts";
import { Receiver } from "./lib/receive/receiver.ts";

await runMain(async (control) => {
  const options = readClientOptions(Deno.args, control);
  if (!options) return;
  const { signal, stop, log } = control;
  const { output, duration } = options;
  await using job = new JobControl();
  // Their lines and the status line would write over each other.
  const hide = Deno.stdout.isTerminal() && [options.events, options.stats].includes("-");
  await using _status = log.follow(job, { hide });
  await using _keys = onKeys(control, job);
  const timer = duration && setTimeout(stop, duration * 1000);

  const received = new Latest<Frame>();
  const outputs = new Outputs({ log, stop: () => received.isEnded || stop() });
  const { files, streams } = sortOutputs(output);
  await checkOutputs(files, options);
  await using events = options.events === undefined
    ? null
    : await EventLog.open(options.events, { onlyOnChange: options.eventsOnlyOn === "change" });
  const finds = new Emitter<Detection>();
  await using hook = options.exec ? new EventHook(options.exec, { log }) : null;
  using _events = events && finds.listen((find) => events.write(find));
  using _hook = hook && finds.listen((find) => hook.found(find));
  using statsLog = options.stats === undefined ? null : await StatsLog.open(options.stats);
  const { tokenFile, encrypt, tlsCa } = options;
  const token = tokenFile === undefined ? undefined : await readToken(tokenFile);
  const tls = encrypt
    ? { caCerts: tlsCa === undefined ? [] : [readPem(tlsCa, "CERTIFICATE")] }
    : undefined;
  const { wireAt, webAt } = clientAddresses(options);
  await using streamServer = (wireAt || webAt) &&
    await openStreamServer(options, { wireAt, webAt, wire: "raw", token, log });
  if (streamServer) outputs.add();
  const onOutage = (event: "lost" | "back", why: string) => hook?.happened(event, why);
  await using receiver = await Receiver.open(
    {
      ...{ ...options, token, tls, reconnect: !options.noReconnect, onOutage, log },
      drawPlaceholder: drawWaiting,
    },
    { signal },
  );
  const { size, stats } = receiver;
  const who = formatServer(options);
  log.info(`receiving ${formatFrameSize(size)} ${receiver.wire} from ${who}`);
  const graph = options.filter;
  await using vision = graph &&
    await Vision.open({ graph, size, log, onEvent: (find) => finds.put(find) }, { signal });
  const shown = vision ? new Latest<Frame>() : received;
  const status = () => clientStatus(receiver, { vision: vision || undefined, records });
  const shownSize = vision ? vision.output : size;
  const fps = receiver.fps ?? options.fps;
  if (receiver.fps && options.fps) {
    log.warn(`--fps is not used: the server says ${receiver.fps} fps`);
  }
  const timing = {
    fps: receiver.fps,
    timed: receiver.wire !== "raw",
    losses: () => receiver.reconnects,
  };
  await using records = new Records(files, options, {
    size: shownSize,
    ...timing,
    outputs,
    signal,
    log,
  });
  using _records = finds.listen((find) => records.found(find));
  using atEnd = new DisposableStack();
  atEnd.defer(() => {
    const { delivered } = records;
    log.info(formatEnd(receiver, vision && { delivered, skipped: vision.meter.skipped }));
  });
  await using display = chooseDisplay(options, { size: shownSize, log, job });
  const name = `${who}, ${formatFrameSize(shownSize)}`;
  const scene = clientScene({ receiver, name, vision: vision || undefined, finds });
  const relayed = new Latest<Frame>();
  if (wireAt) log.info(`serves:  ${streamServer?.endpoint?.where}`);
  const isWeb = options.display === "web";
  const isEncrypted = options.tlsCert !== undefined;
  if (webAt) {
    const page = { ...webAt, port: streamServer?.webPort ?? 0 };
    const [url = ""] = webAddresses(page, { tls: isEncrypted });
    if (isWeb) openBrowser(url, { log });
    else log.info(`web:     ${url}`);
  }
  const guards = { tls: isEncrypted, token: token !== undefined, allow: !!options.allow };
  warnOfOpenness([wireAt?.hostname, webAt?.hostname], guards, log);
  await dropPermissions({
    reading: unixPath(options.hostname) !== undefined || options.keep !== undefined,
    starting: isWeb || options.exec !== undefined,
  });

  let missed = 0;
  const isLast = () => records.delivered === options.frames;

  await runAll([
    async ({ signal }) => {
      let ending: Ending = "failed";
      try {
        for await (const frame of receiver.frames({ signal })) {
          // Every frame; or below, what vision gives.
          if (!vision && !frame.kind) await records.write(frame);
          received.put(frame);
          if (isLast()) break;
        }
        ending = "over";
      } finally {
        received.end(ending);
      }
    },
    async ({ signal }) => {
      if (!vision) return;
      using processed = shown.reader({ signal });
      for (let taken; (taken = await processed.take());) {
        missed += taken.skipped;
        if (taken.value.kind) continue;
        await records.write(taken.value);
        if (isLast()) return stop();
      }
    },
    async ({ signal }) => await vision?.run(received, shown, { signal }),
    async ({ signal }) => {
      if (display) await outputs.run(() => display.show(shown, { signal, status }), { signal });
    },
    async ({ signal }) => {
      if (!streamServer && streams.length === 0) return;
      await renumber(shown, relayed, { offset: () => receiver.offset?.offset ?? 0, signal });
    },
    async ({ signal }) => {
      await streamServer?.serve(relayed, { size: shownSize, fps, scene, signal });
    },
    ...streams.map((url) => ({ signal }: { signal: AbortSignal }) =>
      outputs.run(
        () => forward(relayed, url, { size: shownSize, fps, crf: options.crf, signal, log }),
        { signal },
      )
    ),
    async ({ signal }) => {
      const until = received.ended;
      if (events) await outputs.run(() => events.run({ until, signal }), { signal });
    },
    async ({ signal }) => {
      const control = { until: received.ended, signal };
      const state = () => ({
        ...{ wire: receiver.wire, size: receiver.size, offset: receiver.offset },
        filterMs: vision?.took,
      });
      if (statsLog) await outputs.run(() => statsLog.run(stats, state, control), control);
    },
    ({ signal }) => showStatus(log, status, { until: received, signal }),
  ], { signal });
  clearTimeout(timer);
  const recorded = records.size > 0;
  await records[Symbol.asyncDispose]();
  outputs.judge();
  if (missed > 0 && recorded) log.warn(`the output was too slow for ${missed} frames`);
  if (events?.dropped) log.warn(`the events' reader was too slow for ${events.dropped} lines`);
});
