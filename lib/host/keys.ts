/** Reads single keys from the terminal: q ends the program. */

import fs from "node:fs";
import type { JobControl } from "./job_control.ts";

/** How often the terminal is polled for a key, and the gap after which the program may have been stopped. */
const [POLL_INTERVAL_MS, LONG_GAP_MS] = [100, 300];

/** What the terminal sends for Ctrl-C, Ctrl-Z and Ctrl-\\ in a mode without signals. */
const [CTRL_C, CTRL_Z, CTRL_BACKSLASH] = [0x03, 0x1a, 0x1c];

/** What keys do to the program. */
export interface KeyActions {
  /** Ends the program. */
  readonly stop: () => void;
  /** Does what Ctrl-C does. */
  readonly interrupt: () => void;
}

/**
 * Ends the program when q is typed. Does nothing where stdin is not a terminal: another program may read
 * its keys then, as ssh does for a password. Works only while the program is in the foreground; the terminal
 * is restored on disposal.
 *
 * Ctrl-C and Ctrl-Z keep their meaning. Where Ctrl-Z is caught they are read as keys: as signals they make
 * the kernel drop what is being written to the terminal, and a blocked write in another thread, as Deno's
 * are, can then block forever (seen with Linux 6.18).
 */
export function onKeys(
  { stop, interrupt }: KeyActions,
  job: JobControl,
): AsyncDisposable {
  if (!Deno.stdin.isTerminal()) return { [Symbol.asyncDispose]: () => Promise.resolve() };
  const read = (count: number, keys: Uint8Array) => {
    for (const key of keys.subarray(0, count)) {
      if (key === "q".charCodeAt(0)) stop();
      else if (key === CTRL_C || key === CTRL_BACKSLASH) interrupt();
      else if (key === CTRL_Z) void job.stop();
    }
  };
  const keyboard = Deno.build.os === "windows" ? waitForKeys(read) : pollKeys(read, job);
  const restore = () => keyboard.leave({ mayWrite: true });
  const shared = job.share(keyboard);
  globalThis.addEventListener("unload", restore); // on every way out of the program
  return {
    [Symbol.asyncDispose]: async () => {
      globalThis.removeEventListener("unload", restore);
      await shared[Symbol.asyncDispose]();
    },
  };
}

type OnKeys = (count: number, keys: Uint8Array) => void;

/**
 * Polls for keys: a blocking read would stop the program when it goes to the background (SIGTTIN).
 */
function pollKeys(onKeys: OnKeys, job: JobControl) {
  const { O_RDONLY, O_NONBLOCK } = fs.constants;
  const keys = new Uint8Array(16);
  let terminal: number;
  try {
    terminal = fs.openSync("/dev/tty", O_RDONLY | O_NONBLOCK);
  } catch {
    return { take() {}, leave() {} }; // no controlling terminal (setsid): no keys
  }
  let timer: number | undefined;
  let last = 0;
  const poll = () => {
    const now = performance.now();
    const gap = now - last;
    last = now;
    // The program may have been stopped and continue in the background, where a read would stop it again:
    // SIGCONT is handled before the next poll.
    if (gap > LONG_GAP_MS) return;
    try {
      onKeys(fs.readSync(terminal, keys), keys);
    } catch (thrown) {
      // EAGAIN: no key. Anything else: the terminal is gone.
      if (!(thrown instanceof Error && "code" in thrown && thrown.code === "EAGAIN")) {
        clearInterval(timer);
      }
    }
  };
  let taken = false;
  return {
    take() {
      Deno.stdin.setRaw(true, { cbreak: !job.catchesStop });
      taken = true;
      clearInterval(timer);
      last = performance.now();
      timer = setInterval(poll, POLL_INTERVAL_MS);
      Deno.unrefTimer(timer);
    },
    leave({ mayWrite }: { mayWrite: boolean }) {
      clearInterval(timer);
      if (taken && mayWrite) Deno.stdin.setRaw(false);
      taken = false;
    },
  };
}

/** Waits for keys, on Windows. */
function waitForKeys(onKeys: OnKeys) {
  return {
    take() {
      Deno.stdin.setRaw(true, { cbreak: true });
      const keys = new Uint8Array(16);
      const read = async () => {
        for (let count; (count = await Deno.stdin.read(keys)) !== null;) onKeys(count, keys);
      };
      read().catch(() => {}); // the terminal is gone: no more keys
    },
    leave() {
      Deno.stdin.setRaw(false);
    },
  };
}
