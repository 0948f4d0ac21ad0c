/** Measures the delay of ffmpeg and the server together. */

import type { Bench } from "./bench.ts";
import { makePipe, startServer, startStamper } from "./framewire.ts";
import { measure } from "./sink.ts";
import { table } from "./table.ts";

const SIZE: [width: string, height: string] = ["640", "480"];
const FPS = 30;
const SECONDS = 10;

/** The age at the client of frames that are stamped before ffmpeg. */
export async function hold(bench: Bench): Promise<string> {
  const from = await makePipe(bench);
  const raw = `-f rawvideo -pixel_format gray -video_size ${SIZE.join("x")} -framerate ${FPS}`;
  const { signal } = bench;
  await using server = startServer(["-i", "-", "--input-options", raw], { signal, from });
  await using _stamper = startStamper(SIZE, FPS, from, bench);
  const port = await server.port();
  const { total } = await measure(bench, {
    ...{ port, size: SIZE, clients: 1, seconds: SECONDS, warmup: 2, stamp: true },
  });
  const { p50, p99 } = total.latency_ms;
  return `${
    SIZE.join("x")
  }, ${FPS} fps: frames stamped before they enter ffmpeg, their age when a ` +
    `client has read them. One frame held back would be ${Math.round(1000 / FPS)} ms.\n\n${
      table(["", "frames", "lost", "age p50", "age p99"], [
        ["pipe, ffmpeg, server, TCP", String(total.frames), String(total.gaps)].concat(
          [p50, p99].map((age) => `${age.toFixed(2)} ms`),
        ),
      ])
    }`;
}
