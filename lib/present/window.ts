/** The window: ffplay, fed with the newest frame. It owns the ffplay that it starts. */

import { LinkedAbortController } from "../async/linked_abort_controller.ts";
import { FfmpegProcess } from "../ffmpeg/process.ts";
import { windowArguments } from "../ffmpeg/window_arguments.ts";
import { lastWords } from "../ffmpeg/diagnose.ts";
import { Failure } from "../log/failure.ts";
import type { FrameFormat } from "../frame/frame_format.ts";
import type { Sink, Stream } from "../stream/stream.ts";

/** How long ffplay can take to read the last frame once the frames have ended. */
const LAST_FRAME_MS = 1000;

/** ffplay's exit code after SIGINT or SIGTERM. */
const STOPPED_CODE = 123;

/** What ffplay itself prints where it has no window; lines of drivers ("libGL error: ...") are not fatal. */
const FATAL = /^(Could not initialize SDL|Failed to (create|open|set))/;

/** Whether there is a screen for a window. */
export function hasScreen(): boolean {
  return screenDriver() !== undefined;
}

/** SDL's name for the driver of this screen: X11 or Wayland, by the environment on Linux. */
function screenDriver(): "native" | "x11" | "wayland" | undefined {
  if (Deno.build.os === "darwin" || Deno.build.os === "windows") return "native";
  if (Deno.env.get("DISPLAY")) return "x11";
  return Deno.env.get("WAYLAND_DISPLAY") ? "wayland" : undefined;
}

/** A window that was open is gone, and its user has not closed it. */
export class WindowLost extends Failure {}

/** What a window needs of its ffplay. */
export type WindowProcess =
  & Pick<FfmpegProcess, "stdin" | "ended" | "lines" | "stop">
  & { [Symbol.asyncDispose](): Promise<void> };

/** A window on the screen. It owns its ffplay. */
export class Window implements Sink, AsyncDisposable {
  readonly name = "the window";
  readonly #ffplay: WindowProcess;

  /** Opens a window for frames of `format`. Throws a `Failure` where ffplay or a screen is missing. */
  constructor(
    format: FrameFormat,
    { title, start = startFfplay }: { title: string; start?: (args: string[]) => WindowProcess },
  ) {
    this.#ffplay = start(windowArguments(format, { title }));
  }

  /**
   * Shows the newest frame until the frames end, the user closes the window (or presses q in it), or
   * on abort. Throws a `Failure` where the window can't be opened, a `WindowLost` where it is lost with its
   * screen.
   */
  async run(
    stream: Pick<Stream, "frames" | "subscribe">,
    { signal }: { signal: AbortSignal },
  ): Promise<void> {
    const { frames } = stream;
    using _subscription = stream.subscribe();
    using gone = new LinkedAbortController(signal);
    this.#ffplay.ended.then(() => gone.abort());
    const writer = this.#ffplay.stdin.getWriter();
    writer.closed.catch(() => {}); // the window is gone; `write` reports it too
    // A window that its user has paused reads nothing: a pending write ends only with the window.
    const stop = () => this.#ffplay.stop();
    signal.addEventListener("abort", stop, { once: true });
    let timer: number | undefined;
    let broken = false;
    let over = false;
    frames.ended.then(() => over || (timer = setTimeout(stop, LAST_FRAME_MS)));
    using reader = frames.reader({ signal: gone.signal });
    try {
      for (let taken; (taken = await reader.take());) await writer.write(taken.value.pixels);
    } catch {
      broken = true; // ffplay has ended, or is about to: see below for the reason
    } finally {
      over = true;
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      await writer.abort().catch(() => {}); // closes ffplay's stdin, where that is still open
    }
    if (signal.aborted || !broken && !gone.signal.aborted) return;
    const failure = windowFailure(await this.#ffplay.ended, this.#ffplay.lines);
    if (failure) throw failure;
  }

  /** Closes the window. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#ffplay[Symbol.asyncDispose]();
  }
}

function startFfplay(args: string[]): FfmpegProcess {
  const driver = screenDriver();
  if (!driver) {
    throw new Failure(
      "Cannot show a window: there is no screen (DISPLAY is not set)",
      "over ssh, use ssh -X, or the client's --display terminal",
    );
  }
  return new FfmpegProcess("ffplay", args, {
    stdin: "piped",
    stdout: "null",
    detached: true, // Ctrl-C and Ctrl-Z in the terminal are not for the window
    // Without it, ffplay draws into nowhere when the screen can't be reached, and prints nothing.
    ...(driver !== "native" && { env: { SDL_VIDEODRIVER: driver } }),
  });
}

/**
 * Why ffplay ended, from its exit status and what it printed at `-loglevel error`; undefined where its
 * user closed it. Seen with ffplay 5.1 on X11: q and the window's close button exit with 0 and print
 * nothing. A display that refuses or does not respond, and an X server that dies, make it exit with 1. A
 * window that can't be created exits with 0 or 1, by version, and prints a line.
 */
export function windowFailure(
  { code, signal }: { code: number; signal: Deno.Signal | null },
  lines: string[],
): Failure | undefined {
  const hint = "check DISPLAY (ssh -X sets it), or choose --display terminal or --display none";
  const broken = lines.find((line) => /^(XIO:|X connection to|The Wayland connection)/i.test(line));
  if (broken) return new WindowLost(`Lost the window: ${broken.trim()}`, hint);
  if (signal) return new WindowLost(`Lost the window: ffplay was killed (${signal})`, hint);
  const why = lines.find((line) => FATAL.test(line));
  if (code === 0 && why === undefined) return undefined;
  if (code === STOPPED_CODE) {
    return new WindowLost("Lost the window: ffplay was stopped by a signal", hint);
  }
  const words = why ?? lines.at(-1);
  const said = words === undefined ? `ended with exit code ${code}` : `says: ${lastWords([words])}`;
  return new Failure(`Cannot show a window: ffplay ${said}`, hint);
}
