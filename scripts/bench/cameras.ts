/** Measures several cameras in one server, and the same number of servers with one camera each. */

import { childrenOf, cpuSeconds, residentMemory } from "../../tests/e2e/process_figures.ts";
import type { Bench } from "./bench.ts";
import { freePort } from "./child.ts";
import { startServer } from "./framewire.ts";
import { measure, type Report } from "./sink.ts";
import { table } from "./table.ts";

const SIZE: [width: string, height: string] = ["640", "480"];
const FPS = 30;
/** How long memory, CPU time and frames are measured, in seconds. */
const SECONDS = 10;
/** Before that: programs that have just started still compile their code. */
const WARMUP = 3;

/** How many servers, and how many cameras each of them has. */
const ROWS: { readonly servers: number; readonly cameras: number }[] = [
  { servers: 1, cameras: 1 },
  { servers: 1, cameras: 4 },
  { servers: 4, cameras: 1 },
  { servers: 1, cameras: 16 },
];

/** Servers of one kind, with the port of each of their cameras. */
interface Started extends AsyncDisposable {
  readonly pids: number[];
  readonly ports: number[];
}

/** Memory, CPU time, loss and age with 1, 4 and 16 cameras. */
export async function cameras(bench: Bench): Promise<string> {
  const rows: string[][] = [];
  for (const { servers, cameras } of ROWS) {
    await using started = await start(servers, cameras, bench);
    rows.push([nameOf(servers, cameras), ...await watch(started, bench)]);
  }
  return `Test cameras of ${
    SIZE.join("x")
  } at ${FPS} fps, one silent client for each, ${SECONDS} s. Memory is ` +
    "what the servers have in RAM, their ffmpegs not counted; CPU time is for one frame of one camera. Age is " +
    "from the stamp to the read of the frame's last byte; p50 and p99 are those of the camera with the highest.\n\n" +
    table([
      ...["", "memory", "CPU a frame", "its ffmpeg", "fps, least"],
      ...["frames", "lost", "age p50", "age p99"],
    ], rows);
}

function nameOf(servers: number, cameras: number): string {
  if (servers > 1) return `${servers} servers of 1 camera`;
  return `1 server, ${cameras} ${cameras === 1 ? "camera" : "cameras"}`;
}

async function start(servers: number, cameras: number, bench: Bench): Promise<Started> {
  await using scope = new AsyncDisposableStack();
  const [pids, ports]: [number[], number[]] = [[], []];
  for (let i = 0; i < servers; i++) {
    // The first camera has the port of the server.
    const own = Array.from({ length: cameras - 1 }, freePort);
    const config = `${bench.directory}/cameras-${cameras}.toml`;
    await Deno.writeTextFile(config, configOf(own));
    const server = scope.use(startServer(["--config", config], bench));
    ports.push(await server.port(), ...own);
    pids.push(server.pid);
  }
  const kept = scope.move();
  return { pids, ports, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

function configOf(own: number[]): string {
  const ports = [undefined, ...own];
  return `resolution = "${SIZE.join("x")}"\nfps = ${FPS}\nstamp = true\n` + ports.map((port, i) => {
    return `[camera.camera${i}]\ntest = true\n${port === undefined ? "" : `port = ${port}\n`}`;
  }).join("");
}

async function watch({ pids, ports }: Started, bench: Bench): Promise<string[]> {
  const measuring = { size: SIZE, clients: 1, seconds: SECONDS, warmup: WARMUP, stamp: true };
  const [reports, costs] = await Promise.all([
    Promise.all(ports.map((port) => measure(bench, { ...measuring, port }))),
    costsOf(pids, ports.length, bench),
  ]);
  return [...costs, ...received(reports)];
}

/** Memory and CPU time of the servers, and of their ffmpegs. */
async function costsOf(pids: number[], cameras: number, bench: Bench): Promise<string[]> {
  await pause(WARMUP, bench);
  const ffmpegs = (await Promise.all(pids.map(childrenOf))).flat();
  const used = () => Promise.all([pids, ffmpegs].map(sumOf(cpuSeconds)));
  const [before, from] = [await used(), performance.now()];
  await pause(SECONDS, bench);
  const after = await used();
  const frames = cameras * FPS * (performance.now() - from) / 1000;
  const memory = await sumOf(async (pid) => (await residentMemory(pid)).now)(pids);
  const each = after.map((seconds, i) => 1000 * (seconds - (before[i] ?? 0)) / frames);
  return [`${memory.toFixed(0)} MB`, ...each.map((ms) => `${ms.toFixed(2)} ms`)];
}

function sumOf(figure: (pid: number) => Promise<number>): (pids: number[]) => Promise<number> {
  return async (pids) => (await Promise.all(pids.map(figure))).reduce((sum, n) => sum + n, 0);
}

function received(reports: Report[]): string[] {
  const totals = reports.map(({ total }) => total);
  const sum = (figures: number[]) => figures.reduce((all, figure) => all + figure, 0);
  const ms = (figure: number) => `${figure.toFixed(2)} ms`;
  return [
    Math.min(...totals.map((total) => total.fps_per_client_min)).toFixed(1),
    String(sum(totals.map((total) => total.frames))),
    String(sum(totals.map((total) => total.gaps))),
    ms(Math.max(...totals.map((total) => total.latency_ms.p50))),
    ms(Math.max(...totals.map((total) => total.latency_ms.p99))),
  ];
}

async function pause(seconds: number, { signal }: Bench): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  signal.throwIfAborted();
}
