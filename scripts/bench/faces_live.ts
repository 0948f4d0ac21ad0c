/**
 * `client --filter faces` against native OpenCV, live: the server plays a film at its own rate.
 *
 *     deno run -A scripts/bench/faces_live.ts CASCADE tune|report DIRECTORY GRAPH...
 *
 * A picture without its own report counts with the last boxes before it, as they are drawn.
 */

import type { Box } from "../../lib/frame/detection.ts";

import { type Film, filmNumbers, PICTURE, readFilm } from "./faces_film.ts";
import { percent, type Score, score, sum } from "./faces_score.ts";
import { clientCommand, startServer } from "./framewire.ts";
import { table } from "./table.ts";

/** The client's report for a picture. */
interface Report {
  readonly sequence: number;
  readonly boxes: Box[];
}

interface Live {
  readonly score: Score;
  /** The number of pictures with their own report. */
  readonly own: number;
  /** The score of these pictures only. */
  readonly ownScore: Score;
}

/** A lossless film that ffmpeg reads fast. */
async function encoded({ path, rate }: Film): Promise<string> {
  const film = `${path}.mkv`;
  const raw = ["-f", "rawvideo", "-pixel_format", "gray", "-video_size", "640x480"];
  const input = [...raw, "-framerate", String(rate), "-i", path];
  const args = ["-nostdin", "-v", "error", "-y", ...input, "-c:v", "ffv1", film];
  const { success } = await new Deno.Command("ffmpeg", { args }).output();
  if (!success) throw new Error("Cannot make the film: ffmpeg failed");
  return film;
}

async function live(film: Film, graph: string): Promise<Live> {
  const ending = new AbortController();
  const source = await encoded(film);
  try {
    await using server = startServer(["-i", source, "--on-loss", "exit"], ending);
    const port = String(await server.port());
    const [program, ...first] = clientCommand();
    const args = [...first, "127.0.0.1", port, "--filter", graph, "--events", "-"];
    const command = new Deno.Command(program, {
      args: [...args, "--display", "none"],
      ...{ stdin: "null", stderr: "inherit" },
    });
    const { stdout } = await command.output();
    const reports = new Map(
      new TextDecoder().decode(stdout).trim().split("\n").map((line) => {
        const { sequence, boxes } = JSON.parse(line) as Report;
        return [sequence, boxes] as const;
      }),
    );
    return judged(film, reports);
  } finally {
    await Deno.remove(source);
  }
}

/** Leaves out pictures before the second report: the programs are still starting. */
function judged({ native, truth, pictures }: Film, reports: Map<number, Box[]>): Live {
  const from = [...reports.keys()].sort((a, b) => a - b)[1] ?? 0;
  const boxes: Box[][] = [];
  let newest: Box[] = [];
  for (let picture = from; picture < pictures.length; picture++) {
    newest = reports.get(picture) ?? newest;
    boxes.push(newest);
  }
  const numbers = boxes.map((_, index) => from + index);
  const own = numbers.filter((number) => reports.has(number));
  const of = (all: Box[][], some: number[]) => some.map((number) => all[number] ?? []);
  return {
    score: score(boxes, { expected: of(native, numbers), truth: of(truth, numbers) }),
    own: own.length,
    ownScore: score(own.map((number) => reports.get(number) ?? []), {
      ...{ expected: of(native, own), truth: of(truth, own) },
    }),
  };
}

if (import.meta.main) {
  const [cascade = "alt2", use = "report", directory = ".", ...graphs] = Deno.args;
  const rows: string[][] = [];
  for (const graph of graphs) {
    const lives: Live[] = [];
    let native = 0;
    for (const number of filmNumbers(use === "tune" ? "tune" : "report")) {
      const film = await readFilm(directory, { number, cascade });
      const played = await live(film, graph);
      lives.push(played);
      const from = film.pictures.length - played.score.pictures;
      native += score(film.native.slice(from), {
        expected: [],
        truth: film.truth.slice(from),
      }).wrong;
    }
    const { pictures, expected, found, wrong } = sum(lives.map(({ score }) => score));
    const own = lives.reduce((sum, { own }) => sum + own, 0);
    const alone = sum(lives.map(({ ownScore }) => ownScore));
    const shares = [
      ...[percent(found, expected), String(wrong), String(native)],
      ...[percent(own, pictures), percent(alone.found, alone.expected)],
    ];
    rows.push([graph, String(pictures), ...shares]);
  }
  const heads = ["", "pictures", "of native's boxes", "false", "native's false"];
  heads.push("pictures with a report", "of native's boxes in those");
  console.log(`${PICTURE.width}x${PICTURE.height}, load ${Deno.loadavg()[0]?.toFixed(1)}\n`);
  console.log(table(heads, rows));
}
