/**
 * The server: ffmpeg captures, the newest frame is shared, every client gets it at its own pace.
 * What follows is the data's way, top to bottom; it is torn down in the mirror's order.
 */

import { chooseSource } from "./lib/capture/choose_source.ts";
import { listDevices } from "./lib/capture/list_devices.ts";
import { SteadyCapture } from "./lib/capture/steady_capture.ts";
import { announce, serverStatus } from "./lib/cli/announce.ts";
import { JobControl } from "./lib/host/job_control.ts";
import { onKeys } from "./lib/host/keys.ts";
import { showPreview } from "./lib/present/preview.ts";
import { runMain } from "./lib/cli/run_main.ts";
import { dropPermissions } from "./lib/host/permissions.ts";
import { serverScene } from "./lib/stream/scenes.ts";
import { readServerOptions } from "./lib/cli/server_options.ts";
import { ServiceManager } from "./lib/host/service_manager.ts";
import { openStreamServer } from "./lib/cli/serving_options.ts";
import { showStatus } from "./lib/cli/show_status.ts";
import { readToken } from "./lib/cli/token_file.ts";
import { LinkedAbortController } from "./lib/async/linked_abort_controller.ts";
import { Emitter } from "./lib/async/emitter.ts";
import type { Detection } from "./lib/frame/detection.ts";
import type { Frame } from "./lib/frame/frame.ts";
import { Latest } from "./lib/frame/latest.ts";
import { Meter } from "./lib/stats/meter.ts";
import { runAll } from "./lib/async/run_all.ts";
import { unixPath } from "./lib/wire/address.ts";
import { drawNoSignal } from "./lib/stream/placeholder.ts";
import { Window } from "./lib/present/window.ts";
import { Vision } from "./lib/vision/vision.ts";
import { writeStamp } from "./lib/wire/stamp.ts";

await runMain(async (control) => {
  const options = readServerOptions(Deno.args, control);
  if (!options) return;
  const { signal, stop, log } = control;
  const { os } = Deno.build;
  if (options.listDevices) {
    const devices = await listDevices({ os });
    for (const { device, label } of devices) console.log(`${device}\t${label}`);
    if (devices.length === 0) log.warn("there is no camera on this host (try --test)");
    return;
  }

  // The port first: it fails at once, a camera takes its time.
  const { host: hostname, port: wanted, wire, tokenFile, http } = options;
  const token = tokenFile === undefined ? undefined : await readToken(tokenFile);
  const near = unixPath(hostname) === undefined ? hostname : "127.0.0.1";
  const webAt = http && { hostname: http.hostname ?? near, port: http.port };
  const wireAt = { hostname, port: wanted };
  await using streamServer = await openStreamServer(options, { wireAt, webAt, wire, token, log });
  const source = await chooseSource({ ...options, pace: !options.noPace }, { os });
  const { resolution: size, fps, inputOptions } = options;
  const request = { source, inputOptions, os, ...(size && { size }), ...(fps && { fps }) };
  await using capture = await SteadyCapture.open(request, {
    ...options,
    drawPlaceholder: drawNoSignal,
    signal,
    log,
  });
  const captured = new Latest<Frame>();
  const meter = new Meter();
  const finds = new Emitter<Detection>();
  const onEvent = (event: Detection) => finds.put(event);
  await using vision = options.filter &&
    await Vision.open({ graph: options.filter, size: capture.size, log, onEvent }, { signal });
  const served = vision ? new Latest<Frame>() : captured;
  const { name } = capture;
  const output = vision?.output ?? capture.size;
  await using preview = options.preview ? new Window(output, { title: name }) : null;
  await using job = new JobControl();
  await using _status = log.follow(job);
  await using _keys = onKeys(control, job);
  const { where = "", port } = streamServer.endpoint ?? {};
  const web = webAt && { ...webAt, port: streamServer.webPort ?? webAt.port };
  const { tlsCert, allow } = options;
  const guards = { tls: tlsCert !== undefined, token: token !== undefined, allow: !!allow };
  const entrance = { hostname, port, where, web, ...guards };
  announce({ name, fps: capture.fps, size: output }, entrance, log);
  using manager = ServiceManager.open({ log });
  // A unix socket is removed at the end, and systemd's is written to.
  await dropPermissions({ reading: port === undefined || manager !== undefined, starting: false });
  const status = () => serverStatus(meter, streamServer, vision || undefined);
  const scene = serverScene({ capture, meter, vision: vision || undefined, finds });
  const finish = options.stamp ? writeStamp : undefined;

  await runAll([
    async ({ signal }) => {
      for await (const frame of capture.frames({ signal })) {
        if (!vision) finish?.(frame);
        captured.put(frame);
        if (!frame.kind) meter.count();
        if (meter.frames === options.frames) break;
      }
      captured.end();
    },
    async ({ signal }) => {
      const wanted = () => streamServer.isWanted || preview?.isOpen === true;
      await vision?.run(captured, served, { signal, wanted, ...(finish && { finish }) });
    },
    ({ signal }) => streamServer.serve(served, { size: output, fps: capture.fps, scene, signal }),
    async ({ signal }) => {
      if (preview) await showPreview(preview, served, { signal, stop, log });
    },
    ({ signal }) => showStatus(log, status, { until: captured, signal }),
    async ({ signal }) => {
      using ended = new LinkedAbortController(signal);
      captured.ended.then(() => ended.abort());
      await manager?.run(status, ended);
    },
  ], { signal });
  log.info(`ended after ${meter.frames} frames in ${meter.seconds.toFixed(1)} s`);
});
