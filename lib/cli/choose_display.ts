/** Which display the client shows its picture on, by what it was asked for and what is there. */

import { abortedOr } from "../async/aborted.ts";
import { Failure } from "../log/failure.ts";
import type { Frame } from "../frame/frame.ts";
import { formatFrameSize, type FrameSize } from "../frame/frame_size.ts";
import type { Latest } from "../frame/latest.ts";
import type { Log } from "../log/log.ts";
import { formatHostPort } from "../wire/address.ts";
import { colorDepth, Terminal } from "../present/terminal.ts";
import { hasScreen, Window } from "../present/window.ts";
import type { ClientOptions, Display } from "./client_options.ts";
import type { ConsoleLog } from "./console_log.ts";
import type { JobControl } from "../host/job_control.ts";
import { UsageError } from "./option_table.ts";

/** An open display. */
export interface OpenDisplay extends AsyncDisposable {
  /** Shows the newest frame until the frames end, the user closes the display, or on abort. */
  show(
    frames: Latest<Frame>,
    control: { signal: AbortSignal; status: () => string },
  ): Promise<void>;
}

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

/** What a display needs of the program. */
interface Host {
  readonly size: FrameSize;
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

/** A window that nobody asked for: where it can't be opened or is lost, `instead` shows the picture. */
export function windowOr(
  openWindow: () => OpenDisplay,
  { instead, log }: { instead: (() => OpenDisplay) | undefined; log: Log },
): OpenDisplay {
  const open = new AsyncDisposableStack();
  const next = (failure: unknown): OpenDisplay | undefined => {
    if (!(failure instanceof Failure)) throw failure;
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
    async show(frames, control) {
      try {
        if (display) return await display.show(frames, control);
      } catch (thrown) {
        display = next(thrown);
        if (display) return await display.show(frames, control);
      }
      await abortedOr(frames.ended, control.signal);
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

function openTerminal({ log, job }: Host): OpenDisplay {
  const depth = colorDepth({
    COLORTERM: Deno.env.get("COLORTERM") ?? "",
    TERM: Deno.env.get("TERM") ?? "",
  });
  const terminal = new Terminal({ depth });
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
    show: (frames, control) => terminal.show(frames, control),
    async [Symbol.asyncDispose]() {
      await shared[Symbol.asyncDispose]();
      terminal[Symbol.dispose]();
    },
  };
}
