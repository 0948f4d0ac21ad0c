/**
 * The cameras of a server while it runs: each is opened, published by its name, and run on its own, so that one that
 * fails costs the others no frame. It owns their streams.
 */

import { pause } from "../async/aborted.ts";
import { LinkedAbortController } from "../async/linked_abort_controller.ts";
import type { Ending } from "../frame/latest.ts";
import { Failure } from "../log/failure.ts";
import type { ConsoleLog } from "./console_log.ts";
import type { StreamServer } from "../serve/stream_server.ts";
import type { CameraOptions } from "./camera_options.ts";
import { type CameraSource, openCameraSource } from "./camera_source.ts";

/** How long viewers may take to read the end of a stream before it is gone, in milliseconds. */
const GOODBYE_MS = 2000;

/** One camera: what it was opened with, and its stream. */
interface Camera {
  readonly options: CameraOptions;
  readonly stream: CameraSource;
  /** The stream, its place in the server, and its port. */
  readonly open: AsyncDisposableStack;
  /** Ends its run. */
  readonly stop: AbortController;
}

interface CameraSetControl {
  readonly server: StreamServer;
  readonly log: ConsoleLog;
}

export class CameraSet implements AsyncDisposable {
  readonly #server: StreamServer;
  readonly #log: ConsoleLog;
  /** By name, in the order of the options. */
  readonly #cameras = new Map<string, Camera>();
  readonly #runs = new Set<Promise<void>>();
  /** Frames of cameras that are gone. */
  #frames = 0;
  readonly #openedAt = performance.now();
  #signal: AbortSignal | undefined;
  /** Resolves with its signal when it runs. */
  readonly #begun = Promise.withResolvers<AbortSignal>();
  #isReplacing = false;
  /** Resolves when no camera runs any more, rejects at an error that is no `Failure`. */
  readonly #over = Promise.withResolvers<void>();
  /** Why the camera that ended last has failed. */
  #failure: Failure | undefined;

  private constructor({ server, log }: CameraSetControl) {
    this.#server = server;
    this.#log = log;
  }

  /**
   * Opens and publishes the cameras, in their order. A single one that cannot be opened is a `Failure`; among several
   * it counts as lost, and is opened when it is there; if all are missing, that is a `Failure`, too. Throws the signal's
   * reason on abort.
   */
  static async open(
    cameras: readonly CameraOptions[],
    { signal, ...control }: CameraSetControl & { signal: AbortSignal },
  ): Promise<CameraSet> {
    await using set = new CameraSet(control);
    const orLost = cameras.length > 1;
    const opened = await Promise.allSettled(
      cameras.map((options) =>
        openCameraSource(options, { orLost, signal, server: control.server, log: set.#log })
      ),
    );
    for (const [i, result] of opened.entries()) {
      const options = cameras[i];
      if (result.status === "fulfilled" && options) await set.#add(options, result.value);
    }
    const rejected = opened.find((result) => result.status === "rejected");
    if (rejected) throw rejected.reason;
    const reasons = set.named.map(([name, stream]) => [name, stream.outage()?.why] as const);
    if (orLost && reasons.every(([, why]) => why !== undefined)) {
      throw new Failure(
        `None of the ${cameras.length} cameras can be opened: ` +
          reasons.map(([name, why]) => `${name} (${why})`).join(", "),
        "check the devices and addresses; a missing camera is waited for while another one is there",
      );
    }
    return set.#moved();
  }

  /** The streams, in order. */
  get streams(): readonly CameraSource[] {
    return [...this.#cameras.values()].map(({ stream }) => stream);
  }

  /** Names and streams, in order. */
  get named(): readonly (readonly [name: string, stream: CameraSource])[] {
    return [...this.#cameras].map(([name, { stream }]) => [name, stream]);
  }

  /** Captured frames, of all cameras. */
  get frames(): number {
    return this.streams.reduce((sum, { meter }) => sum + meter.frames, this.#frames);
  }

  /** How long it has been open. */
  get seconds(): number {
    return (performance.now() - this.#openedAt) / 1000;
  }

  /** Resolves when all have ended. */
  get ended(): Promise<void> {
    return this.#over.promise;
  }

  /** Runs the cameras until all have ended, or on abort. Throws the `Failure` of the last one. */
  async run({ signal }: { signal: AbortSignal }): Promise<void> {
    this.#signal = signal;
    for (const camera of this.#cameras.values()) this.#start(camera);
    this.#begun.resolve(signal);
    await this.#over.promise;
    if (this.#failure) throw this.#failure;
  }

  /**
   * Takes other options, once it runs: cameras that are new start, those that are missing end, changed ones start
   * again, and the others are left alone. A camera that cannot start is logged. Returns early on abort.
   */
  async replace(cameras: readonly CameraOptions[]): Promise<void> {
    const signal = await this.#begun.promise;
    if (this.#runs.size === 0) return;
    // All cameras may have changed: neither the set nor the server is over while there is none.
    using _held = this.#server.hold();
    this.#isReplacing = true;
    try {
      await this.#replace(new Map(cameras.map((options) => [options.name, options])), signal);
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
    } finally {
      this.#isReplacing = false;
      if (this.#runs.size === 0) this.#over.resolve();
    }
  }

  async #replace(wanted: Map<string, CameraOptions>, signal: AbortSignal): Promise<void> {
    const names = [...wanted.keys()];
    for (const [name, { options }] of [...this.#cameras]) {
      const next = wanted.get(name);
      if (next && isEqual(next, options)) wanted.delete(name);
      else await this.#remove(name, next ? "failed" : "removed");
    }
    for (const [name, options] of wanted) {
      signal.throwIfAborted();
      try {
        const control = { server: this.#server, log: this.#log };
        const stream = await openCameraSource(options, { orLost: true, signal, ...control });
        this.#start(await this.#add(options, stream));
        this.#log.info(`camera ${name} starts: ${stream.name}`);
      } catch (thrown) {
        if (!(thrown instanceof Failure)) throw thrown;
        this.#failure = thrown;
        this.#log.error(`error: camera ${name}: ${thrown.message}`);
      }
    }
    this.#order(names);
  }

  /** Puts the cameras in the order of the options: the first one is that of clients without a greeting. */
  #order(names: readonly string[]): void {
    for (const name of names) {
      const camera = this.#cameras.get(name);
      if (!camera) continue;
      this.#cameras.delete(name);
      this.#cameras.set(name, camera);
    }
    this.#server.order(names);
  }

  /** Ends all cameras. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const { stop } of this.#cameras.values()) stop.abort();
    await Promise.all(this.#runs);
    for (const name of [...this.#cameras.keys()]) await this.#forget(name);
  }

  /** The same set, for an owner who disposes of it: this one then has nothing left. */
  #moved(): CameraSet {
    const set = new CameraSet({ server: this.#server, log: this.#log });
    for (const [name, camera] of this.#cameras) set.#cameras.set(name, camera);
    this.#cameras.clear();
    return set;
  }

  /** Publishes a stream, which is closed where that fails. */
  async #add(options: CameraOptions, stream: CameraSource): Promise<Camera> {
    const { name, port, wire, quality, onLoss } = options;
    await using scope = new AsyncDisposableStack();
    scope.use(stream);
    const settings = { name, wire, quality, holds: onLoss === "hold" };
    scope.use(this.#server.publish(stream, settings));
    if (port !== undefined) scope.use(await this.#listen(name, port));
    const camera = { options, stream, open: scope.move(), stop: new AbortController() };
    this.#cameras.set(name, camera);
    return camera;
  }

  /** Listens at the port of a camera. */
  async #listen(name: string, port: number): Promise<Disposable> {
    try {
      return await this.#server.listenFor(name, port);
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      const hint = `choose another port in the table [camera.${name}], or remove it`;
      throw new Failure(thrown.message, hint, { cause: thrown });
    }
  }

  #start(camera: Camera): void {
    const run = this.#run(camera).catch((thrown) => this.#over.reject(thrown)).finally(() => {
      this.#runs.delete(run);
      if (this.#runs.size === 0 && !this.#isReplacing) this.#over.resolve();
    });
    this.#runs.add(run);
  }

  async #run({ options: { name }, stream, stop }: Camera): Promise<void> {
    const signal = this.#signal ?? stop.signal;
    using running = new LinkedAbortController(signal);
    stop.signal.addEventListener("abort", () => running.abort(), { once: true });
    try {
      await stream.run(running);
      this.#failure = undefined;
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      this.#failure = thrown;
      // The last one ends the program, which says why.
      if (this.#runs.size > 1) this.#log.error(`error: camera ${name}: ${thrown.message}`);
    }
    if (stop.signal.aborted || signal.aborted) return;
    if (this.#runs.size === 1 && !this.#isReplacing) return;
    await pause(GOODBYE_MS, signal);
    if (this.#cameras.get(name)?.stream === stream) await this.#forget(name);
  }

  /** Ends a camera; its viewers are told why. */
  async #remove(name: string, ending: Ending): Promise<void> {
    const camera = this.#cameras.get(name);
    if (!camera) return;
    camera.stream.frames.end(ending);
    camera.stop.abort();
    this.#log.info(`camera ${name} ${ending === "removed" ? "is removed" : "has changed"}`);
    await this.#forget(name);
  }

  async #forget(name: string): Promise<void> {
    const camera = this.#cameras.get(name);
    if (!camera) return;
    this.#cameras.delete(name);
    this.#frames += camera.stream.meter.frames;
    await camera.open.disposeAsync();
  }
}

/** Whether two cameras have the same options: they are plain data. */
function isEqual(a: CameraOptions, b: CameraOptions): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
