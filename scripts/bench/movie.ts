/** A film at full speed: the server without clients against ffmpeg alone. */

import { type Bench, run } from "./bench.ts";
import { makeMovie, serverCommand } from "./framewire.ts";
import { median, table, whole } from "./table.ts";

const SIZE = "320x240";
const SECONDS = 60;
const FEW = 1800;
const MANY = 21600;
const ROUNDS = 3;

/** Frames per second, from the difference of a long and a short run, which cancels out start and end. */
export async function movie(bench: Bench): Promise<string> {
  const path = await makeMovie(bench, { size: SIZE, seconds: SECONDS });
  const [program, ...first] = serverCommand();
  const ours = (frames: number) => [
    ...[program, ...first, "-s", "127.0.0.1", "-p", "0", "-i", path],
    ...["--no-pace", "--loop", "--frames", String(frames), "--log-level", "error"],
  ];
  const alone = (frames: number) => {
    const input = `-nostdin -loglevel error -stream_loop -1 -i ${path} -frames:v ${frames}`;
    return ["sh", "-c", `ffmpeg ${input} -pix_fmt gray -f rawvideo - | cat >/dev/null`];
  };
  const rates: number[][] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, command] of [ours, alone].entries()) {
      const seconds = await time(command(MANY), bench) - await time(command(FEW), bench);
      rates[index]?.push((MANY - FEW) / seconds);
    }
  }
  const [our = NaN, ffmpeg = NaN] = rates.map(median);
  return `A movie (MPEG-4, ${SIZE}) through \`server --no-pace\`, no client, and through ffmpeg alone ` +
    `into \`cat\`: ${MANY} frames less ${FEW}, so without the start; median of ${ROUNDS}.\n\n${
      table(["", "frames/s"], [
        ["Framewire", whole(our)],
        ["ffmpeg alone", whole(ffmpeg)],
        ["ratio", (our / ffmpeg).toFixed(2)],
      ])
    }`;
}

/** The duration of a command, in seconds. */
async function time([program = "", ...args]: string[], { signal }: Bench): Promise<number> {
  const started = performance.now();
  const { code, errors } = await run(program, args, { signal });
  if (code !== 0) throw new Error(`${program} ended with status ${code}: ${errors}`);
  return (performance.now() - started) / 1000;
}
