/**
 * `window`: the time from sending a frame to its pixels on the screen. A server in this script sends black frames,
 * and sometimes white ones; the real client shows them in a window under Xvfb, and ffmpeg grabs the center of the
 * screen.
 */

import { Failure } from "../../lib/log/failure.ts";
import { type Bench, has } from "./bench.ts";
import { freePort } from "./child.ts";
import { clientCommand } from "./framewire.ts";
import { median, table } from "./table.ts";

const [WIDTH, HEIGHT, FPS] = [320, 240, 30];
/** How often the screen is grabbed per second. The mean error is half of this period. */
const GRABS = 200;
/** The number of measured changes, and the number of frames between two changes. */
const CHANGES = 30;
const APART = 15;
/** The side of the grabbed square, in pixels. */
const SPOT = 16;

/** Milliseconds from sending a frame to the screen. */
export async function window({ signal }: Bench): Promise<string> {
  if (!await has("Xvfb", ["-help"], { signal })) return "Xvfb is not installed.";
  const display = `:${100 + freePort() % 900}`;
  await using scope = new AsyncDisposableStack();
  const start = (program: string, args: string[], stdout: "null" | "piped" = "null") => {
    const options = {
      args,
      stdout,
      stdin: "null",
      stderr: "null",
      env: { DISPLAY: display },
    } as const;
    const child = new Deno.Command(program, { ...options, signal }).spawn();
    scope.defer(async () => {
      child.kill("SIGKILL");
      await child.status;
    });
    return child;
  };
  start("Xvfb", [display, "-screen", "0", `${WIDTH}x${HEIGHT}x24`, "-nolisten", "tcp"]);
  await new Promise((resolve) => setTimeout(resolve, 1000)); // until the screen is ready
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const address = ["127.0.0.1", String(listener.addr.port), String(WIDTH), String(HEIGHT)];
  const [client, ...first] = clientCommand();
  start(client, [...first, ...address, "--display", "window"]);
  using conn = await listener.accept();
  const at = `${display}+${WIDTH / 2},${HEIGHT / 2}`;
  const grab = start("ffmpeg", [
    ...["-v", "error", "-f", "x11grab", "-draw_mouse", "0", "-framerate", String(GRABS)],
    ...["-video_size", `${SPOT}x${SPOT}`, "-threads", "1", "-i", at, "-vsync", "passthrough"],
    ...["-threads", "1", "-pix_fmt", "gray", "-f", "rawvideo", "pipe:1"],
  ], "piped");

  const changes = watch(grab.stdout, signal);
  const times: number[] = [];
  let sentAt = 0;
  (async () => {
    for await (const seenAt of changes) times.push(seenAt - sentAt);
  })().catch(() => {}); // the grabber is killed at the end
  for (let frame = 0; frame < (CHANGES + 4) * APART; frame++) {
    if (frame % APART === 0) sentAt = performance.now();
    const pixels = new Uint8Array(WIDTH * HEIGHT).fill(Math.floor(frame / APART) % 2 ? 255 : 0);
    for (let sent = 0; sent < pixels.length;) sent += await conn.write(pixels.subarray(sent));
    await new Promise((resolve) => setTimeout(resolve, 1000 / FPS));
  }
  const figures = times.slice(-CHANGES).toSorted((a, b) => a - b);
  if (figures.length < CHANGES / 2) {
    throw new Failure("Cannot measure the window: it showed no changes", "run the client by hand");
  }
  const cells = [
    median(figures),
    figures[Math.floor(figures.length * 0.95)] ?? NaN,
    figures.at(-1) ?? NaN,
  ];
  return `From the sending of a frame (320x240 at 30 fps) to its pixels on the screen (Xvfb), ` +
    `${figures.length} changes, grabbed ${GRABS} times a second.\n\n${
      table(["", "p50", "p95", "max"], [["milliseconds", ...cells.map((cell) => cell.toFixed(1))]])
    }`;
}

/** The times at which the grabbed square changed between black and white. */
async function* watch(
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<number> {
  let white: boolean | undefined;
  let seen = 0;
  for await (const chunk of stream) {
    signal.throwIfAborted();
    seen += chunk.length;
    const now = (chunk.at(-1) ?? 0) > 127;
    if (seen > SPOT * SPOT && white !== undefined && now !== white) yield performance.now();
    white = now;
  }
}
