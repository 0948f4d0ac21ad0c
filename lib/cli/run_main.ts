/**
 * Runs the main function of a program. Signals stop it; an error becomes two lines and an exit code:
 * 0 at the end or on request, 1 for an error at run time, 2 for a wrong command line.
 */

import { Failure, messageOf } from "../log/failure.ts";
import { ConsoleLog } from "./console_log.ts";
import { checkDescriptors } from "../host/descriptors.ts";
import { UsageError } from "./option_table.ts";

/** How long a program can take to stop. After that it exits, whatever it still waits for. */
const STOP_MS = 2500;

/** What the main function gets. */
export interface Control {
  readonly signal: AbortSignal;
  /** Stops the program. */
  readonly stop: () => void;
  /** Does the same as Ctrl-C: stops the program, the second time at once. */
  readonly interrupt: () => void;
  readonly log: ConsoleLog;
}

/** Runs `main` and exits. */
export async function runMain(main: (control: Control) => Promise<void>): Promise<never> {
  const controller = new AbortController();
  const log = new ConsoleLog();
  /** An error that nothing has caught. */
  let stray: { reason: unknown } | undefined;
  const stop = () => {
    if (controller.signal.aborted) return;
    controller.abort();
    // Some waits cannot be aborted, for example a write to a pipe that nobody reads.
    Deno.unrefTimer(setTimeout(() => Deno.exit(stray ? 1 : 0), STOP_MS));
  };
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK", "SIGHUP"] // SIGHUP: the console window is closed
    : ["SIGINT", "SIGTERM", "SIGHUP"];
  const interrupt = () => controller.signal.aborted ? Deno.exit(1) : stop();
  const onStray = (event: Event, reason: unknown) => {
    event.preventDefault();
    stray ??= { reason };
    stop();
  };
  globalThis.addEventListener("unhandledrejection", (event) => onStray(event, event.reason));
  globalThis.addEventListener("error", (event) => onStray(event, event.error));

  try {
    checkDescriptors();
    for (const name of signals) Deno.addSignalListener(name, interrupt);
    await main({ signal: controller.signal, stop, interrupt, log });
  } catch (thrown) {
    if (!controller.signal.aborted || thrown instanceof Failure) stray ??= { reason: thrown };
  }
  if (stray) {
    report(stray.reason, log);
    Deno.exit(stray.reason instanceof UsageError ? 2 : 1);
  }
  log.status("");
  Deno.exit(0);
}

/** Prints the error and its hint. */
function report(thrown: unknown, log: ConsoleLog): void {
  log.status("");
  const hint = thrown instanceof Failure
    ? thrown.hint
    : "this is a bug; --log-level debug shows where it happened";
  log.failure(messageOf(thrown), hint);
  for (let cause = thrown; cause instanceof Error; cause = cause.cause) {
    for (const line of cause.stack?.split("\n") ?? []) log.debug(line);
  }
}
