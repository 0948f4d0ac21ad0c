/** A camera's rate, many clients: loss, latency and CPU time, compared to other servers. */

import { type Bench, has } from "./bench.ts";
import { Child, freePort } from "./child.ts";
import { makePipe, startServer, startStamper } from "./framewire.ts";
import { childrenOf, cpuSeconds } from "../../tests/e2e/process_figures.ts";
import { measure } from "./sink.ts";
import { table } from "./table.ts";

const SIZE: [width: string, height: string] = ["640", "480"];
const FPS = 30;
const CLIENTS = 16;
const SECONDS = 10;

/** A server to measure, which listens on `port` or will do so soon. */
interface Served {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  readonly clients?: number;
  /** Its ffmpeg, whose CPU time is shown separately. */
  readonly ffmpeg?: number;
}

/** Frames lost, age when read, and CPU seconds per GB sent. */
export async function paced(bench: Bench): Promise<string> {
  const rows = [await framewire(bench), await framewireFed(bench), await plainC(bench)];
  if (await has("gst-launch-1.0", ["--version"], bench)) rows.push(await gstreamer(bench));
  rows.push(await ffmpegListen(bench));
  return `${SIZE.join("x")}, ${FPS} fps, ${SECONDS} s. Age is from the stamp to the read of the ` +
    "frame's last byte. The camera is ffmpeg's test picture for Framewire (stamped when it comes out " +
    "of ffmpeg) and memory for C. Programs that can't stamp are fed stamped frames by pipe: " +
    `their age and CPU time include that pipe, so Framewire is shown that way too.\n\n${
      table(
        ["", "clients", "fps, least", "lost", "age p50", "age p99", "CPU s/GB", "its ffmpeg, s/GB"],
        rows,
      )
    }`;
}

async function row(bench: Bench, served: Served): Promise<string[]> {
  const { name, port, pid, clients = CLIENTS, ffmpeg } = served;
  const before = ffmpeg === undefined ? 0 : await cpuSeconds(ffmpeg);
  const started = performance.now();
  const { total, cpu } = await measure(bench, {
    ...{ port, size: SIZE, clients, seconds: SECONDS, warmup: 1, stamp: true, cpu: pid },
  });
  const used = ffmpeg === undefined ? undefined : await cpuSeconds(ffmpeg) - before;
  const sentGB = total.MB_s * (performance.now() - started) / 1e6;
  const { p50, p99 } = total.latency_ms;
  return [
    ...[name, String(clients), total.fps_per_client_min.toFixed(1), String(total.gaps)],
    ...[`${p50.toFixed(2)} ms`, `${p99.toFixed(2)} ms`],
    cpu.peer_s_per_GB?.toFixed(2) ?? "?",
    used === undefined ? "" : (used / sentGB).toFixed(2),
  ];
}

async function framewire(bench: Bench): Promise<string[]> {
  const args = ["--test", "-r", SIZE.join("x"), "-f", String(FPS), "--stamp"];
  await using server = startServer(args, bench);
  const port = await server.port();
  const [ffmpeg] = await childrenOf(server.pid);
  const { pid } = server;
  return await row(bench, { name: "Framewire", port, pid, ...(ffmpeg ? { ffmpeg } : {}) });
}

async function framewireFed(bench: Bench): Promise<string[]> {
  const from = await makePipe(bench);
  await using server = startServer(["-i", "-", "--input-options", RAW.join(" ")], {
    ...bench,
    from,
  });
  await using _stamper = startStamper(SIZE, FPS, from, bench);
  const port = await server.port();
  const { pid } = server;
  const [ffmpeg] = await childrenOf(pid);
  return await row(bench, { name: "Framewire, fed", port, pid, ...(ffmpeg ? { ffmpeg } : {}) });
}

async function plainC(bench: Bench): Promise<string[]> {
  const args = [...SIZE, "--fps", String(FPS), "--stamp"];
  await using server = new Child(bench.rawServer, args, bench);
  return await row(bench, { name: "C", port: await server.port(), pid: server.pid });
}

async function gstreamer(bench: Bench): Promise<string[]> {
  const [width, height] = SIZE;
  const port = freePort();
  const from = await makePipe(bench);
  const shape = `width=${width} height=${height} framerate=${FPS}/1`;
  const pipeline =
    `fdsrc blocksize=${Number(width) * Number(height)} ! rawvideoparse format=gray8 ` +
    `${shape} ! tcpserversink host=127.0.0.1 port=${port} sync=false`;
  await using server = new Child("gst-launch-1.0", ["-q", ...pipeline.split(" ")], {
    ...{ signal: bench.signal, from },
  });
  await using _stamper = startStamper(SIZE, FPS, from, bench);
  return await row(bench, { name: "GStreamer tcpserversink, fed", port, pid: server.pid });
}

async function ffmpegListen(bench: Bench): Promise<string[]> {
  const port = freePort();
  const from = await makePipe(bench);
  await using server = new Child("ffmpeg", [
    ...["-loglevel", "error", ...RAW, "-i", "-", "-c", "copy", "-f", "rawvideo"],
    `tcp://127.0.0.1:${port}?listen=1`,
  ], { signal: bench.signal, from });
  await using _stamper = startStamper(SIZE, FPS, from, bench);
  return await row(bench, { name: "ffmpeg listen=1, fed", port, pid: server.pid, clients: 1 });
}

/** ffmpeg's options for the stamper's frames. */
const RAW = [
  ...["-f", "rawvideo", "-pixel_format", "gray", "-video_size", SIZE.join("x")],
  ...["-framerate", String(FPS)],
];
