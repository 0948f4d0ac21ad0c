/**
 * The client: frames are received without a break, recorded, and the newest is shown.
 * What follows is the data's way, top to bottom; it is torn down in reverse order.
 */

import { runAll } from "./lib/async/run_all.ts";
import { announceClient, formatEnd } from "./lib/cli/announce.ts";
import { readClientOptions } from "./lib/cli/client_options.ts";
import { ClientOutputs } from "./lib/cli/client_outputs.ts";
import { printStreams } from "./lib/cli/print_streams.ts";
import { remoteOptions } from "./lib/cli/remote_options.ts";
import { runMain } from "./lib/cli/run_main.ts";
import { clientEndpoints, openStreamServer } from "./lib/cli/open_stream_server.ts";
import { showStatus } from "./lib/cli/show_status.ts";
import { openBrowser } from "./lib/host/browser.ts";
import { JobControl } from "./lib/host/job_control.ts";
import { onKeys } from "./lib/host/keys.ts";
import { dropPermissions } from "./lib/host/permissions.ts";
import { RemoteStream } from "./lib/stream/remote_stream.ts";
import { unixPath } from "./lib/wire/address.ts";

await runMain(async (control) => {
  const options = readClientOptions(Deno.args, control);
  if (!options) return;
  const { signal, stop, log } = control;
  if (options.listStreams) return await printStreams(options, { signal });
  const { display, events, stats, duration, hostname, keep, exec, recordDir } = options;
  await using job = new JobControl();
  // Their lines and the status line would write over each other.
  const hide = Deno.stdout.isTerminal() && [events, stats].includes("-");
  await using _status = log.follow(job, { hide });
  await using _keys = onKeys(control, job);
  const timer = duration && setTimeout(stop, duration * 1000);

  // What can't be written, or listened on, fails before anybody is connected to.
  await using outputs = await ClientOutputs.open(options, { log, stop });
  const endpoints = clientEndpoints(options);
  await using server = endpoints &&
    await openStreamServer({ ...options, wire: "raw" }, { ...endpoints, log });
  const request = await remoteOptions(options, {
    ...{ onOutage: outputs.onOutage, serverId: server?.id, log },
  });
  await using stream = await RemoteStream.open(request, { signal });
  using atEnd = new DisposableStack();
  atEnd.defer(() => log.info(formatEnd(stream, options)));
  await using _published = server?.publish(stream, { name: options.stream ?? "stream" });
  outputs.attach(stream, { job, serves: server !== undefined });
  const page = server && announceClient({ server, options, ...endpoints }, log);
  const isWeb = display === "web" && page !== undefined;
  if (isWeb) openBrowser(page, { log });
  await dropPermissions({
    reading: [unixPath(hostname), keep, recordDir].some((files) => files !== undefined),
    starting: isWeb || exec !== undefined,
  });

  const status = () => outputs.status(stream);
  await runAll([
    (run) => outputs.run(stream, run),
    (run) => stream.run(run),
    async (run) => await server?.run(run),
    (run) => showStatus(log, status, { until: stream.frames.ended, ...run }),
  ], { signal });
  clearTimeout(timer);
  outputs.throwIfFailed();
});
