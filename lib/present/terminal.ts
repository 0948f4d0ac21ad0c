/**
 * The picture in the terminal, on its alternate screen. Cursor and screen are restored when it is disposed
 * of.
 */

import type { Frame } from "../frame/frame.ts";
import type { Sink, Stream } from "../stream/stream.ts";
import { fitStatus } from "./fit_status.ts";
import { type ColorDepth, drawHalfBlocks } from "./half_blocks.ts";

const HIDE_CURSOR = "\x1b[?25l";
const ENTER = `\x1b[?1049h${HIDE_CURSOR}\x1b[2J`; // alternate screen, cursor hidden, cleared
const LEAVE = "\x1b[0m\x1b[?25h\x1b[?1049l";

/** Begins and ends an update that the terminal shows in one step; other terminals ignore it. */
const [BEGIN_UPDATE, END_UPDATE] = ["\x1b[?2026h", "\x1b[?2026l"];

/** The terminals that have fewer than 256 colors. */
const FEW_COLORS = /^(linux|vt\d+|ansi|screen|cons25|sun|xterm-(mono|16color))$/;

/**
 * The terminal's colors, as the usual environment variables say. With NO_COLOR, and on a terminal that has fewer than 256
 * of them, pictures are gray.
 */
export function colorDepth(
  env: { COLORTERM?: string; TERM?: string; NO_COLOR?: string },
): ColorDepth {
  const { COLORTERM = "", TERM = "" } = env;
  const isDirect = /truecolor|24bit/i.test(COLORTERM) || /direct/.test(TERM);
  if (env.NO_COLOR) return isDirect ? "24-bit grays" : "grays";
  if (isDirect) return "24-bit";
  return FEW_COLORS.test(TERM) ? "grays" : "256";
}

/** The part of stdout that draws. */
export interface Screen {
  write(bytes: Uint8Array): Promise<number>;
  writeSync(bytes: Uint8Array): number;
  size(): { columns: number; rows: number };
}

const stdout: Screen = {
  write: (bytes) => Deno.stdout.write(bytes),
  writeSync: (bytes) => Deno.stdout.writeSync(bytes),
  size: () => Deno.consoleSize(),
};

/** The terminal on stdout. The picture has the screen between `enter` and `leave`. */
export class Terminal implements Sink, Disposable {
  readonly name = "the terminal";
  readonly #depth: ColorDepth;
  readonly #status: () => string;
  readonly #stdout: Screen;
  readonly #encoder = new TextEncoder();
  /** The screen that the last frame was drawn for. */
  #drawnFor = "";
  #entered = false;
  /** Draws the newest frame. */
  #drawNewest: (() => string) | undefined;
  /** Fulfilled when what has been drawn is written. */
  #painted: Promise<void> = Promise.resolve();

  /** `status` is the line below the picture. */
  constructor(
    { depth, status, screen = stdout }: {
      depth: ColorDepth;
      status: () => string;
      screen?: Screen;
    },
  ) {
    this.#depth = depth;
    this.#stdout = screen;
    this.#status = status;
    globalThis.addEventListener("unload", this.#restore); // on every way out of the program
  }

  /** Takes over the screen, and draws the newest frame if there is one. Called again, it redraws. */
  enter(): void {
    this.#writeNow(this.#entered ? HIDE_CURSOR : ENTER);
    this.#entered = true;
    this.#drawnFor = ""; // the next drawing clears it
    this.#paint().catch(() => {}); // `run` sees the failure of the next frame
  }

  /** Restores the screen and the cursor. */
  async leave(): Promise<void> {
    if (!this.#entered) return;
    this.#entered = false;
    await this.#painted.catch(() => {}); // `run` sees it
    this.#writeNow(LEAVE);
  }

  /** Leaves the screen as it is: another program has it now. */
  forget(): void {
    this.#entered = false;
  }

  /** Shows the newest frame, and the status below it, until the frames end or on abort. */
  async run(
    stream: Pick<Stream, "frames" | "subscribe">,
    { signal }: { signal: AbortSignal },
  ): Promise<void> {
    using _subscription = stream.subscribe();
    using reader = stream.frames.reader({ signal });
    for (let taken; (taken = await reader.take());) {
      const { value } = taken;
      this.#drawNewest = () => this.#draw(value, this.#status());
      await this.#paint();
    }
  }

  /** Restores the screen and the cursor. Can be called again. */
  [Symbol.dispose](): void {
    globalThis.removeEventListener("unload", this.#restore);
    this.#restore();
  }

  readonly #restore = (): void => {
    if (!this.#entered) return;
    this.#entered = false;
    this.#writeNow(LEAVE);
  };

  #paint(): Promise<void> {
    return this.#painted = this.#painted.then(async () => {
      if (!this.#entered || !this.#drawNewest) return;
      // Not synchronous: a terminal that is slow, or stopped with Ctrl-S, must not stop the reading.
      const bytes = this.#encoder.encode(this.#drawNewest());
      for (let at = 0; at < bytes.length;) at += await this.#stdout.write(bytes.subarray(at));
    });
  }

  #draw(frame: Frame, status: string): string {
    const { columns, rows } = this.#stdout.size();
    const screen = `${columns}x${rows}`;
    const clear = screen === this.#drawnFor ? "" : "\x1b[2J";
    this.#drawnFor = screen;
    const picture = drawHalfBlocks(frame, {
      columns,
      rows: Math.max(1, rows - 1),
      depth: this.#depth,
    });
    const line = `\x1b[${rows};1H\x1b[K${fitStatus(status, columns - 1)}`;
    return BEGIN_UPDATE + clear + picture + line + END_UPDATE;
  }

  #writeNow(text: string): void {
    const bytes = this.#encoder.encode(text);
    try {
      for (let at = 0; at < bytes.length;) at += this.#stdout.writeSync(bytes.subarray(at));
    } catch (thrown) {
      if (!(thrown instanceof Deno.errors.BrokenPipe)) throw thrown; // the terminal is gone
    }
  }
}
