/**
 * The user's own program at an event: a filter begins to find something, an object enters, the server is lost, or it is
 * back; on a server, a camera gets its first viewer, or its last one has left.
 * One runs at a time, with the event in its environment, and never through a shell.
 */

import { abortedOr } from "../async/aborted.ts";
import { messageOf } from "../log/failure.ts";
import { type Detection, foundCount } from "../frame/detection.ts";
import type { Log } from "../log/log.ts";
import { startOther } from "../host/start_other.ts";
import { listsObjects, objectEvent } from "../frame/object_event.ts";
import type { Sink, Stream } from "../stream/stream.ts";
import { followLines } from "./follow_lines.ts";

/** After so long without a detection the next one is an event again. */
const QUIET_MS = 3000;

/** How long the program can take to end when the client ends. */
const STOP_MS = 500;

/** How long its last lines can take after its end: what it has started can hold its output open. */
const LAST_LINES_MS = 500;

/** How many events can wait while the program runs; the oldest is dropped first. */
const MAX_WAITING_EVENTS = 16;

/** How many labels are remembered; a filter of the user's can report any number. */
const MAX_LABELS = 1000;

export class EventHook implements Sink, AsyncDisposable {
  readonly name: string;
  readonly #command: readonly string[];
  readonly #log: Log;
  readonly #start: typeof startOther;
  readonly #foundAt = new Map<string, number>();
  readonly #waiting: Record<string, string>[] = [];
  /** Ends the reading of what the programs print. */
  readonly #end = new AbortController();
  #running: Promise<void> | undefined;
  #child: Deno.ChildProcess | undefined;

  /** `command`: a program and its arguments. */
  constructor(
    command: readonly string[],
    { log, start = startOther }: { log: Log; start?: typeof startOther },
  ) {
    this.name = command[0] ?? "";
    this.#command = command;
    this.#log = log;
    this.#start = start;
  }

  /** Runs the program at the stream's detections until the frames end or on abort. */
  async run(
    { frames, detections }: Pick<Stream, "frames" | "detections">,
    { signal }: { signal: AbortSignal },
  ): Promise<void> {
    using _detections = detections.listen((detection) => this.found(detection));
    await abortedOr(frames.ended, signal);
  }

  /**
   * A filter has looked at a frame: an event where it begins to find something, or something of another label. Behind
   * `track` it is one each time an object enters, and none for its frames.
   */
  found(detection: Detection): void {
    const object = objectEvent(detection);
    if (object?.event === "entered") {
      const { id, label, zone = "" } = object;
      this.#put("entered", {
        ...factsOf(detection),
        ...{ FRAMEWIRE_ID: String(id), FRAMEWIRE_LABEL: label, FRAMEWIRE_ZONE: zone },
      });
    }
    if (object || listsObjects(detection) || foundCount(detection) === 0) return;
    const labels = new Set(detection.labels);
    for (const label of labels.size > 0 ? labels : [undefined]) this.#foundOne(detection, label);
  }

  #foundOne(detection: Detection, label: string | undefined): void {
    const what = JSON.stringify([detection.filter, label]);
    const last = this.#foundAt.get(what) ?? -Infinity;
    const now = performance.now();
    this.#foundAt.delete(what); // becomes the newest one
    this.#foundAt.set(what, now);
    for (const oldest of this.#foundAt.keys()) {
      if (this.#foundAt.size <= MAX_LABELS) break;
      this.#foundAt.delete(oldest);
    }
    if (now - last < QUIET_MS) return;
    const facts = factsOf(detection);
    this.#put(detection.filter, label === undefined ? facts : { ...facts, FRAMEWIRE_LABEL: label });
  }

  /** The server is lost, or back. */
  happened(event: "lost" | "back", why: string): void {
    this.#put(event, { FRAMEWIRE_TIME: new Date().toISOString(), FRAMEWIRE_WHY: why });
  }

  /** A stream has got its first viewer, or its last one has left. */
  watched(stream: string, isWatched: boolean): void {
    this.#put(isWatched ? "watched" : "unwatched", {
      FRAMEWIRE_TIME: new Date().toISOString(),
      FRAMEWIRE_STREAM: stream,
    });
  }

  /** Resolves when no program runs, and no event waits. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** Ends the program that runs, and waits for it; events that wait are dropped. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    const child = this.#child;
    const kill = (signal: Deno.Signal) => {
      try {
        child?.kill(signal);
      } catch {
        // it has ended
      }
    };
    kill("SIGTERM");
    const timer = setTimeout(() => kill("SIGKILL"), STOP_MS);
    await this.#running;
    clearTimeout(timer);
  }

  #put(event: string, facts: Record<string, string>): void {
    if (this.#end.signal.aborted) return;
    if (this.#waiting.length === MAX_WAITING_EVENTS) this.#waiting.shift();
    this.#waiting.push({ FRAMEWIRE_EVENT: event, ...facts });
    this.#running ??= this.#runAll().finally(() => this.#running = undefined);
  }

  async #runAll(): Promise<void> {
    const { signal } = this.#end;
    for (let env; !signal.aborted && (env = this.#waiting.shift());) {
      await this.#runOnce(env, `${this.name} at ${env.FRAMEWIRE_EVENT}`);
    }
  }

  /** Runs the program to its end. Its stdout goes to the log, the last line of its stderr tells why it failed. */
  async #runOnce(env: Record<string, string>, what: string): Promise<void> {
    const { signal } = this.#end;
    try {
      const pipes = { stdin: "null", stdout: "piped", stderr: "piped" } as const;
      const child = this.#start(this.#command, { env, ...pipes });
      this.#child = child;
      let last = "";
      const lines = Promise.all([
        followLines(child.stdout, (line) => this.#log.info(`${this.name}: ${line}`), { signal }),
        followLines(child.stderr, (line) => last = line, { signal }),
      ]);
      const { code, signal: killedBy } = await child.status;
      this.#child = undefined;
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, LAST_LINES_MS);
      await Promise.race([lines, late]);
      clearTimeout(timer);
      if (code === 0 || signal.aborted) return;
      const end = killedBy ? `was killed (${killedBy})` : `ended with exit code ${code}`;
      this.#log.warn(`${what} ${end}${last && `: ${last}`}`);
    } catch (thrown) {
      this.#log.warn(`${what} could not be started: ${messageOf(thrown)}`);
    }
  }
}

/** What the program is told about every detection. */
function factsOf(detection: Detection): Record<string, string> {
  return {
    FRAMEWIRE_SEQUENCE: String(detection.sequence),
    FRAMEWIRE_TIME: new Date(detection.capturedAt).toISOString(),
    FRAMEWIRE_FIND: JSON.stringify(detection),
  };
}
