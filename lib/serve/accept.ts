/** Accepts connections from a listener, one after the other; a connection that fails does not end it. */

import type { Log } from "../log/log.ts";
import { messageOf } from "../log/failure.ts";
import type { Connection } from "./connection.ts";
import { LineBudget } from "./line_budget.ts";
import type { Endpoint } from "./listen.ts";

/** The pause if no descriptor is left: short if a connection was closed to free one, else long. */
const [SHORT_PAUSE_MS, LONG_PAUSE_MS] = [10, 200];

/** After so many failures of unknown cause in a row the listener may be broken: then it pauses too. */
const MOST_FAILURES = 100;

/** After so many connections in a row that their peers have closed, other events get a turn. */
const MOST_AT_ONCE = 64;

/** How often failures are logged. */
const FAILURE_LINES = { burst: 1, interval: 10_000 };

/** The error codes for too many open descriptors, of the process or the system, and for too little memory. */
const EXHAUSTED = ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"];

export class Acceptor {
  readonly #endpoint: Pick<Endpoint, "accept" | "isClosed">;
  readonly #log: Log;
  readonly #makeRoom: () => boolean;
  readonly #pause: (milliseconds: number) => Promise<void>;
  readonly #failureLines = new LineBudget(FAILURE_LINES);
  #failures = 0;
  /** How many connections in a row were closed by their peers before they were accepted. */
  #hungUp = 0;

  /** `makeRoom` closes one connection that is not served yet; it returns false if there is none. */
  constructor(
    endpoint: Pick<Endpoint, "accept" | "isClosed">,
    { log, makeRoom, pause = wait }: {
      log: Log;
      makeRoom: () => boolean;
      pause?: (milliseconds: number) => Promise<void>;
    },
  ) {
    this.#endpoint = endpoint;
    this.#log = log;
    this.#makeRoom = makeRoom;
    this.#pause = pause;
  }

  /**
   * The next connection; undefined once the listener is closed. A connection that its peer has closed meanwhile is
   * passed over without a pause.
   */
  async next(): Promise<Connection | undefined> {
    while (!this.#endpoint.isClosed) {
      // Deno accepts all waiting connections before it reads what their clients send. A timer lets it read in between.
      if (this.#hungUp % MOST_AT_ONCE === 0) await this.#pause(0);
      try {
        const connection = await this.#endpoint.accept();
        [this.#failures, this.#hungUp] = [0, 0];
        return connection;
      } catch (thrown) {
        if (this.#endpoint.isClosed) break;
        const milliseconds = this.#pauseAfter(thrown);
        if (milliseconds > 0) await this.#pause(milliseconds);
      }
    }
    return undefined;
  }

  #pauseAfter(thrown: unknown): number {
    if (hasHungUp(thrown)) {
      this.#hungUp++;
      return 0;
    }
    this.#hungUp = 0;
    const line = `cannot accept a client: ${messageOf(thrown)}`;
    this.#failureLines.tell(line, this.#log.warn);
    if (EXHAUSTED.includes((thrown as { code?: string }).code ?? "")) {
      return this.#makeRoom() ? SHORT_PAUSE_MS : LONG_PAUSE_MS;
    }
    return ++this.#failures > MOST_FAILURES ? LONG_PAUSE_MS : 0;
  }
}

/** Whether the peer closed the connection before it was accepted. */
function hasHungUp(thrown: unknown): boolean {
  const { NotConnected, ConnectionReset, ConnectionAborted, BrokenPipe, TimedOut } = Deno.errors;
  const kinds = [NotConnected, ConnectionReset, ConnectionAborted, BrokenPipe, TimedOut];
  return kinds.some((kind) => thrown instanceof kind);
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
