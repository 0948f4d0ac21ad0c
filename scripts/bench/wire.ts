/**
 * `wire`: the age of pictures over a narrow link, compared to other programs, and the cost of each wire format.
 * The link needs root and iproute2 (tests/e2e/link.ts).
 */

import { Link } from "../../tests/e2e/link.ts";
import { percentile, watchRaw } from "../../tests/e2e/raw_watcher.ts";
import { type Bench, has, run } from "./bench.ts";
import { Child } from "./child.ts";
import { clientCommand, type Command, makePipe, serverCommand, startStamper } from "./framewire.ts";
import { table } from "./table.ts";
import { wireCosts } from "./wire_costs.ts";

const SIZE: [width: string, height: string] = ["320", "240"];
const BYTES = 320 * 240;
const FPS = 30;
const RATE = 10;
const SECONDS = 10;
const WARMUP = 2;

/** The port of programs that cannot choose a free one: nothing else runs inside of the link. */
const PORT = 8888;

/** Makes the command line of a server that listens on an address. */
type Serve = (address: string) => Command;

/** A server inside of the link; `ack` requests acknowledgements, for our own protocol. */
interface Served {
  readonly name: string;
  readonly command: Serve;
  readonly ours?: boolean;
  readonly ack?: boolean;
}

/** Ages and rates over a narrow link, then CPU time per frame of each wire format. */
export async function wire(bench: Bench): Promise<string> {
  return `${await narrow(bench)}\n\n${await wireCosts(bench)}`;
}

async function narrow(bench: Bench): Promise<string> {
  if (!await Link.possible()) return "Not measured: namespaces and tc need root and iproute2.";
  const gst = await has("gst-launch-1.0", ["--version"], bench);
  const rows = [
    await fed(bench, { name: "Framewire, raw, acknowledged", command: framewire, ack: true, ours }),
    await spoken(bench, "y4m"),
    await spoken(bench, "mjpeg"),
    await fed(bench, { name: "Framewire, raw, a silent client", command: framewire, ours }),
    await fed(bench, { name: "ffmpeg listen=1", command: ffmpegListen }),
    ...gst ? [await fed(bench, { name: "GStreamer tcpserversink", command: gstreamer([]) })] : [],
    ...gst
      ? [await fed(bench, { name: `the same, ${LATEST[0]}`, command: gstreamer(LATEST) })]
      : [],
  ];
  await using link = await Link.open({ rate: RATE });
  const time = link.time(BYTES);
  const [size, took, room] = [SIZE.join("x"), time.toFixed(0), (1000 / time).toFixed(1)];
  const policy = gst ? `; to skip frames it needs ${LATEST.join(" ")}` : "";
  const heads = ["", "age p50", "age p99", "fps", "the camera's fps", "Mbit/s on the link"];
  return `${size} at ${FPS} fps over ${RATE} Mbit/s (a token bucket of 5 kB between two network ` +
    `namespaces), ${SECONDS} s. One raw frame takes ${took} ms on the link, which has room for ${room} ` +
    "a second. Raw frames are stamped before they enter each server by pipe, and aged when the last " +
    "byte is read; y4m and mjpeg are the test picture, and the client's own figures of its whole run. " +
    `A camera that gets rid of fewer than ${FPS} frames a second is held up by the server. ` +
    "GStreamer's default keeps every frame: the ages grow for as long as the client stays" +
    `${policy}.\n\n${table(heads, rows)}`;
}

/** Our server, which reads the stamper's frames. */
const ours = true;
const RAW = `-f rawvideo -pixel_format gray -video_size ${SIZE.join("x")} -framerate ${FPS}`;

function framewire(address: string): Command {
  return [...serverCommand(), "-s", address, "-p", "0", "-i", "-", "--input-options", RAW];
}

function ffmpegListen(address: string): Command {
  const copy = ["-i", "-", "-c", "copy", "-f", "rawvideo"];
  return [
    "ffmpeg",
    "-loglevel",
    "error",
    ...RAW.split(" "),
    ...copy,
    `tcp://${address}:${PORT}?listen=1`,
  ];
}

/** The policy has no effect without a soft limit. */
const LATEST = ["recover-policy=latest", "units-soft-max=1"];

function gstreamer(options: string[]): Serve {
  const shape = `width=${SIZE[0]} height=${SIZE[1]} framerate=${FPS}/1`;
  const raw = `fdsrc blocksize=${BYTES} ! rawvideoparse format=gray8 ${shape}`;
  return (address) => {
    const sink = `tcpserversink host=${address} port=${PORT} sync=false ${options.join(" ")}`;
    return ["gst-launch-1.0", "-q", ...`${raw} ! ${sink}`.trim().split(" ")];
  };
}

/** Measures a server that sends the stamper's raw frames. */
async function fed(bench: Bench, { name, command, ours, ack }: Served): Promise<string[]> {
  await using link = await Link.open({ rate: RATE });
  const from = await makePipe(bench);
  const [program, ...args] = command(link.address);
  await using server = new Child(...link.inside([program, args]), { signal: bench.signal, from });
  await using _stamper = startStamper(SIZE, FPS, from, bench);
  const port = ours ? await server.port() : PORT;
  const at = { hostname: link.address, port, bytes: BYTES };
  const [{ ages, fps, captured }, carried] = await Promise.all([
    watchRaw({ ...at, seconds: SECONDS, warmup: WARMUP, ack: ack ?? false }),
    rateOf(link),
  ]);
  const [p50, p99] = [percentile(ages, 0.5), percentile(ages, 0.99)];
  return row(name, { p50, p99, fps, captured, carried });
}

/** Our client, with its own statistics. */
async function spoken(bench: Bench, wire: string): Promise<string[]> {
  await using link = await Link.open({ rate: RATE });
  const [program, ...first] = serverCommand();
  const picture = ["--test", "-r", SIZE.join("x"), "-f", String(FPS)];
  const args = [...first, "-s", link.address, "-p", "0", ...picture];
  await using server = new Child(...link.inside([program, args]), bench);
  const [client, ...own] = clientCommand();
  const address = [link.address, String(await server.port()), "--display", "none"];
  const duration = ["--duration", String(WARMUP + SECONDS), "--stats", "-", "--wire", wire];
  const [{ output }, carried] = await Promise.all([
    run(client, [...own, ...address, ...duration], bench),
    rateOf(link),
  ]);
  const { age, fps, skipped, seconds } = JSON.parse(output.trim().split("\n").at(-1) ?? "");
  const captured = fps + skipped / seconds;
  return row(`Framewire, ${wire}`, { ...age, fps, captured, carried });
}

/** The load of the link in Mbit/s, after the start. */
async function rateOf(link: Link): Promise<number> {
  const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  await pause(WARMUP);
  const [bytes, from] = [await link.received(), performance.now()];
  await pause(SECONDS - 1);
  return (await link.received() - bytes) * 8 / 1000 / (performance.now() - from);
}

function row(
  name: string,
  figures: { p50: number; p99: number; fps: number; captured: number; carried: number },
): string[] {
  const { p50, p99, fps, captured, carried } = figures;
  return [
    ...[name, `${p50.toFixed(0)} ms`, `${p99.toFixed(0)} ms`],
    ...[fps, captured, carried].map((figure) => figure.toFixed(1)),
  ];
}
