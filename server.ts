/**
 * The server: ffmpeg captures, the newest frame is shared, every client gets it at its own pace.
 * What follows is the data's way, top to bottom; it is torn down in the mirror's order.
 */

import { chooseSource } from "./lib/capture/choose_source.ts";
import { listDevices } from "./lib/capture/list_devices.ts";
import { SteadyCapture } from "./lib/capture/steady_capture.ts";
import { announce, serverStatus } from "./lib/cli/announce.ts";
import { giveUpReading } from "./lib/cli/give_up_reading.ts";
import { onQuitKey } from "./lib/cli/keys.ts";
import { runMain } from "./lib/cli/run_main.ts";
import { readPem } from "./lib/cli/pem_file.ts";
import { readServerOptions } from "./lib/cli/server_options.ts";
import { ServiceManager } from "./lib/cli/service_manager.ts";
import { showStatus } from "./lib/cli/show_status.ts";
import { readToken } from "./lib/cli/token_file.ts";
import { ChildAbort } from "./lib/frame/child_abort.ts";
import type { Frame } from "./lib/frame/frame.ts";
import { Latest } from "./lib/frame/latest.ts";
import { Meter } from "./lib/frame/meter.ts";
import { together } from "./lib/frame/together.ts";
import { Window } from "./lib/present/window.ts";
import { FrameServer } from "./lib/serve/frame_server.ts";
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
  const { host: hostname, tokenFile, tlsCert, tlsKey } = options;
  const token = tokenFile === undefined ? undefined : await readToken(tokenFile);
  const tls = tlsCert === undefined || tlsKey === undefined ? undefined : {
    cert: await readPem(tlsCert, "CERTIFICATE"),
    key: await readPem(tlsKey, "PRIVATE KEY"),
  };
  using server = await FrameServer.open({ ...options, hostname, token, tls, log });
  const source = await chooseSource({ ...options, pace: !options.noPace }, { os });
  const { resolution: size, fps, inputOptions } = options;
  const request = { source, inputOptions, os, ...(size && { size }), ...(fps && { fps }) };
  await using capture = await SteadyCapture.open(request, { ...options, signal, log });
  const captured = new Latest<Frame>();
  const meter = new Meter();
  await using vision = options.filter &&
    await Vision.open({ graph: options.filter, size: capture.size, log }, { signal });
  const served = vision ? new Latest<Frame>() : captured;
  const { name } = capture;
  const output = vision?.output ?? capture.size;
  await using preview = options.preview ? new Window(output, { title: name }) : null;
  using _keys = preview && onQuitKey(stop);
  const { where, port } = server.doorway;
  const guards = { tls: tls !== undefined, token: token !== undefined, allow: !!options.allow };
  announce({ name, fps: capture.fps, size: output }, { hostname, port, where, ...guards }, log);
  using manager = ServiceManager.open({ log });
  // A unix socket is removed at the end, and systemd's is written to.
  if (port !== undefined && !manager) await giveUpReading();
  const status = () => serverStatus(meter, server, vision || undefined);
  const finish = options.stamp ? writeStamp : undefined;

  await together([
    async ({ signal }) => {
      for await (const frame of capture.frames({ signal })) {
        if (!vision) finish?.(frame);
        captured.put(frame);
        meter.count();
        if (meter.frames === options.frames) break;
      }
      captured.end();
    },
    async ({ signal }) => {
      const wanted = () => server.clients > 0 || preview !== null;
      await vision?.run(captured, served, { signal, wanted, ...(finish && { finish }) });
    },
    ({ signal }) => server.serve(served, { size: output, fps: capture.fps, signal }),
    async ({ signal }) => {
      await preview?.show(served, { signal });
      if (preview && !served.isEnded) stop(); // its user has closed it
    },
    ({ signal }) => showStatus(log, status, { until: captured, signal }),
    async ({ signal }) => {
      using ended = new ChildAbort(signal);
      captured.ended.then(() => ended.abort());
      await manager?.run(status, ended);
    },
  ], { signal });
  log.info(`ended after ${meter.frames} frames in ${meter.seconds.toFixed(1)} s`);
});
