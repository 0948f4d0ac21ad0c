/**
 * The server: ffmpeg captures, the newest frame of each camera is shared, every client gets it at its own pace.
 * What follows is the data's way, top to bottom; it is torn down in reverse order.
 */

import { runAll } from "./lib/async/run_all.ts";
import { announce, serverStatus } from "./lib/cli/announce.ts";
import { hasControls } from "./lib/cli/camera_options.ts";
import { CameraSet } from "./lib/cli/camera_set.ts";
import { logServerEnd, printControls, printDevices } from "./lib/cli/capture_request.ts";
import { openStreamServer, serverEndpoints } from "./lib/cli/open_stream_server.ts";
import { printCheck } from "./lib/cli/print_check.ts";
import { reloadOnHangup } from "./lib/cli/reload.ts";
import { runMain } from "./lib/cli/run_main.ts";
import { camerasOf, readServerOptions } from "./lib/cli/server_options.ts";
import { showStatus } from "./lib/cli/show_status.ts";
import { openWatched, WatchHooks } from "./lib/cli/watch_hooks.ts";
import { JobControl } from "./lib/host/job_control.ts";
import { onKeys } from "./lib/host/keys.ts";
import { dropPermissions, dropStarter, writeOnlyTo } from "./lib/host/permissions.ts";
import { ServiceManager } from "./lib/host/service_manager.ts";
import { openPreview, showPreview } from "./lib/present/preview.ts";

await runMain(async (control) => {
  const options = readServerOptions(Deno.args, control);
  if (!options) return;
  const { signal, stop, log } = control;
  if (options.listDevices) return await printDevices(control);
  if (options.check) return await printCheck(options, control);
  if (options.listControls) return await printControls(camerasOf(options)[0], control);
  await writeOnlyTo(options.recordDir);
  if (!options.exec) await dropStarter();

  using reload = reloadOnHangup(options, control);
  // The port first: it fails at once, a camera takes its time.
  const endpoints = serverEndpoints(options);
  await using server = await openStreamServer(options, { ...endpoints, log });
  await using hooks = WatchHooks.of(options.exec, { log });
  const openSource = openWatched(hooks);
  await using cameras = await CameraSet.open(camerasOf(options), {
    ...{ server, signal, log, openSource },
  });
  const [first] = cameras.streams;
  await using preview = options.preview ? openPreview(first) : undefined;

  await using job = new JobControl();
  await using _status = log.follow(job);
  await using _keys = onKeys(control, job);
  announce(cameras.named, { server, options, ...endpoints }, log);
  using manager = ServiceManager.open({ log });
  reload?.into(cameras);
  // A unix socket is removed at the end, systemd's is written to, a configuration is read again, films are sent.
  const isUnix = server.endpoint?.port === undefined;
  const needsFiles = manager !== undefined || reload !== undefined;
  const reading = isUnix || needsFiles || options.recordDir !== undefined;
  const controlling = reload !== undefined || camerasOf(options).some(hasControls);
  await dropPermissions({ reading, starting: options.exec !== undefined, controlling });

  const { ended } = cameras;
  const status = () => serverStatus(cameras.streams, server);
  await runAll([
    (run) => cameras.run(run),
    (run) => server.run(run),
    async (run) => await (preview && first && showPreview(preview, first, { ...run, stop, log })),
    (run) => showStatus(log, status, { until: ended, ...run }),
    async (run) => await manager?.run(status, { until: ended, ...run }),
  ], { signal });
  logServerEnd(cameras, camerasOf(options), control);
});
