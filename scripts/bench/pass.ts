/** `pass`: what a viewer costs where the source sends H.264 or JPEG already, passed on as it is and encoded. */

import { MjpegReader } from "../../lib/wire/mjpeg.ts";
import { formatFrameSize } from "../../lib/frame/frame_size.ts";
import { UnitReader } from "../../lib/wire/h264.ts";
import { EncodedSource } from "../../tests/e2e/encoded_source.ts";
import { childrenOf, cpuSeconds } from "../../tests/e2e/process_figures.ts";
import { greet } from "../../tests/e2e/raw_watcher.ts";
import type { Bench } from "./bench.ts";
import { freePort } from "./child.ts";
import { startServer } from "./framewire.ts";
import { table, whole } from "./table.ts";

const FPS = 30;
const SECONDS = 10;
/** Before that: a viewer goes up to its rung, and programs compile their code. */
const WARMUP = 4;

const SIZES = [{ width: 640, height: 480 }, { width: 1280, height: 720 }];

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

/** A stamp is a change, and costs nothing: with it everything is encoded. */
const WAYS = { "as it is": [], "encoded": ["--stamp"] } as const;

interface Case {
  readonly wire: keyof typeof CODECS;
  readonly size: typeof SIZES[number];
  readonly way: keyof typeof WAYS;
  readonly url: string;
}

/** CPU time of the server and its ffmpegs, for each codec and size, passed on and encoded. */
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
        const cells = await figuresOf({ wire, size, way, url: source.url }, bench);
        rows.push([`${name} ${text}, ${way}`, ...cells]);
      }
    }
  }
  return `A live source at ${FPS} fps over TCP, --color, one viewer on the same host that acknowledges, ${SECONDS} s ` +
    "each. CPU time of the server and all of its ffmpegs for one frame of the source, its decoding included; a " +
    'viewer-hour is what the viewer adds. "Encoded" is the same with --stamp: libx264, and JPEG at the default ' +
    "quality.\n\n" +
    table(["", "nobody", "a viewer", "a viewer-hour", "kB a frame"], rows);
}

/** CPU time a frame without and with a viewer, that of a viewer-hour, and how large a frame is. */
async function figuresOf(given: Case, bench: Bench): Promise<string[]> {
  const idle = await measure(given, { isWatched: false }, bench);
  const watched = await measure(given, { isWatched: true }, bench);
  const hour = (watched.cpu - idle.cpu) * FPS * 3600;
  return [
    ...[idle, watched].map(({ cpu }) => `${(1000 * cpu).toFixed(2)} ms`),
    `${whole(hour)} s`,
    watched.kilobytes.toFixed(1),
  ];
}

/** CPU seconds for a frame of the source, and the kilobytes of a frame that a viewer gets. */
async function measure(
  { wire, size, way, url }: Case,
  { isWatched }: { isWatched: boolean },
  bench: Bench,
): Promise<{ cpu: number; kilobytes: number }> {
  const { input } = CODECS[wire];
  const pages = `127.0.0.1:${freePort()}`;
  const from = ["-i", url, "--input-options", input, "--color", "--http", pages, ...WAYS[way]];
  await using server = startServer(from, bench);
  const port = await server.port();
  using stop = new DisposableStack();
  const count = { frames: 0, bytes: 0 };
  const reader = wire === "h264" ? new UnitReader(size) : new MjpegReader(size);
  const words = `wire=${wire} ack=1 pixels=yuv420p`;
  const watching = isWatched && watch(port, { words, reader, count, stop });
  await pause(WARMUP, bench);
  const before = [await used(server.pid), await captured(pages)] as const;
  await pause(SECONDS, bench);
  const after = [await used(server.pid), await captured(pages)] as const;
  stop.dispose();
  await watching;
  return {
    cpu: (after[0] - before[0]) / (after[1] - before[1]),
    kilobytes: count.bytes / count.frames / 1000,
  };
}

/** How many frames a server has captured. */
async function captured(pages: string): Promise<number> {
  const text = await (await fetch(`http://${pages}/metrics`)).text();
  return Number(/^framewire_captured_frames_total\S* (\d+)/m.exec(text)?.[1]);
}

/** Reads and acknowledges frames until `stop` is disposed of. */
async function watch(
  port: number,
  { words, reader, count, stop }: {
    words: string;
    reader: UnitReader | MjpegReader;
    count: { frames: number; bytes: number };
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
      for (let frame; (frame = reader.take()); count.frames++) {
        count.bytes += frame.payload.length;
        await conn.write(ack);
      }
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
