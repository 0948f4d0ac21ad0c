/** Which display the client shows its picture on, by what it was asked for and what is there. */

import { abortedOr } from "../async/aborted.ts";
import { Failure } from "../log/failure.ts";
import { formatFrameSize, type FrameSize } from "../frame/frame_size.ts";
import type { Log } from "../log/log.ts";
import { formatHostPort } from "../wire/address.ts";
import { colorDepth, Terminal } from "../present/terminal.ts";
import { hasScreen, Window, WindowLost } from "../present/window.ts";
import type { Sink } from "../stream/stream.ts";
import type { ClientOptions } from "./client_options.ts";
import type { Display } from "./client_table.ts";
import type { ConsoleLog } from "./console_log.ts";
import type { JobControl } from "../host/job_control.ts";
import { UsageError } from "./option_table.ts";

/** An open display: the window or the terminal. */
export interface OpenDisplay extends Sink, AsyncDisposable {}

/** The display to take where none is asked for: a window, else the terminal, else none. */
export function defaultDisplay(host: { screen: boolean; terminal: boolean }): Display {
  if (host.screen) return "window";
  return host.terminal ? "terminal" : "none";
}

/** Why the picture can't be shown in the terminal, and what to do; undefined where it can. */
export function terminalObstacle(
  host: { stdout: boolean; term: string | undefined },
): readonly [why: string, hint: string] | undefined {
  const other = "choose --display window or --display none";
  if (!host.stdout) {
    return ["stdout is not a terminal", `${other}, or leave stdout to the terminal`];
  }
  if (host.term !== "dumb") return undefined;
  return [
    "TERM is dumb: such a terminal can't move its cursor",
    `set TERM to what the terminal is, as in TERM=xterm-256color, or ${other}`,
  ];
}

/** What a display needs from the program. */
interface Host {
  readonly size: FrameSize;
  /** The status line, below the picture in the terminal. */
  readonly status: () => string;
  readonly log: ConsoleLog;
  readonly job: JobControl;
}

/**
 * Opens the display; undefined for none. Throws a `UsageError` where --display asks for a terminal
 * that is not there, a `Failure` where it asks for a window and ffplay is missing.
 */
export function chooseDisplay(options: ClientOptions, host: Host): OpenDisplay | undefined {
  const { display, output, events, stats, hostname, port } = options;
  const { size, log, job } = host;
  const isUsed = [...output, events, stats].includes("-");
  const obstacle = terminalObstacle({
    stdout: Deno.stdout.isTerminal(),
    term: Deno.env.get("TERM"),
  });
  const hasTerminal = !obstacle && !isUsed;
  const title = `${formatHostPort({ hostname, port })} ${formatFrameSize(size)}`;
  switch (display ?? defaultDisplay({ screen: hasScreen(), terminal: hasTerminal })) {
    case "window":
      if (display) return new Window(size, { title });
      if (hasTerminal) job.catchStop();
      return windowOr(() => new Window(size, { title }), {
        instead: hasTerminal ? () => openTerminal(host) : undefined,
        hasOthers: hasOutput(options),
        log,
      });
    case "terminal":
      if (obstacle) {
        const [why, hint] = obstacle;
        throw new UsageError(`Cannot show the picture in the terminal: ${why}`, hint);
      }
      return openTerminal(host);
    case "none":
      if (!hasOutput(options)) {
        const why = display || !obstacle ? "" : ` (no window, and ${obstacle[0]})`;
        log.info(`nothing shows or stores the picture${why}: choose --display, or a file with -o`);
      }
      return undefined;
    case "web": // the page is served all the same
      return undefined;
  }
}

/** Whether the frames, or what is found in them, go anywhere but to a display. */
function hasOutput(
  { output, events, stats, serve, http, exec }: Pick<
    ClientOptions,
    "output" | "events" | "stats" | "serve" | "http" | "exec"
  >,
): boolean {
  return output.length > 0 ||
    [events, stats, serve, http, exec].some((option) => option !== undefined);
}

/**
 * A window chosen by default. Where it can't be opened, the picture is shown in the terminal, or not at all;
 * where it is lost, in the terminal, or the display fails.
 */
export function windowOr(
  openWindow: () => OpenDisplay,
  { instead, hasOthers, log }: {
    instead: (() => OpenDisplay) | undefined;
    /** Whether there are other outputs, which this one does not keep running. */
    hasOthers: boolean;
    log: Log;
  },
): OpenDisplay {
  const open = new AsyncDisposableStack();
  const next = (failure: unknown): OpenDisplay | undefined => {
    if (!(failure instanceof Failure)) throw failure;
    if (failure instanceof WindowLost && !instead) throw failure;
    const then = instead ? "the picture is shown in the terminal" : "the picture is not shown";
    log.warn(`${failure.message}; ${then}`);
    return instead && open.use(instead());
  };
  let display: OpenDisplay | undefined;
  try {
    display = open.use(openWindow());
  } catch (thrown) {
    display = next(thrown);
  }
  return {
    name: "the display",
    async run(stream, { signal }) {
      try {
        if (display) return await display.run(stream, { signal });
      } catch (thrown) {
        display = next(thrown);
        if (display) return await display.run(stream, { signal });
      }
      if (!hasOthers) await abortedOr(stream.frames.ended, signal);
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

function openTerminal({ log, job, status }: Host): OpenDisplay {
  const depth = colorDepth({
    COLORTERM: Deno.env.get("COLORTERM") ?? "",
    TERM: Deno.env.get("TERM") ?? "",
  });
  const terminal = new Terminal({ depth, status });
  let held: Disposable | undefined;
  job.catchStop();
  const shared = job.share({
    take() {
      held ??= log.hold();
      terminal.enter();
    },
    async leave({ mayWrite }) {
      if (mayWrite) await terminal.leave();
      else terminal.forget();
      held?.[Symbol.dispose]();
      held = undefined;
    },
  });
  return {
    name: terminal.name,
    run: (stream, control) => terminal.run(stream, control),
    async [Symbol.asyncDispose]() {
      await shared[Symbol.asyncDispose]();
      terminal[Symbol.dispose]();
    },
  };
}
