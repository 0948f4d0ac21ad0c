/** `pass`: what a viewer costs where the source sends H.264 or JPEG already, passed on as it is and encoded. */

import { MjpegReader } from "../../lib/wire/mjpeg.ts";
import { formatFrameSize } from "../../lib/frame/frame_size.ts";
import { UnitReader } from "../../lib/wire/h264.ts";
import { EncodedSource } from "../../tests/e2e/encoded_source.ts";
import { childrenOf, cpuSeconds } from "../../tests/e2e/process_figures.ts";
import { greet } from "../../tests/e2e/raw_watcher.ts";
import type { Bench } from "./bench.ts";
import { startServer } from "./framewire.ts";
import { table, whole } from "./table.ts";

const FPS = 30;
const SECONDS = 12;
/** Before that: a viewer goes up to its rung, and programs compile their code. */
const WARMUP = 5;

const SIZES = [{ width: 640, height: 480 }, { width: 1280, height: 720 }];
const VIEWERS = [0, 1, 4];

/** What the source sends, and the wire on which viewers get it. */
const CODECS = {
  h264: {
    name: "H.264",
    encoder: ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "30"],
    container: "mpegts",
    input: "-analyzeduration 500000",
  },
  mjpeg: {
    name: "JPEG",
    encoder: ["-c:v", "mjpeg", "-q:v", "4", "-pix_fmt", "yuvj422p"],
    container: "mpjpeg",
    input: "-f mpjpeg",
  },
} as const;

/** A fixed rate is a change: with it everything is encoded. */
const WAYS = { "as it is": [], "encoded": ["-f", String(FPS)] } as const;

interface Case {
  readonly wire: keyof typeof CODECS;
  readonly size: typeof SIZES[number];
  readonly way: keyof typeof WAYS;
  readonly url: string;
}

/** CPU time of the server and its ffmpegs, for each codec, size and number of viewers. */
export async function pass(bench: Bench): Promise<string> {
  const rows: string[][] = [];
  for (const wire of ["h264", "mjpeg"] as const) {
    const { name, encoder, container } = CODECS[wire];
    for (const size of SIZES) {
      const film = { seconds: 5, loop: true };
      const text = formatFrameSize(size);
      await using source = await EncodedSource.open({ encoder, container, ...film, size: text });
      source.play();
      for (const way of ["as it is", "encoded"] as const) {
        const cells = await viewersOf({ wire, size, way, url: source.url }, bench);
        rows.push([`${name} ${text}, ${way}`, ...cells]);
      }
    }
  }
  return `A live source at ${FPS} fps over TCP, --color, viewers that acknowledge on the same host, ${SECONDS} s each. ` +
    "CPU time of the server and all of its ffmpegs, in percent of one core; the decoding of the source is in all of " +
    'them. "Encoded" is the same with -f 30 (libx264, and JPEG at the default quality).\n\n' +
    table(["", "nobody", "1 viewer", "4 viewers", "a viewer-hour, the first", "fps, least"], rows);
}

/** The figures for nobody and some viewers. */
async function viewersOf(given: Case, bench: Bench): Promise<string[]> {
  const runs: { cpu: number; fps: number }[] = [];
  for (const viewers of VIEWERS) runs.push(await measure(given, viewers, bench));
  const [idle, ...watched] = runs;
  const hour = 3600 * ((watched[0]?.cpu ?? NaN) - (idle?.cpu ?? NaN));
  return [
    ...runs.map(({ cpu }) => `${(100 * cpu).toFixed(1)} %`),
    `${whole(hour)} s`,
    Math.min(...watched.map(({ fps }) => fps)).toFixed(1),
  ];
}

async function measure(
  { wire, size, way, url }: Case,
  viewers: number,
  bench: Bench,
): Promise<{ cpu: number; fps: number }> {
  const { input } = CODECS[wire];
  const from = ["-i", url, "--input-options", input, "--color", ...WAYS[way]];
  await using server = startServer(from, bench);
  const port = await server.port();
  using stop = new DisposableStack();
  const counts = Array.from({ length: viewers }, () => ({ frames: 0 }));
  const watching = counts.map((count) => {
    const reader = wire === "h264" ? new UnitReader(size) : new MjpegReader(size);
    return watch(port, { words: `wire=${wire} ack=1 pixels=yuv420p`, reader, count, stop });
  });
  await pause(WARMUP, bench);
  const framesBefore = counts.map(({ frames }) => frames);
  const [before, begun] = [await used(server.pid), performance.now()];
  await pause(SECONDS, bench);
  const after = await used(server.pid);
  const seconds = (performance.now() - begun) / 1000;
  const fps = counts.map(({ frames }, i) => (frames - (framesBefore[i] ?? 0)) / seconds);
  stop.dispose();
  await Promise.all(watching);
  return { cpu: (after - before) / seconds, fps: Math.min(...fps) };
}

/** Reads and acknowledges frames until `stop` is disposed of. */
async function watch(
  port: number,
  { words, reader, count, stop }: {
    words: string;
    reader: UnitReader | MjpegReader;
    count: { frames: number };
    stop: DisposableStack;
  },
): Promise<void> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  let isStopped = false;
  stop.defer(() => {
    isStopped = true;
    conn.close();
  });
  const ack = new Uint8Array([0x0a]);
  try {
    await greet(conn, words);
    for (let bytes; (bytes = await conn.read(reader.space)) !== null;) {
      reader.filled(bytes, 0);
      for (; reader.take(); count.frames++) await conn.write(ack);
    }
  } catch (thrown) {
    if (!isStopped) throw thrown; // else `stop` has closed the connection
  }
}

/** CPU seconds of a server and its children so far. */
async function used(pid: number): Promise<number> {
  const pids = [pid, ...await childrenOf(pid)];
  return (await Promise.all(pids.map(cpuSeconds))).reduce((sum, seconds) => sum + seconds, 0);
}

async function pause(seconds: number, { signal }: Bench): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  signal.throwIfAborted();
}
