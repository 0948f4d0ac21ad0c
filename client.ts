/**
 * The client: frames are received without a break, recorded, and the newest is shown.
 * What follows is the data's way, top to bottom; it is torn down in reverse order.
 */

import { runAll } from "./lib/async/run_all.ts";
import { clientStatus, formatEnd, warnOfOpenness, webAddresses } from "./lib/cli/announce.ts";
import { chooseDisplay } from "./lib/cli/choose_display.ts";
import { readClientOptions } from "./lib/cli/client_options.ts";
import { remoteOptions } from "./lib/cli/remote_options.ts";
import { runMain } from "./lib/cli/run_main.ts";
import { clientAddresses, openStreamServer } from "./lib/cli/serving_options.ts";
import { showStatus } from "./lib/cli/show_status.ts";
import { openBrowser } from "./lib/host/browser.ts";
import { JobControl } from "./lib/host/job_control.ts";
import { onKeys } from "./lib/host/keys.ts";
import { dropPermissions } from "./lib/host/permissions.ts";
import { EventHook } from "./lib/present/event_hook.ts";
import { EventLog } from "./lib/present/event_log.ts";
import { forward } from "./lib/present/forward.ts";
import { Outputs } from "./lib/present/outputs.ts";
import { checkOutputs, Records, sortOutputs } from "./lib/present/records.ts";
import { StatsLog } from "./lib/present/stats_log.ts";
import { RemoteStream } from "./lib/stream/remote_stream.ts";
import { unixPath } from "./lib/wire/address.ts";

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

  const { files, streams } = sortOutputs(output);
  await checkOutputs(files, options);
  await using events = options.events === undefined
    ? null
    : await EventLog.open(options.events, { onlyOnChange: options.eventsOnlyOn === "change" });
  await using hook = options.exec ? new EventHook(options.exec, { log }) : null;
  using statsLog = options.stats === undefined ? null : await StatsLog.open(options.stats);
  const addresses = clientAddresses(options);
  const { wireAt, webAt } = addresses;
  await using server = (wireAt || webAt) &&
    await openStreamServer({ ...options, wire: "raw" }, { ...addresses, log });
  const onOutage = (event: "lost" | "back", why: string) => hook?.happened(event, why);
  await using stream = await RemoteStream.open(
    await remoteOptions(options, { onOutage, log }),
    { signal },
  );
  await using _published = server?.publish(stream);
  const { frames, detections, receiver, vision, size } = stream;
  const { fps, stats, wire } = receiver;
  const outputs = new Outputs({ log, stop: () => frames.isEnded || stop() });
  if (server) outputs.add();
  if (events) detections.listen((detection) => events.write(detection));
  if (hook) detections.listen((detection) => hook.found(detection));
  const timing = { fps, timed: wire !== "raw", losses: () => receiver.reconnects };
  await using records = new Records(files, options, { size, ...timing, outputs, signal, log });
  using _found = detections.listen((detection) => records.found(detection));
  using _tap = stream.tap((frame) => records.write(frame));
  using atEnd = new DisposableStack();
  atEnd.defer(() => log.info(formatEnd(stream)));
  await using display = chooseDisplay(options, { size, log, job });
  if (wireAt) log.info(`serves:  ${server?.endpoint?.where}`);
  const isWeb = options.display === "web";
  const isEncrypted = options.tlsCert !== undefined;
  if (webAt) {
    const page = { ...webAt, port: server?.webPort ?? 0 };
    const [url = ""] = webAddresses(page, { tls: isEncrypted });
    if (isWeb) openBrowser(url, { log });
    else log.info(`web:     ${url}`);
  }
  const guards = {
    tls: isEncrypted,
    token: options.tokenFile !== undefined,
    allow: !!options.allow,
  };
  warnOfOpenness([wireAt?.hostname, webAt?.hostname], guards, log);
  await dropPermissions({
    reading: unixPath(options.hostname) !== undefined || options.keep !== undefined,
    starting: isWeb || options.exec !== undefined,
  });

  const { ended } = frames;
  const status = () => clientStatus(stream, { records });
  await runAll([
    (run) => stream.run(run),
    async (run) => await server?.run(run),
    async (run) => {
      if (display) await outputs.run(() => display.show(frames, { ...run, status }), run);
    },
    ...streams.map((url) => (run: { signal: AbortSignal }) =>
      outputs.run(
        () => forward(frames, url, { size, fps: stream.fps, crf: options.crf, ...run, log }),
        run,
      )
    ),
    async (run) => {
      if (events) await outputs.run(() => events.run({ until: ended, ...run }), run);
    },
    async (run) => {
      const state = () => ({
        ...{ wire: receiver.wire, size: receiver.size, offset: receiver.offset },
        filterMs: vision?.took,
      });
      const control = { until: ended, ...run };
      if (statsLog) await outputs.run(() => statsLog.run(stats, state, control), run);
    },
    (run) => showStatus(log, status, { until: ended, ...run }),
  ], { signal });
  clearTimeout(timer);
  const recorded = records.size > 0;
  await records[Symbol.asyncDispose]();
  outputs.judge();
  if (stream.missed > 0 && recorded) {
    log.warn(`the output was too slow for ${stream.missed} frames`);
  }
  if (events?.dropped) log.warn(`the events' reader was too slow for ${events.dropped} lines`);
});
