/**
 * `color`: what colors cost. A gray server and a color server play the same film, and their clients read in turns,
 * so that whatever else the machine does hits both.
 *
 * With `BENCH_BEFORE`, the directory of an older checkout, both servers are gray: the older one, and this one. Then the
 * programs run from source in both places.
 *
 *     BENCH_BEFORE=../framewire-0.4 deno run -A scripts/bench.ts colour
 */

import { pause } from "../../lib/async/aborted.ts";
import { LinkedAbortController } from "../../lib/async/linked_abort_controller.ts";
import { runAll } from "../../lib/async/run_all.ts";
import { wallClock } from "../../lib/frame/clock.ts";
import type { FrameFormat, PixelFormat } from "../../lib/frame/frame_format.ts";
import { Failure } from "../../lib/log/failure.ts";
import { MjpegReader } from "../../lib/wire/mjpeg.ts";
import { RawReader } from "../../lib/wire/raw.ts";
import { readStamp } from "../../lib/wire/stamp.ts";
import type { WireFrame, WireReader } from "../../lib/wire/wire_frame.ts";
import { Y4mReader } from "../../lib/wire/y4m.ts";
import { childrenOf, cpuSeconds } from "../../tests/e2e/process_figures.ts";
import type { Bench } from "./bench.ts";
import { Child, freePort } from "./child.ts";
import {
  clientCommand,
  type Command,
  makeColorFilm,
  serverCommand,
  sourceCommand,
  startServer,
} from "./framewire.ts";
import { median, table, whole } from "./table.ts";

const SIZE = { width: 640, height: 480 };
const FPS = 30;
const CLIENTS = [1, 16];
const ROUNDS = 3;
const SECONDS = 4;
/** Before that: a JPEG encoder or a client that has just started still compiles its code. */
const WARMUP = 2;
const FILM_SECONDS = 20;

/** What is compared. */
interface Side {
  readonly name: string;
  readonly pixels: PixelFormat;
  readonly server: Command;
  readonly client: Command;
}

interface Server {
  readonly side: Side;
  readonly pid: number;
  readonly port: number;
  readonly webPort: number;
}

/** What one round gives. */
interface Figures {
  /** How many frames a client has got. */
  readonly frames: number;
  /** Bytes of a frame. */
  readonly bytes: number;
  /** CPU seconds of the programs and of their ffmpegs. */
  readonly cpu: readonly number[];
  /** Of the frames when they were read, in milliseconds: the median. */
  readonly age: number;
}

/** How clients get frames. */
interface Way {
  readonly reader: (format: FrameFormat) => WireReader;
  /** Where and what they ask, and how the answer's head ends. */
  readonly request: (server: Server) => { port: number; text: string; end: string };
}

const WAYS = {
  raw: { reader: (format) => new RawReader(format), request: greeting("raw") },
  y4m: { reader: () => new Y4mReader(), request: greeting("y4m") },
  mjpeg: { reader: (format) => new MjpegReader(format), request: greeting("mjpeg") },
  page: {
    reader: (format) => new MjpegReader(format),
    request: ({ webPort: port }) => {
      const text = `GET /stream.mjpg HTTP/1.0\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
      return { port, text, end: "\r\n\r\n" };
    },
  },
} as const satisfies { readonly [name: string]: Way };

/** Bytes, CPU time and age of each way, with their ratios. */
export async function color(bench: Bench): Promise<string> {
  const sides = sidesOf(Deno.env.get("BENCH_BEFORE"));
  const film = await makeColorFilm(bench, { ...SIZE, fps: FPS, seconds: FILM_SECONDS });
  const rows: string[][] = [];
  {
    await using servers = await startServers(sides, ["-i", film], bench);
    for (const [name, way] of Object.entries(WAYS)) {
      for (const clients of CLIENTS) {
        const title = `${name}, ${clients} ${clients === 1 ? "client" : "clients"}`;
        rows.push(await row(title, servers, (server) => watch(way, server, { clients }, bench)));
      }
    }
    rows.push(await row("record (.mkv)", servers, (server) => record(server, bench)));
  }
  await using servers = await startServers(sides, ["-i", film, "--filter", "blur"], bench);
  const name = "y4m, 1 client, `--filter blur`";
  rows.push(await row(name, servers, (server) => watch(WAYS.y4m, server, { clients: 1 }, bench)));
  const heads = ["bytes a frame", "CPU s/1000 frames", "age p50"].flatMap((figure) => {
    return [...sides.map(({ name }) => `${figure}, ${name}`), "ratio"];
  });
  return `A photograph in motion, ${SIZE.width}x${SIZE.height} at ${FPS} fps, in MJPEG (4:2:2) as from a USB camera. ` +
    `Medians of ${ROUNDS} rounds of ${SECONDS} s, in turns. CPU time is that of the server + its ffmpegs (capture, ` +
    "JPEG), for records with the client and its ffmpeg. Age is from the capture to the read of the frame's last " +
    `byte; the bytes of records are those of the file.\n\n${table(["", ...heads], rows)}`;
}

/** Gray beside color, or an older checkout's gray beside ours. */
function sidesOf(before: string | undefined): Side[] {
  if (before === undefined) {
    const programs = { server: serverCommand(), client: clientCommand() };
    const gray = { name: "gray", pixels: "gray", ...programs } as const;
    return [gray, { name: "color", pixels: "yuv420p", ...programs }];
  }
  const side = (name: string, checkout?: string): Side => ({
    ...{ name, pixels: "gray", server: sourceCommand("server", checkout) },
    client: sourceCommand("client", checkout),
  });
  return [side("before", `${Deno.realPathSync(before)}/`), side("now")];
}

async function startServers(
  sides: Side[],
  args: string[],
  { signal }: Bench,
): Promise<Server[] & AsyncDisposable> {
  await using scope = new AsyncDisposableStack();
  const servers = sides.map((side) => {
    const webPort = freePort();
    const colors = side.pixels === "gray" ? [] : ["--color"];
    const all = [...args, "--loop", "--stamp", "--http", `127.0.0.1:${webPort}`, ...colors];
    const child = scope.use(startServer(all, { signal, command: side.server }));
    return { side, child, webPort };
  });
  const started = await Promise.all(servers.map(async ({ side, child, webPort }) => {
    return { side, pid: child.pid, port: await child.port(), webPort };
  }));
  const kept = scope.move();
  return Object.assign(started, { [Symbol.asyncDispose]: () => kept.disposeAsync() });
}

/** Measures both servers in turns: who is first takes turns, too. */
async function row(
  name: string,
  servers: Server[],
  measure: (server: Server) => Promise<Figures>,
): Promise<string[]> {
  const rounds: Figures[][] = servers.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    const order = [...servers.entries()];
    for (const [i, server] of round % 2 === 0 ? order : order.reverse()) {
      rounds[i]?.push(await measure(server));
    }
  }
  const medians = (of: (figures: Figures) => number) => rounds.map((all) => median(all.map(of)));
  const withRatio = (values: number[], texts: string[]) => {
    const [first = NaN, second = NaN] = values;
    return [...texts, (second / first).toFixed(2)];
  };
  const bytes = medians(({ bytes }) => bytes);
  const ages = medians(({ age }) => age);
  const cpu = medians(({ cpu, frames }) => sum(cpu) / frames);
  const parts = [0, 1].map((i) => medians(({ cpu, frames }) => (cpu[i] ?? NaN) / frames));
  const costs = cpu.map((_, i) => parts.map((part) => (1000 * (part[i] ?? NaN)).toFixed(2)));
  return [
    name,
    ...withRatio(bytes, bytes.map(whole)),
    ...withRatio(cpu, costs.map((parts) => parts.join(" + "))),
    ...withRatio(ages, ages.map((age) => `${age.toFixed(2)} ms`)),
  ];
}

/** What the clients have read while `counts` is set. */
class Tally {
  counts = false;
  frames = 0;
  bytes = 0;
  readonly ages: number[] = [];

  add({ payload, note }: WireFrame): void {
    const captured = (note ?? readStamp(payload))?.capturedAt;
    if (!this.counts || captured === undefined) return;
    this.frames++;
    this.ages.push(wallClock() - captured);
  }
}

/** Connects clients of a way and measures what they read. */
async function watch(
  way: Way,
  server: Server,
  { clients }: { clients: number },
  { signal }: Bench,
): Promise<Figures> {
  using over = new LinkedAbortController(signal);
  const tally = new Tally();
  let cpu: number[] = [];
  const measure = async ({ signal }: { signal: AbortSignal }) => {
    await pause(1000 * WARMUP, signal);
    tally.counts = true;
    cpu = await cpuOfRound([server.pid], signal);
    over.abort();
  };
  const client = (control: { signal: AbortSignal }) => read(way, server, tally, control);
  await runAll([...Array(clients).fill(client), measure], { signal: over.signal });
  signal.throwIfAborted();
  const { frames, bytes, ages } = tally;
  return { frames: frames / clients, bytes: bytes / frames, cpu, age: median(ages) };
}

/** One client: reads until abort. */
async function read(
  way: Way,
  server: Server,
  tally: Tally,
  { signal }: { signal: AbortSignal },
): Promise<void> {
  const { port, text, end } = way.request(server);
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const close = () => conn[Symbol.dispose]();
  signal.addEventListener("abort", close, { once: true });
  try {
    await conn.write(new TextEncoder().encode(text));
    await readHead(conn, end);
    const reader = way.reader({ ...SIZE, pixels: server.side.pixels });
    for (let count; (count = await conn.read(reader.space)) !== null;) {
      if (tally.counts) tally.bytes += count;
      reader.filled(count, 0);
      for (let frame; (frame = reader.take());) tally.add(frame);
    }
    throw new Failure(`Cannot measure ${server.side.name}: the server closed`, "run it by hand");
  } catch (thrown) {
    if (!signal.aborted) throw thrown; // otherwise `close` has interrupted the read
  } finally {
    signal.removeEventListener("abort", close);
  }
}

/** Reads the head of an answer, byte by byte, so that no frame is read with it. */
async function readHead(conn: Deno.Conn, end: string): Promise<void> {
  const byte = new Uint8Array(1);
  for (let head = ""; !head.endsWith(end);) {
    if (await conn.read(byte) === null) throw new Failure("The server refuses a client", head);
    head += String.fromCharCode(...byte);
  }
}

function greeting(wire: string): Way["request"] {
  return ({ port, side }) => {
    // An older server does not know `pixels`, and needs it only for colors.
    const pixels = side.pixels === "gray" ? "" : ` pixels=${side.pixels}`;
    return { port, text: `framewire/1 wire=${wire}${pixels}\n`, end: "\n" };
  };
}

/** Records with our client, and measures both programs. */
async function record({ side, port, pid }: Server, bench: Bench): Promise<Figures> {
  const { signal, directory } = bench;
  const [film, stats] = [`${directory}/record.mkv`, `${directory}/record.jsonl`];
  const [program, ...first] = side.client;
  const outputs = ["--display", "none", "-o", film, "--stats", stats];
  let cpu;
  {
    const args = [...first, "127.0.0.1", String(port), ...outputs];
    await using client = new Child(program, args, bench);
    await pause(1000 * WARMUP, signal);
    cpu = await cpuOfRound([pid, client.pid], signal);
    signal.throwIfAborted();
  }
  const { size } = await Deno.stat(film);
  const lines = (await Deno.readTextFile(stats)).trim().split("\n");
  const { frames, fps, age } = JSON.parse(lines.at(-1) ?? ""); // of the whole run
  return { frames: fps * SECONDS, bytes: size / frames, cpu, age: age.p50 };
}

/** The CPU seconds that programs, and then their children, take in a round. */
async function cpuOfRound(pids: number[], signal: AbortSignal): Promise<number[]> {
  const children = (await Promise.all(pids.map(childrenOf))).flat();
  const used = () =>
    Promise.all([pids, children].map(async (all) => sum(await Promise.all(all.map(cpuSeconds)))));
  const before = await used();
  await pause(1000 * SECONDS, signal);
  return (await used()).map((seconds, i) => seconds - (before[i] ?? NaN));
}

function sum(figures: readonly number[]): number {
  return figures.reduce((all, figure) => all + figure, 0);
}
