/**
 * Shares the terminal with the shell that this program is a job of: the program takes it in the foreground,
 * gives it back at Ctrl-Z, and leaves it alone in the background.
 */

import { isForeground } from "./foreground.ts";
import { startStopper } from "./stopper.ts";

/** How often a background job checks whether it is in the foreground again: `fg` of bash sends no signal. */
const CHECK_INTERVAL_MS = 5000;

/** A part of the program that uses the terminal. */
export interface TerminalUser {
  /** The program has the terminal. Called again where other programs may have changed its modes. */
  take(): void;
  /** The program has lost the terminal. `mayWrite`: its modes and its screen can still be restored. */
  leave(state: { mayWrite: boolean }): void | Promise<void>;
}

export class JobControl implements AsyncDisposable {
  readonly #users = new Set<TerminalUser>();
  readonly #signals: [Deno.Signal, () => void][] = [];
  readonly #end = new AbortController();
  #stopper: (AsyncDisposable & { stop(): void }) | undefined;
  #timer: number | undefined;
  #checks = 0;
  #foreground = false;

  constructor() {
    if (Deno.build.os === "windows") {
      this.#foreground = true;
      return;
    }
    // It is not known yet who has the terminal now.
    this.#listen("SIGCONT", () => {
      void this.#leave({ mayWrite: false });
      void this.#check();
    });
    const { stdin, stdout, stderr } = Deno;
    if ([stdin, stdout, stderr].some((stream) => stream.isTerminal())) void this.#check();
    else this.#foreground = true;
  }

  /** Gives `user` the terminal, now or when the program comes to the foreground. */
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
   * Makes Ctrl-Z restore the terminal before the program stops. Call it while `env` may still be run; where
   * it can't be started, Ctrl-Z stops the program without that.
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

  /** Restores the terminal, and stops the program until SIGCONT. */
  async stop(): Promise<void> {
    this.#checks++; // a pending check is out of date
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
    // The modes were changed first: they are restored last, when everything is written.
    for (const user of [...this.#users].reverse()) await user.leave(state);
  }

  /** Checks who has the terminal, and gives it to the users where the program has it. */
  async #check(): Promise<void> {
    clearTimeout(this.#timer);
    const check = ++this.#checks;
    const foreground = await isForeground({ signal: this.#end.signal });
    if (check !== this.#checks || this.#end.signal.aborted) return;
    this.#foreground = foreground;
    if (foreground) {
      for (const user of this.#users) user.take();
      return;
    }
    this.#timer = setTimeout(() => void this.#check(), CHECK_INTERVAL_MS);
    Deno.unrefTimer(this.#timer);
  }
}
