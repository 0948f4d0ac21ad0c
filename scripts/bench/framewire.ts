/** Starts Framewire's programs and the programs around them for the benchmarks. */

import { Failure } from "../../lib/log/failure.ts";
import { type Bench, run } from "./bench.ts";
import { Child } from "./child.ts";

const root = new URL("../..", import.meta.url).pathname;

/** The source of a script that runs next to the servers. */
const script = (name: string) => new URL(name, import.meta.url).pathname;

/** A program and its first arguments. */
export type Command = [program: string, ...args: string[]];

/** The server's command: the compiled program if there is one. */
export function serverCommand(): Command {
  return compiledServer() ?? sourceServer();
}

/** The compiled server, if it was built. */
function compiledServer(): Command | undefined {
  try {
    const path = `${root}dist/server`;
    return Deno.statSync(path).isFile ? [path] : undefined;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw thrown;
  }
}

/** The client's command: the compiled program if there is one. */
export function clientCommand(): Command {
  return compiledServer() ? [`${root}dist/client`] : sourceCommand("client");
}

/** The server, run from source. */
function sourceServer(): Command {
  return sourceCommand("server");
}

/** A program, run from the source in a checkout: a directory whose name ends with a slash. */
export function sourceCommand(program: "server" | "client", checkout = root): Command {
  return [Deno.execPath(), "run", "-A", "--no-check", `${checkout}${program}.ts`];
}

/** The available ways to run the server, by their names in tables. */
export function serverCommands(): [name: string, command: Command][] {
  const compiled = compiledServer();
  return [
    ...(compiled ? [["dist/server", compiled] satisfies [string, Command]] : []),
    ["deno run server.ts", sourceServer()],
  ];
}

/** Starts our server on a free port of 127.0.0.1. */
export function startServer(
  args: string[],
  options: { signal: AbortSignal; from?: string; command?: Command },
): Child {
  const [program, ...first] = options.command ?? serverCommand();
  const address = ["-s", "127.0.0.1", "-p", "0", "--max-per-host", "4096"];
  return new Child(program, [...first, ...address, ...args], options);
}

/** Starts `memory_source.ts`, our frame server alone. */
export function startMemorySource(size: string[], { signal }: Bench): Child {
  const source = script("memory_source.ts");
  return new Child(Deno.execPath(), ["run", "-A", "--no-check", source, ...size], { signal });
}

/** Starts `stamper.ts`, which writes stamped frames into the named pipe. */
export function startStamper(size: string[], fps: number, pipe: string, { signal }: Bench): Child {
  const args = ["run", "-A", "--no-check", script("stamper.ts"), ...size, String(fps), pipe];
  return new Child(Deno.execPath(), args, { signal });
}

/** Creates a named pipe in the benchmark's directory. */
export async function makePipe({ directory, signal }: Bench): Promise<string> {
  const path = `${directory}/pipe-${crypto.randomUUID()}`;
  await run("mkfifo", [path], { signal });
  return path;
}

/** Writes a test movie into the benchmark's directory and returns its path. */
export async function makeMovie(
  { directory, signal }: Bench,
  { size, seconds }: { size: string; seconds: number },
): Promise<string> {
  const path = `${directory}/movie-${size}.mp4`;
  const picture = `testsrc2=size=${size}:rate=30:duration=${seconds}`;
  await run("ffmpeg", [
    ...["-hide_banner", "-loglevel", "error", "-nostdin", "-y", "-f", "lavfi", "-i", picture],
    ...["-c:v", "mpeg4", "-q:v", "5", path],
  ], { signal });
  return path;
}

/**
 * Writes a film with colors: a photograph under a moving camera with noise, in MJPEG 4:2:2 as from a USB camera. The
 * motion repeats every 4 s, so that rounds of 4 s have the same pictures.
 */
export async function makeColorFilm(
  { directory, signal }: Bench,
  { width, height, fps, seconds }: { width: number; height: number; fps: number; seconds: number },
): Promise<string> {
  const path = `${directory}/color-film.mkv`;
  const motion =
    `crop=${width}:${height}:x='(iw-ow)/2*(1+sin(PI*t))':y='(ih-oh)/2*(1+sin(PI/2*t))'`;
  const { code, errors } = await run("ffmpeg", [
    ...["-hide_banner", "-loglevel", "error", "-nostdin", "-y"],
    ...["-loop", "1", "-framerate", String(fps), "-t", String(seconds)],
    ...["-i", `${root}tests/media/astronaut.jpg`],
    ...["-vf", `scale=${1.5 * width}:-2,${motion},noise=alls=5:allf=t`],
    ...["-c:v", "mjpeg", "-q:v", "3", "-pix_fmt", "yuvj422p", path],
  ], { signal });
  if (code !== 0) throw new Failure("Cannot make the film: ffmpeg failed", errors.trim());
  return path;
}
