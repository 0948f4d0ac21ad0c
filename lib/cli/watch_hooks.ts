/**
 * `--exec` of the server: the user's program runs when a camera gets its first viewer, and after the last one has left. Each
 * camera has its own hook, so that a slow program of one does not delay another's.
 */

import { pause } from "../async/aborted.ts";
import { type Clock, steadyClock } from "../async/clock.ts";
import type { Log } from "../log/log.ts";
import { EventHook } from "../present/event_hook.ts";
import { openCameraSource } from "./camera_source.ts";

/** A viewer that reconnects, or a page that changes its format, is away for less than this, in milliseconds. */
const QUIET_MS = 2000;

/** How long the programs can take for the last event when the server ends, in milliseconds. */
const END_MS = 1000;

/** The part of an `EventHook` that is used. */
type Hook = Pick<EventHook, "watched" | "idle"> & AsyncDisposable;

interface Watched {
  readonly hook: Hook;
  /** Streams of this name with viewers: a camera that has changed is a new stream. */
  streams: number;
  /** Whether the program was told of a viewer last. */
  isTold: boolean;
  /** Runs after the last viewer has left. */
  quiet: Disposable | undefined;
}

export class WatchHooks implements AsyncDisposable {
  readonly #open: () => Hook;
  readonly #clock: Clock;
  readonly #byName = new Map<string, Watched>();

  /** `open` gives the hook of one camera. */
  constructor(open: () => Hook, { clock = steadyClock }: { clock?: Clock } = {}) {
    this.#open = open;
    this.#clock = clock;
  }

  /** For a program and its arguments; undefined without one. */
  static of(
    command: readonly string[] | undefined,
    { log }: { readonly log: Log },
  ): WatchHooks | undefined {
    return command && new WatchHooks(() => new EventHook(command, { log }));
  }

  /** A stream of a camera has got its first viewer, or its last one has left. */
  changed(name: string, isWatched: boolean): void {
    const watched = this.#get(name);
    watched.streams += isWatched ? 1 : -1;
    watched.quiet?.[Symbol.dispose]();
    watched.quiet = undefined;
    if (watched.streams > 0) this.#tell(name, watched, true);
    else if (watched.isTold) {
      watched.quiet = this.#clock.after(QUIET_MS, () => this.#tell(name, watched, false));
    }
  }

  /** Tells the programs that nobody watches any more, and ends them. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const [name, watched] of this.#byName) {
      watched.quiet?.[Symbol.dispose]();
      this.#tell(name, watched, false);
    }
    const hooks = [...this.#byName.values()].map(({ hook }) => hook);
    const told = new AbortController();
    const idle = Promise.all(hooks.map((hook) => hook.idle())).then(() => told.abort());
    await pause(END_MS, told.signal, this.#clock);
    await Promise.all(hooks.map((hook) => hook[Symbol.asyncDispose]()));
    await idle;
  }

  #get(name: string): Watched {
    const known = this.#byName.get(name);
    if (known) return known;
    const watched = { hook: this.#open(), streams: 0, isTold: false, quiet: undefined };
    this.#byName.set(name, watched);
    return watched;
  }

  #tell(name: string, watched: Watched, isWatched: boolean): void {
    if (watched.isTold === isWatched) return;
    watched.isTold = isWatched;
    watched.hook.watched(name, isWatched);
  }
}

/** Opens cameras whose viewers `hooks` hears of; without hooks nobody does. */
export function openWatched(hooks: WatchHooks | undefined): typeof openCameraSource {
  return (camera, control) =>
    openCameraSource(camera, {
      ...control,
      onWatched: (isWatched) => hooks?.changed(camera.name, isWatched),
    });
}
