/**
 * A child process: a server under test, or a client. It reports its port, and is always stopped. The caller that
 * starts it disposes of it.
 */

import { TextLineStream } from "../../lib/ffmpeg/text_line_stream.ts";
import { Failure } from "../../lib/log/failure.ts";

/** The time between SIGTERM and SIGKILL, in milliseconds. */
const PATIENCE = 4000;

/** The time limit for a server to print its port, in milliseconds. */
const START = 15000;

/** The number of last stderr lines that are kept for error messages. */
const KEPT_LINES = 10;

/** A running child process. Its stdout is ignored. */
export class Child implements AsyncDisposable {
  readonly pid: number;
  /** Fulfilled when the process has ended and its stderr is read. */
  readonly ended: Promise<void>;
  /** The port that it prints to stderr. */
  readonly #port = Promise.withResolvers<number>();
  readonly #child: Deno.ChildProcess;
  readonly #lines: string[] = [];

  /** Starts a program; its stdin is empty, or comes from the named pipe `from`. */
  constructor(
    program: string,
    args: string[],
    { signal, from }: { signal: AbortSignal; from?: string },
  ) {
    // The shell opens the pipe, which waits for a writer, and then executes the program.
    const piped = ["-c", 'from=$1; shift; exec "$@" <"$from"', "sh", from ?? "", program, ...args];
    this.#child = new Deno.Command(from === undefined ? program : "sh", {
      ...{ args: from === undefined ? args : piped, signal },
      ...{ stdin: "null", stdout: "null", stderr: "piped" },
    }).spawn();
    this.pid = this.#child.pid;
    this.#port.promise.catch(() => {}); // `port()` throws it
    this.ended = this.#listen();
  }

  /** The port that a server prints to stderr. Throws a `Failure` if it prints none. */
  async port(): Promise<number> {
    const timer = setTimeout(() => this.#giveUp(), START);
    try {
      return await this.#port.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the child with SIGTERM, and with SIGKILL after 4 s. Waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#kill("SIGTERM");
    const timer = setTimeout(() => this.#kill("SIGKILL"), PATIENCE);
    await this.ended;
    clearTimeout(timer);
  }

  #kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch (thrown) {
      // TypeError: the process has already ended.
      if (!(thrown instanceof TypeError) && !(thrown instanceof Deno.errors.NotFound)) throw thrown;
    }
  }

  #giveUp(): void {
    this.#port.reject(
      new Failure(
        "Cannot start a server: it named no port",
        this.#lines.at(-1) ?? "it said nothing",
      ),
    );
  }

  async #listen(): Promise<void> {
    const lines = this.#child.stderr
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream());
    for await (const line of lines) {
      if (this.#lines.length === KEPT_LINES) this.#lines.shift();
      this.#lines.push(line);
      const named = /^listens: .* port (\d+)/.exec(line);
      if (named) this.#port.resolve(Number(named[1]));
    }
    await this.#child.status;
    this.#giveUp();
  }
}

/** A port of this host that is free now, for programs that do not print their port. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
