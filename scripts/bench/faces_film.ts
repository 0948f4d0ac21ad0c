/**
 * A film for the bench of `faces`, of which it is known where the faces are: tests/media/astronaut.jpg's
 * face comes, moves, grows, shrinks and goes, in front of pictures that move as well.
 */

import type { Box } from "../../lib/vision/filter.ts";

export const WIDTH = 640;
export const HEIGHT = 480;
const RATE = 30;

/** The part of astronaut.jpg that is shown, and the face in its middle, half as wide. */
const PORTRAIT = "crop=194:194:128:16";
const PHOTO = new URL("../../tests/media/astronaut.jpg", import.meta.url).pathname;

/** A value at the beginning and one at the end, in pixels; between them it goes in a straight line. */
type Way = readonly [from: number, to: number];

interface Actor {
  /** Seconds of the scene in which it is seen. */
  readonly seen: readonly [from: number, to: number];
  /** The face's width, and its left upper corner. */
  readonly size: Way;
  readonly x: Way;
  readonly y: Way;
  /** Filters that change how it looks. */
  readonly looks?: string;
}

interface Scene {
  readonly seconds: number;
  /** A lavfi graph. */
  readonly background: string;
  readonly actors: readonly Actor[];
}

const size = `s=${WIDTH}x${HEIGHT}:r=${RATE}`;
/** The photo's lower part, in which there is no face, seen through a camera that pans. */
const panned = `movie=${PHOTO},loop=-1:1:0,fps=${RATE},crop=512:250:0:262,scale=1400:-1,` +
  `crop=${WIDTH}:${HEIGHT}:x='380+370*sin(t*0.9)':y='100+90*sin(t*1.3)'`;

const scenes: Scene[] = [
  {
    seconds: 5,
    background: `testsrc2=${size}`,
    actors: [
      { seen: [0.4, 3], size: [60, 60], x: [20, 520], y: [60, 300] },
      { seen: [1.5, 4.6], size: [140, 70], x: [300, 120], y: [180, 120] },
    ],
  },
  {
    seconds: 5,
    background: `mandelbrot=${size}`,
    actors: [
      { seen: [0, 2], size: [40, 40], x: [-40, 500], y: [200, 220] },
      { seen: [1, 4.5], size: [80, 220], x: [400, 200], y: [60, 100], looks: "hflip" },
      { seen: [3, 5], size: [50, 50], x: [60, 60], y: [-60, 380] },
    ],
  },
  {
    seconds: 5,
    background: panned,
    actors: [
      { seen: [0.5, 4], size: [90, 120], x: [80, 420], y: [120, 200] },
      { seen: [2, 5], size: [36, 60], x: [560, 60], y: [60, 60], looks: "eq=brightness=-0.15" },
    ],
  },
  {
    seconds: 5,
    background: `color=gray:${size},noise=alls=90:allf=t,gblur=sigma=3`,
    actors: [
      { seen: [0.2, 1.4], size: [100, 100], x: [40, 440], y: [60, 60] },
      { seen: [1.2, 4], size: [45, 45], x: [500, 100], y: [350, 250], looks: "hflip" },
      {
        seen: [2, 4.8],
        size: [110, 180],
        x: [250, 300],
        y: [30, 150],
        looks: "noise=alls=12:allf=t",
      },
    ],
  },
  {
    // Cuts: nothing leads from one place to the next.
    seconds: 5,
    background: panned,
    actors: [
      { seen: [0, 1], size: [70, 70], x: [60, 60], y: [60, 60] },
      { seen: [1, 2], size: [120, 120], x: [400, 420], y: [200, 180] },
      { seen: [2, 3], size: [50, 50], x: [300, 340], y: [300, 300] },
      { seen: [3, 4], size: [200, 190], x: [200, 220], y: [140, 140] },
      { seen: [4, 5], size: [60, 64], x: [520, 500], y: [100, 120], looks: "hflip" },
    ],
  },
];

/** Writes the film to `path` as gray pictures one after the other; gives the true faces of each. */
export async function makeFacesFilm(path: string): Promise<Box[][]> {
  using film = await Deno.open(path, { write: true, create: true, truncate: true });
  const truth: Box[][] = [];
  for (const scene of scenes) {
    const args = ["-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", scene.background];
    args.push("-loop", "1", "-framerate", String(RATE), "-i", PHOTO);
    args.push("-filter_complex", graph(scene), "-t", String(scene.seconds), "-r", String(RATE));
    const command = new Deno.Command("ffmpeg", {
      args: [...args, "-pix_fmt", "gray", "-f", "rawvideo", "-"],
      stdout: "piped",
    });
    await using child = command.spawn();
    let bytes = 0;
    for await (const part of child.stdout) {
      bytes += part.length;
      for (let at = 0; at < part.length;) at += film.writeSync(part.subarray(at));
    }
    const { success } = await child.status;
    if (!success) throw new Error("Cannot make the film: ffmpeg failed");
    for (let frame = 0; frame < bytes / (WIDTH * HEIGHT); frame++) {
      truth.push(faces(scene, frame / RATE));
    }
  }
  return truth;
}

/** The faces that can be seen whole at this time of a scene. */
function faces({ actors }: Scene, time: number): Box[] {
  return actors.filter(({ seen: [from, to] }) => time >= from && time < to)
    .map((actor): Box => {
      const at = (way: Way) => way[0] + (way[1] - way[0]) * share(actor, time);
      return [at(actor.x), at(actor.y), at(actor.size), at(actor.size)];
    });
}

function share({ seen: [from, to] }: Actor, time: number): number {
  return (time - from) / (to - from);
}

/** The graph that lays the actors over the background. */
function graph({ actors }: Scene): string {
  const copies = actors.map((_, index) => `[p${index}]`).join("");
  const parts = [`[1:v]${PORTRAIT},split=${actors.length}${copies}`];
  let below = "[0:v]";
  for (const [index, actor] of actors.entries()) {
    const [from, to] = actor.seen;
    const at = (way: Way) => `(${way[0]}+${way[1] - way[0]}*clip((t-${from})/${to - from},0,1))`;
    const side = `2*${at(actor.size)}`; // the portrait is twice as wide as the face
    const looks = actor.looks === undefined ? "" : `${actor.looks},`;
    // Filters that go before the scaling, since few bear a size that changes.
    parts.push(`[p${index}]${looks}scale=w='${side}':h='${side}':eval=frame[q${index}]`);
    const place = `x='${at(actor.x)}-w/4':y='${at(actor.y)}-h/4'`;
    const seen = `enable='gte(t,${from})*lt(t,${to})'`;
    parts.push(`${below}[q${index}]overlay=${place}:${seen}[b${index}]`);
    below = `[b${index}]`;
  }
  parts.push(`${below}format=gray`);
  return parts.join(";");
}
