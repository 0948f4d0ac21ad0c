/**
 * How a client begins: with a greeting line, or silent. It owns no connection; the reading loop of the session gives
 * it what it has read.
 */

import { type Clock, steadyClock } from "../async/clock.ts";
import { FirstLineReader } from "../wire/first_line.ts";
import { type Hello, parseHello } from "../wire/hello.ts";
import { WireError } from "../wire/wire_error.ts";

/** A client that sends nothing for so long after connecting is silent. */
const SILENCE_MS = 100;

/** A timer that fires so late shows that this program is busy. */
const LATE_MS = 20;

/** In one turn of the event loop Deno reads from some of the ready connections only: at most 1024 events of the system. */
const LAST_TURNS = 3;

/** The time for the whole greeting from the connection on, the TLS handshake included. */
const GREETING_MS = 2000;

export class Greeting {
  readonly #clock: Clock;
  readonly #line = new FirstLineReader();
  readonly #hello = Promise.withResolvers<Hello | undefined>();
  readonly #deadline: Disposable;
  #silence: Disposable | undefined;
  #state: "connecting" | "reading" | "over" = "connecting";

  constructor(clock: Clock = steadyClock) {
    this.#clock = clock;
    this.#hello.promise.catch(() => {}); // every reader of `hello` sees the error
    this.#deadline = clock.after(GREETING_MS, () => {
      if (this.#state === "connecting") {
        this.#fail(new WireError("the TLS handshake was not finished"));
      } else {
        this.end();
      }
    });
  }

  /** The connection is open: the client can send from now on. */
  begin(): void {
    if (this.#state !== "connecting") return;
    this.#state = "reading";
    this.#awaitSilence();
  }

  /** Counts the client as silent if it sends nothing for `SILENCE_MS`. */
  #awaitSilence(): void {
    const due = this.#clock.now() + SILENCE_MS;
    this.#silence = this.#clock.after(SILENCE_MS, () => {
      // If this program was too busy to read in time, the silence may not be the client's.
      if (this.#clock.now() > due + LATE_MS) return this.#awaitSilence();
      this.#settleAfter(LAST_TURNS);
    });
  }

  /** Settles after so many turns of the event loop, so that a line which has arrived meanwhile is read first. */
  #settleAfter(turns: number): void {
    if (turns === 0) return this.#settle(undefined);
    this.#silence = this.#clock.after(0, () => this.#settleAfter(turns - 1));
  }

  /** The buffer for the next bytes. */
  get space(): Uint8Array<ArrayBuffer> {
    return this.#line.space;
  }

  /**
   * The client's greeting; undefined if it is silent or speaks another protocol. Rejects with a `WireError` if the
   * line begins as a greeting and is not valid.
   */
  get hello(): Promise<Hello | undefined> {
    return this.#hello.promise;
  }

  /** Whether the next bytes no longer belong to the greeting. */
  get isOver(): boolean {
    return this.#state === "over";
  }

  /** Takes `count` bytes from `space`. Returns how many of them follow the client's line. */
  filled(count: number): number {
    if (this.isOver) return 0;
    const first = !this.#line.begun;
    try {
      const beginning = this.#line.filled(count);
      if (beginning) {
        const { line, rest } = beginning;
        this.#settle(line === undefined ? undefined : parseHello(line));
        return line === undefined ? 0 : rest.length;
      }
    } catch (thrown) {
      this.#fail(thrown);
      return 0;
    }
    if (first) this.#silence?.[Symbol.dispose]();
    return 0;
  }

  /** No more bytes of the greeting come: a client that has sent none is silent, an unfinished line is an error. */
  end(): void {
    if (this.#line.begun) this.#fail(new WireError("the first line was not ended"));
    else this.#settle(undefined);
  }

  #settle(hello: Hello | undefined): void {
    this.#stop();
    this.#hello.resolve(hello);
  }

  #fail(thrown: unknown): void {
    this.#stop();
    this.#hello.reject(thrown);
  }

  #stop(): void {
    this.#state = "over";
    this.#silence?.[Symbol.dispose]();
    this.#deadline[Symbol.dispose]();
  }
}
