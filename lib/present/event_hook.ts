/**
 * The user's own program at an event: something begins to be found, the server is lost, or is back. One at
 * a time, with what happened in its environment, and never through a shell.
 */

import { messageOf } from "../log/failure.ts";
import { type Detection, foundCount } from "../frame/detection.ts";
import type { Log } from "../log/log.ts";
import { startOther } from "../host/start_other.ts";

/** After so long without a find, in milliseconds, the next one is an event again. */
const PAUSE = 3000;

/** How long the program may take to end when we do, in milliseconds. */
const PATIENCE = 500;

/** How many events may wait while the program runs; the oldest is dropped first. */
const MOST_WAITING = 16;

export class EventHook implements AsyncDisposable {
  readonly #command: readonly string[];
  readonly #log: Log;
  readonly #foundAt = new Map<string, number>();
  readonly #waiting: Record<string, string>[] = [];
  #running: Promise<void> | undefined;
  #child: Deno.ChildProcess | undefined;
  #over = false;

  /** `command`: a program and its arguments. */
  constructor(command: readonly string[], { log }: { log: Log }) {
    this.#command = command;
    this.#log = log;
  }

  /** Something was found: an event where nothing was, for a while. */
  found(find: Detection): void {
    if (foundCount(find) === 0) return;
    const last = this.#foundAt.get(find.filter) ?? -Infinity;
    const now = performance.now();
    this.#foundAt.set(find.filter, now);
    if (now - last < PAUSE) return;
    const { sequence, capturedAt, filter } = find;
    this.#put(filter, {
      FRAMEWIRE_SEQUENCE: String(sequence),
      FRAMEWIRE_TIME: new Date(capturedAt).toISOString(),
      FRAMEWIRE_FIND: JSON.stringify(find),
    });
  }

  /** The server is lost, or back. */
  happened(event: "lost" | "back", why: string): void {
    this.#put(event, { FRAMEWIRE_TIME: new Date().toISOString(), FRAMEWIRE_WHY: why });
  }

  /** Waits for the program that runs, which is ended; what waits is not begun. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    const child = this.#child;
    const end = (signal: Deno.Signal) => {
      try {
        child?.kill(signal);
      } catch {
        // it has ended
      }
    };
    end("SIGTERM");
    const timer = setTimeout(() => end("SIGKILL"), PATIENCE);
    await this.#running;
    clearTimeout(timer);
  }

  #put(event: string, facts: Record<string, string>): void {
    if (this.#over) return;
    if (this.#waiting.length === MOST_WAITING) this.#waiting.shift();
    this.#waiting.push({ FRAMEWIRE_EVENT: event, ...facts });
    this.#running ??= this.#runAll().finally(() => this.#running = undefined);
  }

  async #runAll(): Promise<void> {
    for (let env; !this.#over && (env = this.#waiting.shift());) {
      const what = `${this.#command[0]} at ${env.FRAMEWIRE_EVENT}`;
      try {
        const streams = { stdin: "null", stdout: "null", stderr: "piped" } as const;
        this.#child = startOther(this.#command, { env, ...streams });
        const reading = new Response(this.#child.stderr).text();
        const { code, signal } = await this.#child.status;
        // What it has started may hold its stderr open for as long as it likes.
        const late = Promise.withResolvers<string>();
        const timer = setTimeout(() => late.resolve(""), 500);
        const words = await Promise.race([reading, late.promise]);
        clearTimeout(timer);
        this.#child = undefined;
        if (code === 0 || this.#over) continue;
        const last = words.trim().split("\n").at(-1) ?? "";
        const end = signal ? `was killed (${signal})` : `ended with exit code ${code}`;
        this.#log.warn(`${what} ${end}${last && `: ${last.slice(0, 200)}`}`);
      } catch (thrown) {
        this.#log.warn(`${what} could not be started: ${messageOf(thrown)}`);
      }
    }
  }
}
