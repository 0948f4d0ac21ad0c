/** The environment of every benchmark: a signal, a directory, and the two compiled C programs. */

import { Failure } from "../../lib/log/failure.ts";

/** The environment of a benchmark. */
export interface Bench {
  /** Aborted when the user stops the run, which ends all child processes. */
  readonly signal: AbortSignal;
  /** A directory that is removed at the end. */
  readonly directory: string;
  /** The measuring client, `raw_sink`. */
  readonly sink: string;
  /** The reference server, `raw_server`. */
  readonly rawServer: string;
}

/** Creates the directory and compiles the C programs into it. Throws a `Failure` without `cc`. */
export async function prepare(
  { signal }: { signal: AbortSignal },
): Promise<Bench & AsyncDisposable> {
  await using scope = new AsyncDisposableStack();
  const directory = await Deno.makeTempDir({ prefix: "framewire-bench-" });
  scope.defer(() => Deno.remove(directory, { recursive: true }));
  const [sink, rawServer] = [`${directory}/raw_sink`, `${directory}/raw_server`];
  for (const program of [sink, rawServer]) {
    const source = new URL(`${program.slice(directory.length + 1)}.c`, import.meta.url).pathname;
    const built = await run("cc", ["-O2", "-pthread", "-o", program, source], { signal });
    if (built.code !== 0) {
      throw new Failure(`Cannot compile ${source}: cc failed`, built.errors.split("\n")[0] ?? "");
    }
  }
  const kept = scope.move();
  const dispose = () => kept.disposeAsync();
  return { signal, directory, sink, rawServer, [Symbol.asyncDispose]: dispose };
}

/** Runs a program to its end. Throws a `Failure` if it is missing, and the signal's reason on abort. */
export async function run(
  program: string,
  args: string[],
  { signal }: { signal: AbortSignal },
): Promise<{ code: number; output: string; errors: string }> {
  try {
    const { code, stdout, stderr } = await new Deno.Command(program, {
      ...{ args, signal, stdin: "null" },
    }).output();
    signal.throwIfAborted();
    const decoder = new TextDecoder();
    return { code, output: decoder.decode(stdout), errors: decoder.decode(stderr) };
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
    throw new Failure(
      `Cannot run "${program}": it was not found in PATH`,
      "sh scripts/setup.sh test installs what the benchmarks need",
    );
  }
}

/** Whether a program is installed, that is, runs with `args`. */
export async function has(
  program: string,
  args: string[],
  { signal }: { signal: AbortSignal },
): Promise<boolean> {
  try {
    return (await run(program, args, { signal })).code === 0;
  } catch (thrown) {
    if (thrown instanceof Failure) return false;
    throw thrown;
  }
}
