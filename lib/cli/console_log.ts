/** The messages of the programs on stderr: lines, and a status line that is rewritten in place. */

import type { Log } from "../log/log.ts";
import { fitStatus } from "../present/fit_status.ts";
import type { JobControl } from "../host/job_control.ts";

export const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;
export type LogLevel = typeof LOG_LEVELS[number];

export const LOG_FORMATS = ["text", "json"] as const;
export type LogFormat = typeof LOG_FORMATS[number];

/** How many lines are kept while the terminal shows a picture; the oldest is dropped first. */
const MAX_HELD_LINES = 100;

/** The log on stderr. */
export class ConsoleLog implements Log {
  level: LogLevel = "info";
  format: LogFormat = "text";
  /** Whether stderr is a terminal. Only a terminal gets a status line. */
  readonly interactive: boolean = Deno.stderr.isTerminal();
  /** False while the program is in the background, or prints lines on stdout to the same terminal. */
  showsStatus = true;
  readonly #encoder = new TextEncoder();
  #status = "";
  #held: string[] | undefined;

  error = (line: string) => this.#say("error", line);
  warn = (line: string) => this.#say("warn", line);
  info = (line: string) => this.#say("info", line);
  debug = (line: string) => this.#say("debug", line);

  /** Prints the error that ends the program, and what to do. */
  failure(message: string, hint: string): void {
    if (this.format === "json") return this.#print(jsonLine("error", message, { hint }));
    this.error(`error: ${message}`);
    this.error(`hint:  ${hint}`);
  }

  /** Shows the status line; "" removes it. Does nothing if stderr is not a terminal. */
  status(text: string): void {
    if (!this.interactive || !this.showsStatus || this.#held || this.format === "json") return;
    const { columns } = Deno.consoleSize();
    this.#status = fitStatus(printable(text), columns - 1);
    this.#write(`\r\x1b[K${this.#status}`);
  }

  /** Shows the status line only while the program is in the foreground; with `hide` never. */
  follow(job: JobControl, { hide = false } = {}): AsyncDisposable {
    this.showsStatus = false;
    return job.share({
      take: () => void (this.showsStatus = !hide),
      leave: ({ mayWrite }) => {
        if (mayWrite) this.status("");
        this.#status = "";
        this.showsStatus = false;
      },
    });
  }

  /** Holds the lines while a picture fills the screen. Disposing prints them. */
  hold(): Disposable {
    this.status("");
    this.#held = [];
    return {
      [Symbol.dispose]: () => {
        const held = this.#held ?? [];
        this.#held = undefined;
        for (const line of held) this.#print(line);
      },
    };
  }

  #say(level: LogLevel, line: string): void {
    if (LOG_LEVELS.indexOf(level) > LOG_LEVELS.indexOf(this.level)) return;
    const text = this.format === "json"
      ? jsonLine(level, line)
      : level === "warn"
      ? `warning: ${line}`
      : line;
    if (!this.#held) return this.#print(text);
    if (this.#held.length === MAX_HELD_LINES) this.#held.shift();
    this.#held.push(text);
  }

  #print(line: string): void {
    const clear = this.#status && "\r\x1b[K";
    this.#write(`${clear}${printable(line)}\n${this.#status}`);
  }

  #write(text: string): void {
    try {
      Deno.stderr.writeSync(this.#encoder.encode(text));
    } catch {
      // stderr is closed: there is nowhere to report it.
    }
  }
}

/** A line for programs: time, level, message. */
function jsonLine(level: LogLevel, message: string, more: { hint?: string } = {}): string {
  return JSON.stringify({ time: new Date().toISOString(), level, message, ...more });
}

/** Replaces control characters: names and messages can come from other hosts. */
export function printable(text: string): string {
  // deno-lint-ignore no-control-regex -- the pattern is for control characters
  return text.replace(/[\x00-\x08\x0a-\x1f\x7f-\x9f]/g, "?");
}
