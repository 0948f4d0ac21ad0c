/** Takes connections from a listener, one after the other, whatever becomes of some of them. */

import type { Log } from "../log/log.ts";
import { messageOf } from "../log/failure.ts";
import type { Connection } from "./connection.ts";
import { LineBudget } from "./line_budget.ts";
import type { Endpoint } from "./listen.ts";

/** How long to wait where no descriptor is left, in milliseconds: with and without one to come. */
const [SHORT_PAUSE, LONG_PAUSE] = [10, 200];

/** So many failures in a row of which we know no cause: then the listener itself may be broken. */
const MOST_FAILURES = 100;

/** So many that have hung up are passed over at once. */
const MOST_AT_ONCE = 64;

/** How often such failures are logged. */
const COMPLAINTS = { burst: 1, interval: 10_000 };

/** What the system says where a process, or all of them, have too many descriptors or too little memory. */
const EXHAUSTED = ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"];

export class Acceptor {
  readonly #endpoint: Pick<Endpoint, "accept" | "isClosed">;
  readonly #log: Log;
  readonly #makeRoom: () => boolean;
  readonly #pause: (milliseconds: number) => Promise<void>;
  readonly #complaints = new LineBudget(COMPLAINTS);
  #failures = 0;
  /** How many in a row had hung up. */
  #hungUp = 0;

  /** `makeRoom` closes one connection that can be spared; false where there is none. */
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
   * The next connection; undefined once the listener is closed. A peer that has hung up meanwhile costs
   * nothing: it is only where no descriptor is left that the next try has to wait.
   */
  async next(): Promise<Connection | undefined> {
    while (!this.#endpoint.isClosed) {
      // Deno takes one waiting connection after the other without a look at what else has come: what
      // those say would be read only after all of them. A timer lets it look.
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
    const line = `a client could not be accepted: ${messageOf(thrown)}`;
    this.#complaints.tell(line, this.#log.warn);
    if (EXHAUSTED.includes((thrown as { code?: string }).code ?? "")) {
      return this.#makeRoom() ? SHORT_PAUSE : LONG_PAUSE;
    }
    return ++this.#failures > MOST_FAILURES ? LONG_PAUSE : 0;
  }
}

/** Whether the peer was gone before it was accepted. */
function hasHungUp(thrown: unknown): boolean {
  const { NotConnected, ConnectionReset, ConnectionAborted, BrokenPipe, TimedOut } = Deno.errors;
  const kinds = [NotConnected, ConnectionReset, ConnectionAborted, BrokenPipe, TimedOut];
  return kinds.some((kind) => thrown instanceof kind);
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
