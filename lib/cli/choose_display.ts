/** Which display the client shows its picture on, by what it was asked for and what is there. */

import type { Frame } from "../frame/frame.ts";
import { formatFrameSize, type FrameSize } from "../frame/frame_size.ts";
import type { Latest } from "../frame/latest.ts";
import { NotInstalled } from "../ffmpeg/process.ts";
import { colorDepth, Terminal } from "../present/terminal.ts";
import { hasScreen, Window } from "../present/window.ts";
import type { ClientOptions, Display } from "./client_options.ts";
import type { ConsoleLog } from "./console_log.ts";
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

/**
 * Opens the display; undefined for none. Throws a `UsageError` where --display asks for a terminal
 * that is not there, a `Failure` where it asks for a window and ffplay is missing.
 */
export function chooseDisplay(
  { display, output, events, stats, hostname, port }: ClientOptions,
  { size, log }: { size: FrameSize; log: ConsoleLog },
): OpenDisplay | undefined {
  const host = {
    screen: hasScreen(),
    terminal: Deno.stdout.isTerminal() && Deno.env.get("TERM") !== "dumb" &&
      ![...output, events, stats].includes("-"),
  };
  const title = `${hostname}:${port} ${formatFrameSize(size)}`;
  switch (display ?? defaultDisplay(host)) {
    case "window":
      try {
        return new Window(size, { title });
      } catch (thrown) {
        if (display || !(thrown instanceof NotInstalled)) throw thrown;
        log.info("no window: ffplay is not installed");
        return host.terminal ? openTerminal(log) : undefined;
      }
    case "terminal":
      if (!host.terminal) {
        throw new UsageError(
          "Cannot show the picture in the terminal: stdout is none",
          "choose --display window or none, or leave stdout to the terminal",
        );
      }
      return openTerminal(log);
    case "web": // the page is served all the same
    case "none":
      return undefined;
  }
}

function openTerminal(log: ConsoleLog): OpenDisplay {
  const depth = colorDepth({
    COLORTERM: Deno.env.get("COLORTERM") ?? "",
    TERM: Deno.env.get("TERM") ?? "",
  });
  const held = log.hold();
  const terminal = new Terminal({ depth });
  return {
    show: (frames, control) => terminal.show(frames, control),
    [Symbol.asyncDispose]: () => {
      terminal[Symbol.dispose]();
      held[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}
