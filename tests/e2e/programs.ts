/** Runs the two programs as a user does, from source or compiled, and other programs. */

import { TextLineStream } from "../../lib/ffmpeg/text_line_stream.ts";

const root = new URL("../../", import.meta.url).pathname;

/** Whether the compiled programs are tested (scripts/test.sh says so), or the sources. */
export const compiled = Deno.env.get("FRAMEWIRE_PROGRAMS") === "compiled";

/** How long each wait of a test can take before the test fails. */
const TIMEOUT_MS = 20_000;

/** The environment and stdin of a program. */
export interface ProgramOptions {
  readonly env?: Record<string, string>;
  readonly stdin?: "null" | "piped";
}

/** A program under test. Keeps everything that it prints; kills it when disposed of. */
export class Program implements AsyncDisposable {
  readonly pid: number;
  readonly status: Promise<Deno.CommandStatus>;
  /** Lines of stderr so far. */
  readonly errors: string[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #stdout: Promise<Uint8Array>;
  readonly #stderr: Promise<void>;
  #onLine = () => {};

  constructor(
    command: string,
    args: string[],
    { env = {}, stdin = "null" }: ProgramOptions = {},
  ) {
    this.#child = new Deno.Command(command, {
      args,
      env: { NO_COLOR: "1", ...env },
      stdin,
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.pid = this.#child.pid;
    this.#stdout = new Response(this.#child.stdout).bytes();
    this.#stderr = this.#listen();
    this.status = this.#child.status;
  }

  /** Its stdin, where it is piped. */
  get stdin(): WritableStream<Uint8Array> {
    return this.#child.stdin;
  }

  kill(signal: Deno.Signal = "SIGTERM"): void {
    this.#child.kill(signal);
  }

  /** The first matching line of stderr, waiting for it; throws where the program ends without one. */
  async line(pattern: RegExp): Promise<RegExpExecArray> {
    for (let at = 0, ended = false;;) {
      for (; at < this.errors.length; at++) {
        const match = pattern.exec(this.errors[at] ?? "");
        if (match) return match;
      }
      if (ended) throw new Error(`no line ${pattern} in:\n${this.errors.join("\n")}`);
      const more = new Promise<void>((resolve) => this.#onLine = resolve);
      if (at < this.errors.length) continue;
      await within(
        `a line ${pattern}`,
        Promise.race([more, this.#stderr.then(() => ended = true)]),
      );
    }
  }

  /** Waits for its end: exit code, all of stdout, all of stderr. */
  async end(): Promise<{ code: number; stdout: Uint8Array; stderr: string }> {
    const [{ code }, stdout] = await within("the end", Promise.all([this.status, this.#stdout]));
    await this.#stderr;
    return { code, stdout, stderr: this.errors.join("\n") };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // it has ended
    }
    await Promise.all([this.status, this.#stdout, this.#stderr]);
  }

  async #listen(): Promise<void> {
    const lines = this.#child.stderr.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream());
    for await (const line of lines) {
      this.errors.push(line);
      this.#onLine();
    }
  }
}

/** `./server ARGS` or `./client ARGS`, as a command line. */
export function commandLine(program: "server" | "client", args: string[]): [string, string[]] {
  if (compiled) return [`${root}dist/${program}`, args];
  const run = ["run", "--quiet", `--permission-set=${program}`, "--no-prompt"];
  return [Deno.execPath(), [...run, `${root}${program}.ts`, ...args]];
}

/** A command line that a shell script wraps: `"$@"` in the script is the command. */
export function shell(script: string, command: string, args: string[]): [string, string[]] {
  return ["sh", ["-c", script, "sh", command, ...args]];
}

/** Starts the server on a free port of 127.0.0.1. */
export function startServer(args: string[], options: ProgramOptions = {}): Program {
  return new Program(...commandLine("server", ["-s", "127.0.0.1", "-p", "0", ...args]), options);
}

/** The port that a started server listens on. */
export async function portOf(server: Program): Promise<number> {
  return Number((await server.line(/^listens: .* port (\d+)$/))[1]);
}

/** Starts the client, without a display unless `args` has one. */
export function startClient(
  port: number,
  args: string[],
  env: Record<string, string> = {},
): Program {
  const display = args.includes("--display") ? [] : ["--display", "none"];
  const [command, all] = commandLine("client", ["127.0.0.1", String(port), ...args, ...display]);
  return new Program(command, all, { env });
}

/** Runs a program that must succeed. Returns its stdout. */
export async function run(command: string, args: string[]): Promise<Uint8Array> {
  await using program = new Program(command, args);
  const { code, stdout, stderr } = await program.end();
  if (code !== 0) throw new Error(`${command} ${args.join(" ")}: exit ${code}\n${stderr}`);
  return stdout;
}

/** Whether programs are installed: tests that need a missing one are ignored. */
export function installed(...commands: string[]): boolean {
  return commands.every((command) =>
    new Deno.Command("sh", { args: ["-c", `command -v ${command}`], stdout: "null" }).outputSync()
      .success
  );
}

/** Settles as `promise` does, or throws after `TIMEOUT_MS`. */
export async function within<T>(what: string, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`waited too long for ${what}`)), TIMEOUT_MS);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until a file has so many bytes: a client has written that many frames, or lines. */
export async function hasBytes(file: string, bytes = 1): Promise<void> {
  const size = () => Deno.stat(file).then(({ size }) => size, () => 0);
  await until(`${file} has ${bytes} bytes`, async () => await size() >= bytes);
}

/** Waits until `condition` holds, which is checked every 20 ms. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (!await condition()) {
    if (performance.now() > deadline) throw new Error(`waited too long until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A port of 127.0.0.1 that is free now, for programs that can't choose one themselves. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}
