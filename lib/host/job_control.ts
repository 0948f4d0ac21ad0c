/**
 * What becomes of the terminal when this program is a job of a shell: it is taken in the foreground, given
 * back at Ctrl-Z, and left alone in the background.
 */

import { isForeground } from "./foreground.ts";
import { startStopper } from "./stopper.ts";

/** How often a job in the background looks whether `fg` has been typed, in ms: bash sends no signal. */
const INTERVAL = 5000;

/** What uses the terminal. */
export interface TerminalUser {
  /** The program has the terminal. Called again where others may have changed its modes. */
  take(): void;
  /** It has lost it. `mayWrite` where its modes and its screen can still be put back. */
  leave(state: { mayWrite: boolean }): void | Promise<void>;
}

export class JobControl implements AsyncDisposable {
  readonly #users = new Set<TerminalUser>();
  readonly #signals: [Deno.Signal, () => void][] = [];
  readonly #end = new AbortController();
  #stopper: (AsyncDisposable & { stop(): void }) | undefined;
  #timer: number | undefined;
  #looks = 0;
  #foreground = false;

  constructor() {
    if (Deno.build.os === "windows") {
      this.#foreground = true;
      return;
    }
    // Who has the terminal now is not known yet.
    this.#listen("SIGCONT", () => {
      void this.#leave({ mayWrite: false });
      void this.#look();
    });
    const { stdin, stdout, stderr } = Deno;
    if ([stdin, stdout, stderr].some((stream) => stream.isTerminal())) void this.#look();
    else this.#foreground = true;
  }

  /** Lets `user` have the terminal, now or as soon as the program is in the foreground. */
  share(user: TerminalUser): AsyncDisposable {
    this.#users.add(user);
    if (this.#foreground) user.take();
    return {
      [Symbol.asyncDispose]: async () => {
        if (this.#users.delete(user)) await user.leave({ mayWrite: this.#foreground });
      },
    };
  }

  /**
   * Has Ctrl-Z put the terminal back before the program stops. Call it while `env` may still be run; where
   * it can't, Ctrl-Z stops the program as it is.
   */
  catchStop(): void {
    if (this.#stopper || Deno.build.os === "windows") return;
    this.#stopper = startStopper();
    if (!this.#stopper) return;
    this.#listen("SIGTSTP", () => void this.stop());
    if (this.#foreground) { for (const user of this.#users) user.take(); }
  }

  /** Whether Ctrl-Z is caught. */
  get catchesStop(): boolean {
    return this.#stopper !== undefined;
  }

  /** Puts the terminal back, and stops the program until SIGCONT. */
  async stop(): Promise<void> {
    this.#looks++; // a look under way is of the time before
    await this.#leave({ mayWrite: true });
    this.#stopper?.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    clearTimeout(this.#timer);
    for (const [name, listener] of this.#signals) Deno.removeSignalListener(name, listener);
    await this.#stopper?.[Symbol.asyncDispose]();
  }

  #listen(name: Deno.Signal, listener: () => void): void {
    Deno.addSignalListener(name, listener);
    this.#signals.push([name, listener]);
  }

  async #leave(state: { mayWrite: boolean }): Promise<void> {
    if (!this.#foreground) return;
    this.#foreground = false;
    // The modes, which were changed first, are put back last, when all is written.
    for (const user of [...this.#users].reverse()) await user.leave(state);
  }

  /** Looks who has the terminal, and hands it to its users or takes it from them. */
  async #look(): Promise<void> {
    clearTimeout(this.#timer);
    const look = ++this.#looks;
    const foreground = await isForeground({ signal: this.#end.signal });
    if (look !== this.#looks || this.#end.signal.aborted) return;
    this.#foreground = foreground;
    if (foreground) {
      for (const user of this.#users) user.take();
      return;
    }
    this.#timer = setTimeout(() => void this.#look(), INTERVAL);
    Deno.unrefTimer(this.#timer);
  }
}
