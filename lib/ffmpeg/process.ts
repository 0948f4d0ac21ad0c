/** A child process, ffmpeg or ffplay: started, read, and always stopped. The caller owns it and disposes of it. */

import { TextLineStream } from "./text_line_stream.ts";
import { Failure } from "../log/failure.ts";

/** How long a child can take to end after SIGTERM before it is killed, in milliseconds. */
const TERMINATE_TIMEOUT_MS = 2000;

/** How many of the last lines of stderr are kept, for the reason why the child ended. */
const KEPT_LINES = 60;

/** A pipe to this program, the same one as this program's, or none. */
export interface Pipes {
  readonly stdin: "piped" | "inherit" | "null";
  readonly stdout: "piped" | "null";
  /**
   * Whether Ctrl-C in the terminal does not reach the child: it ends with its input, and has then written
   * everything. Otherwise Ctrl-C ends it, too, as a user expects.
   */
  readonly detached?: boolean;
  /** Environment variables, in addition to this program's. */
  readonly env?: Record<string, string>;
}

/** A running ffmpeg or ffplay. */
export class FfmpegProcess implements AsyncDisposable {
  /** The last lines of its stderr, oldest first. Complete once `ended` is fulfilled. */
  readonly lines: string[] = [];
  /** Fulfilled when the process has ended and its stderr has been read to the end. */
  readonly ended: Promise<Deno.CommandStatus>;
  /** Called with each line of stderr as it comes. */
  onLine: (line: string) => void = () => {};
  readonly #child: Deno.ChildProcess;
  readonly #pipes: Pipes;

  /** Starts `program`. Throws a `Failure` where it is not installed or cannot be executed. */
  constructor(program: "ffmpeg" | "ffplay", args: string[], pipes: Pipes) {
    this.#pipes = pipes;
    this.#child = spawn(program, args, pipes);
    this.ended = Promise.all([this.#child.status, this.#listen()]).then(([status]) => status);
  }

  /** The child's stdout. */
  get stdout(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#child.stdout;
  }

  /** The child's stdin. */
  get stdin(): WritableStream<Uint8Array<ArrayBufferLike>> {
    return this.#child.stdin;
  }

  /** Asks the child to end, without waiting for it. */
  stop(): void {
    this.#kill("SIGTERM");
  }

  /** Ends the child at once: for one that does not respond. */
  kill(): void {
    this.#kill("SIGKILL");
  }

  /** Ends the child: SIGTERM, and SIGKILL where it has not ended 2 s later. Waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    const timer = setTimeout(() => this.#kill("SIGKILL"), TERMINATE_TIMEOUT_MS);
    try {
      // A child that is blocked in a write ends sooner once its pipe is closed.
      await Promise.all([
        this.#pipes.stdout === "piped" && !this.stdout.locked && this.stdout.cancel(),
        this.#pipes.stdin === "piped" && !this.stdin.locked && this.stdin.abort(),
      ]).catch(() => {}); // the child has closed the pipe already
      await this.ended;
    } finally {
      clearTimeout(timer);
    }
  }

  #kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch (thrown) {
      // TypeError: it has ended already.
      if (!(thrown instanceof TypeError) && !(thrown instanceof Deno.errors.NotFound)) throw thrown;
    }
  }

  async #listen(): Promise<void> {
    const lines = this.#child.stderr
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream({ allowCR: true }));
    for await (const line of lines) {
      if (line.trim() === "") continue;
      if (this.lines.length === KEPT_LINES) this.lines.shift();
      this.lines.push(line);
      this.onLine(line);
    }
  }
}

function spawn(program: string, args: string[], pipes: Pipes): Deno.ChildProcess {
  try {
    return new Deno.Command(program, { args, ...pipes, stderr: "piped" }).spawn();
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) throw new NotInstalled(program, thrown);
    if (thrown instanceof Deno.errors.PermissionDenied) {
      throw new Failure(
        `Cannot start "${program}": permission denied`,
        `check that the "${program}" in PATH is executable`,
        { cause: thrown },
      );
    }
    throw thrown;
  }
}

/** The program is missing on this host. */
export class NotInstalled extends Failure {
  constructor(program: string, cause: Error) {
    super(
      `Cannot start "${program}": it was not found in PATH`,
      "install ffmpeg 4.3 or newer (Debian: apt install ffmpeg; macOS: brew install ffmpeg; Windows: winget install ffmpeg)",
      { cause },
    );
  }
}
