/** Server-sent events to one listener. */

/** How many events may wait for a slow listener; the next ones are left out. */
const MAX_WAITING = 100;

export interface EventStreamOptions {
  /** Seconds without progress after which the stream ends. */
  readonly stall: number;
  /** Called once, when the stream has ended. */
  readonly onEnd: () => void;
  /** Called after `onEnd` if the listener reads nothing. It has to close the connection: a body cannot. */
  readonly onStall: () => void;
  /** In milliseconds. */
  readonly clock?: () => number;
}

/** Ends by `end()`, when the listener goes, and when it reads nothing of what waits for `stall` seconds. */
export class EventStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #options: EventStreamOptions;
  readonly #clock: () => number;
  readonly #waiting: Uint8Array[] = [];
  /** Since when the listener has read nothing of what waits, in milliseconds; undefined if nothing waits. */
  #stuckSince: number | undefined;
  #wake = () => {};
  #isOver = false;

  constructor(options: EventStreamOptions) {
    this.#options = options;
    this.#clock = options.clock ?? (() => performance.now());
    this.body = new ReadableStream<Uint8Array>({
      pull: (controller) => this.#pull(controller),
      cancel: () => this.end(),
    }, { highWaterMark: 0 });
  }

  /** Sends an event. */
  send(event: string, data: unknown): void {
    if (this.#isOver) return;
    const now = this.#clock();
    const { stall, onStall } = this.#options;
    if (this.#stuckSince !== undefined && now - this.#stuckSince > stall * 1000) {
      this.end();
      return onStall();
    }
    if (this.#waiting.length >= MAX_WAITING) return;
    this.#stuckSince ??= now;
    const text = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    this.#waiting.push(new TextEncoder().encode(text));
    this.#wake();
  }

  /** Ends the body after the events that wait. Can be called again. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#wake();
    this.#options.onEnd();
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    while (this.#waiting.length === 0 && !this.#isOver) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const next = this.#waiting.shift();
    if (!next) return controller.close();
    this.#stuckSince = this.#waiting.length > 0 ? this.#clock() : undefined;
    controller.enqueue(next);
  }
}
