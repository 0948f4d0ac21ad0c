/** The time in which a source is closed: since when, until when, what the log says and what is shown. */

import { wallClock } from "../frame/clock.ts";
import type { Frame } from "../frame/frame.ts";
import type { FrameFormat } from "../frame/frame_format.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { Closure } from "../frame/outage.ts";
import type { Log } from "../log/log.ts";
import type { Opening } from "./opening.ts";

/** The hours of a source, outside of which nothing is captured. */
export interface CaptureHours {
  readonly opening: Opening;
  /** The size of its pictures if it is closed at the start: nothing is opened to find it. */
  readonly size: FrameSize;
  /** Draws the placeholder for a closed source: the pixels of a frame of this format. `until` is for people. */
  readonly draw: (
    format: FrameFormat,
    closure: { readonly name: string; readonly until: string | undefined },
  ) => Uint8Array<ArrayBuffer>;
}

export class ClosedTime {
  readonly #hours: CaptureHours | undefined;
  readonly #name: string;
  readonly #log: Pick<Log, "info">;
  #closure: Closure | undefined;

  /** Without hours it is never closed. */
  constructor(
    hours: CaptureHours | undefined,
    { name, log }: { readonly name: string; readonly log: Pick<Log, "info"> },
  ) {
    this.#hours = hours;
    this.#name = name;
    this.#log = log;
    this.note();
  }

  /** Since when the source is closed, and until when; undefined in its hours. */
  get closure(): Closure | undefined {
    return this.#closure;
  }

  /** Notes, and logs, whether it is closed now. */
  note(): void {
    if (!this.#hours) return;
    const { opening } = this.#hours;
    const { isOpen, until } = opening.state;
    if (isOpen && this.#closure) this.#log.info(`${this.#name} opens: its hours begin`);
    if (!isOpen && !this.#closure) {
      const end = until ? ` until ${opening.format(until)}` : "";
      this.#log.info(`${this.#name} is closed${end}: these are not its hours`);
    }
    this.#closure = isOpen ? undefined : { since: this.#closure?.since ?? new Date(), until };
  }

  /** The picture of the closed source, with the number of the frame that comes next. */
  picture(format: FrameFormat, sequence: number): Frame | undefined {
    if (!this.#hours || !this.#closure) return undefined;
    const { opening, draw } = this.#hours;
    const { until } = this.#closure;
    const pixels = draw(format, { name: this.#name, until: until && opening.format(until) });
    return { format, pixels, sequence, capturedAt: wallClock(), kind: "placeholder" };
  }
}
