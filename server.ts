/**
 * The server: ffmpeg captures, the newest frame is shared, every client gets it at its own pace.
 * What follows is the data's way, top to bottom; it is torn down in reverse order.
 */

import { runAll } from "./lib/async/run_all.ts";
import { announce, serverStatus } from "./lib/cli/announce.ts";
import {
  captureRequest,
  logServerEnd,
  printControls,
  printDevices,
} from "./lib/cli/capture_request.ts";
import { runMain } from "./lib/cli/run_main.ts";
import { readServerOptions } from "./lib/cli/server_options.ts";
import { openStreamServer, serverEndpoints } from "./lib/cli/open_stream_server.ts";
import { showStatus } from "./lib/cli/show_status.ts";
import { JobControl } from "./lib/host/job_control.ts";
import { onKeys } from "./lib/host/keys.ts";
import { dropPermissions } from "./lib/host/permissions.ts";
import { ServiceManager } from "./lib/host/service_manager.ts";
import { showPreview } from "./lib/present/preview.ts";
import { Window } from "./lib/present/window.ts";
import { CameraStream } from "./lib/stream/camera_stream.ts";

await runMain(async (control) => {
  const options = readServerOptions(Deno.args, control);
  if (!options) return;
  const { signal, stop, log } = control;
  if (options.listDevices) return await printDevices(control);
  if (options.listControls) return await printControls(options, control);

  // The port first: it fails at once, a camera takes its time.
  const endpoints = serverEndpoints(options);
  await using server = await openStreamServer(options, { ...endpoints, log });
  const request = await captureRequest(options, control);
  await using stream = await CameraStream.open(request, { ...options, log }, { signal });
  await using _published = server.publish(stream);
  const title = stream.name;
  await using preview = options.preview ? new Window(stream.size, { title }) : undefined;

  await using job = new JobControl();
  await using _status = log.follow(job);
  await using _keys = onKeys(control, job);
  announce(stream, { server, options, ...endpoints }, log);
  using manager = ServiceManager.open({ log });
  // A unix socket is removed at the end, and systemd's is written to.
  const isUnix = server.endpoint?.port === undefined;
  const reading = isUnix || manager !== undefined;
  const controlling = options.control.length > 0;
  await dropPermissions({ reading, starting: false, controlling });

  const { ended } = stream.frames;
  const status = () => serverStatus(stream, server);
  await runAll([
    (run) => stream.run(run),
    (run) => server.run(run),
    async (run) => await (preview && showPreview(preview, stream, { ...run, stop, log })),
    (run) => showStatus(log, status, { until: ended, ...run }),
    async (run) => await manager?.run(status, { until: ended, ...run }),
  ], { signal });
  logServerEnd(stream.meter, request, control);
});
