/**
 * Measures Framewire on this host and prints Markdown tables. Needs Linux, cc and ffmpeg, and GStreamer for
 * one row of `paced`. It runs the programs in `dist/` if they were built, otherwise the sources.
 *
 *     deno run -A scripts/bench.ts [NAME...]
 *
 * Without a name it runs all benchmarks, which takes about twenty minutes. With `BENCH_BEFORE=DIR`, another checkout,
 * `colour` compares its gray with the gray of this one.
 */

import { runMain } from "../lib/cli/run_main.ts";
import { UsageError } from "../lib/cli/option_table.ts";
import { type Bench, prepare } from "./bench/bench.ts";
import { cameras } from "./bench/cameras.ts";
import { color } from "./bench/color.ts";
import { fanout } from "./bench/fanout.ts";
import { h264 } from "./bench/h264.ts";
import { hold } from "./bench/hold.ts";
import { describeMachine } from "./bench/machine.ts";
import { memory } from "./bench/memory.ts";
import { movie } from "./bench/movie.ts";
import { paced } from "./bench/paced.ts";
import { pass } from "./bench/pass.ts";
import { slow } from "./bench/slow.ts";
import { start } from "./bench/start.ts";
import { window } from "./bench/window.ts";
import { wire } from "./bench/wire.ts";

const benchmarks: Record<string, (bench: Bench) => Promise<string>> = {
  ...{
    fanout,
    movie,
    paced,
    slow,
    memory,
    start,
    hold,
    window,
    wire,
    cameras,
    colour: color,
    h264,
    pass,
  },
  detect: async (bench) => (await import("./bench/detect.ts")).detect(bench),
  faces: async () => (await import("./bench/faces.ts")).faces(),
  vision: async () => (await import("./bench/vision.ts")).vision(), // it loads OpenCV
};

await runMain(async ({ signal, log }) => {
  const names = Deno.args.length > 0 ? Deno.args : Object.keys(benchmarks);
  const unknown = names.find((name) => !Object.hasOwn(benchmarks, name));
  if (unknown !== undefined) {
    throw new UsageError(
      `Unknown benchmark "${unknown}"`,
      `name some of ${Object.keys(benchmarks).join(", ")}`,
    );
  }
  await using bench = await prepare({ signal });
  console.log(await describeMachine());
  for (const name of names) {
    signal.throwIfAborted();
    log.info(`bench: ${name}`);
    const tables = await benchmarks[name]?.(bench);
    console.log(`\n### ${name}\n\n${tables}`);
  }
});
