/** What the programs say to people, on stderr: lines, and a status line that is rewritten in place. */

import type { Log } from "../log/log.ts";
import { fitStatus } from "../present/fit_status.ts";
import type { JobControl } from "../host/job_control.ts";

export const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;
export type LogLevel = typeof LOG_LEVELS[number];

export const LOG_FORMATS = ["text", "json"] as const;
export type LogFormat = typeof LOG_FORMATS[number];

/** How many lines are kept while the terminal shows a picture. */
const HELD_LINES = 100;

/** The log on stderr. */
export class ConsoleLog implements Log {
  level: LogLevel = "info";
  format: LogFormat = "text";
  /** Whether stderr is a terminal: only there a status line is shown. */
  readonly interactive: boolean = Deno.stderr.isTerminal();
  /** Whether the status line may be shown: not in the background, nor where stdout has its lines there. */
  showsStatus = true;
  readonly #encoder = new TextEncoder();
  #status = "";
  #held: string[] | undefined;

  error = (line: string) => this.#say("error", line);
  warn = (line: string) => this.#say("warn", line);
  info = (line: string) => this.#say("info", line);
  debug = (line: string) => this.#say("debug", line);

  /** What a program ends with: what failed, and what to do. */
  failure(message: string, hint: string): void {
    if (this.format === "json") return this.#print(jsonLine("error", message, { hint }));
    this.error(`error: ${message}`);
    this.error(`hint:  ${hint}`);
  }

  /** Shows or, with "", removes the status line. Only where stderr is a terminal. */
  status(text: string): void {
    if (!this.interactive || !this.showsStatus || this.#held || this.format === "json") return;
    const { columns } = Deno.consoleSize();
    this.#status = fitStatus(printable(text), columns - 1);
    this.#write(`\r\x1b[K${this.#status}`);
  }

  /** Shows the status line while the program has its terminal; with `hide` never. */
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

  /** Keeps the lines back while a picture has the screen; they are printed on disposal. */
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
    if (this.#held.length === HELD_LINES) this.#held.shift();
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
      // Nobody reads stderr any more: there is nobody to tell.
    }
  }
}

/** A line for programs: when, how bad, what. */
function jsonLine(level: LogLevel, message: string, more: { hint?: string } = {}): string {
  return JSON.stringify({ time: new Date().toISOString(), level, message, ...more });
}

/** The text with control characters replaced: names and messages come from strangers. */
export function printable(text: string): string {
  // deno-lint-ignore no-control-regex -- they are what is looked for
  return text.replace(/[\x00-\x08\x0a-\x1f\x7f-\x9f]/g, "?");
}
