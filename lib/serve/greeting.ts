/**
 * What a client begins with: a line of the protocol, or silence. It owns no connection; the reading
 * loop of the session hands it what was read.
 */

import { FirstLineReader } from "../wire/first_line.ts";
import { type Hello, parseHello } from "../wire/hello.ts";
import { WireError } from "../wire/wire_error.ts";

/** How long a client may take to its first byte before it counts as silent, in milliseconds. */
const SILENCE = 100;

/** A timer that is so late, in milliseconds, tells that the program is busy. */
const LATE = 20;

/** How long all of it may take from the connection on, the TLS handshake included, in milliseconds. */
const PATIENCE = 2000;

/** The first words of one client. */
export class Greeting {
  readonly #line = new FirstLineReader();
  readonly #heard = Promise.withResolvers<Hello | undefined>();
  #silence: number | undefined;
  readonly #deadline: number;
  #begun = false;
  #over = false;

  constructor() {
    this.#heard.promise.catch(() => {}); // whoever waits for it sees it too
    this.#deadline = setTimeout(() => {
      if (this.#begun) this.end();
      else this.#fail(new WireError("the TLS handshake was not finished"));
    }, PATIENCE);
  }

  /** The client can be heard from now on. */
  begin(): void {
    if (this.#over) return;
    this.#begun = true;
    this.#awaitSilence();
  }

  /** Takes the client for a silent one where it says nothing for long enough. */
  #awaitSilence(): void {
    const due = performance.now() + SILENCE;
    this.#silence = setTimeout(() => {
      // Where we were too busy to read in time, silence says nothing about the client.
      if (performance.now() > due + LATE) return this.#awaitSilence();
      // Once more around the loop, so that a line which has come meanwhile is read first.
      this.#silence = setTimeout(() => this.#settle(undefined));
    }, SILENCE);
  }

  /** Where the next bytes go. */
  get space(): Uint8Array<ArrayBuffer> {
    return this.#line.space;
  }

  /**
   * The client's line; undefined where it is silent, or speaks another language. Throws a `WireError`
   * where it began as ours and is none.
   */
  get heard(): Promise<Hello | undefined> {
    return this.#heard.promise;
  }

  /** Whether no more bytes belong to it. */
  get isOver(): boolean {
    return this.#over;
  }

  /** Takes note of `count` bytes in `space`. Returns how many of them stood behind the client's line. */
  filled(count: number): number {
    if (this.#over) return 0;
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
    if (first) clearTimeout(this.#silence);
    return 0;
  }

  /** The client says no more: a line that is not ended is none. */
  end(): void {
    if (this.#line.begun) this.#fail(new WireError("the first line was not ended"));
    else this.#settle(undefined);
  }

  #settle(hello: Hello | undefined): void {
    this.#stop();
    this.#heard.resolve(hello);
  }

  #fail(thrown: unknown): void {
    this.#stop();
    this.#heard.reject(thrown);
  }

  #stop(): void {
    this.#over = true;
    clearTimeout(this.#silence);
    clearTimeout(this.#deadline);
  }
}
