/** Chooses the display of the client from --display and from what the host has. */

import { abortedOr } from "../async/aborted.ts";
import { Failure } from "../log/failure.ts";
import type { FrameFormat } from "../frame/frame_format.ts";
import { formatFrameSize } from "../frame/frame_size.ts";
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

/** The default display: a window, otherwise the terminal, otherwise none. */
export function defaultDisplay(host: { screen: boolean; terminal: boolean }): Display {
  if (host.screen) return "window";
  return host.terminal ? "terminal" : "none";
}

/** The reason why the terminal cannot show the picture, and what to do; undefined if it can. */
export function terminalObstacle(
  host: { stdout: boolean; term: string | undefined },
): readonly [why: string, hint: string] | undefined {
  const other = "choose --display window or --display none";
  if (!host.stdout) {
    return ["stdout is not a terminal", `${other}, or do not redirect stdout`];
  }
  if (host.term !== "dumb") return undefined;
  return [
    "TERM is dumb: this terminal cannot move its cursor",
    `set TERM to the type of the terminal, for example TERM=xterm-256color, or ${other}`,
  ];
}

/** What a display needs from the program. */
interface Host {
  readonly format: FrameFormat;
  /** The status line, below the picture in the terminal. */
  readonly status: () => string;
  readonly log: ConsoleLog;
  readonly job: JobControl;
}

/** Where the picture is going to be shown: as the options say, or by what the host has. */
export function displayOf(options: DisplayOptions): Display {
  return options.display ?? defaultDisplay({ screen: hasScreen(), terminal: hasTerminal(options) });
}

type DisplayOptions = Pick<ClientOptions, "display" | "output" | "events" | "stats">;

function hasTerminal({ output, events, stats }: DisplayOptions): boolean {
  return !obstacleHere() && ![...output, events, stats].includes("-");
}

function obstacleHere(): ReturnType<typeof terminalObstacle> {
  return terminalObstacle({ stdout: Deno.stdout.isTerminal(), term: Deno.env.get("TERM") });
}

/**
 * Opens the display; undefined for none. Throws a `UsageError` if --display is a terminal and there is none, a
 * `Failure` if it is a window and ffplay is missing.
 */
export function chooseDisplay(options: ClientOptions, host: Host): OpenDisplay | undefined {
  const { display, hostname, port } = options;
  const { format, log, job } = host;
  const obstacle = obstacleHere();
  const title = `${formatHostPort({ hostname, port })} ${formatFrameSize(format)}`;
  switch (displayOf(options)) {
    case "window":
      if (display) return new Window(format, { title });
      if (hasTerminal(options)) job.catchStop();
      return windowOr(() => new Window(format, { title }), {
        instead: hasTerminal(options) ? () => openTerminal(host) : undefined,
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
        log.info(
          `the picture is not shown or stored${why}: choose a display with --display, or a file with -o`,
        );
      }
      return undefined;
    case "web": // the page is served by the stream server
      return undefined;
  }
}

/** Whether there is an output besides the display. */
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
 * A window chosen by default. If it cannot be opened, the terminal shows the picture, or nothing does. If it is lost,
 * the terminal shows the picture, or the display fails.
 */
export function windowOr(
  openWindow: () => OpenDisplay,
  { instead, hasOthers, log }: {
    instead: (() => OpenDisplay) | undefined;
    /** Whether there are other outputs. Without them, the client runs until the stream ends. */
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
    NO_COLOR: Deno.env.get("NO_COLOR") ?? "",
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
