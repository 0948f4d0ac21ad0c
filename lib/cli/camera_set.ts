/**
 * The cameras of a server while it runs: each is opened, published by its name, and run on its own, so that one that
 * fails costs the others no frame. It owns their streams.
 */

import { pause } from "../async/aborted.ts";
import { LinkedAbortController } from "../async/linked_abort_controller.ts";
import { settled } from "../async/settled.ts";
import type { Ending } from "../frame/latest.ts";
import { Failure } from "../log/failure.ts";
import { checkEncoding } from "./check_encoding.ts";
import type { ConsoleLog } from "./console_log.ts";
import type { StreamServer } from "../serve/stream_server.ts";
import { type CameraChanges, isEqual, NO_CHANGES } from "./camera_changes.ts";
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
  /** Resolves when its run has ended; undefined before it runs. */
  run?: Promise<void>;
}

export interface CameraSetControl {
  readonly server: StreamServer;
  readonly log: ConsoleLog;
  /** Opens the stream of a camera: `openCameraSource`, except in tests. */
  readonly openSource?: typeof openCameraSource;
}

export class CameraSet implements AsyncDisposable {
  readonly #server: StreamServer;
  readonly #log: ConsoleLog;
  readonly #openSource: typeof openCameraSource;
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

  private constructor({ server, log, openSource = openCameraSource }: CameraSetControl) {
    this.#server = server;
    this.#log = log;
    this.#openSource = openSource;
  }

  /**
   * Opens and publishes the cameras, all at the same time. A single one that cannot be opened is a `Failure`; among several
   * it counts as lost, and is opened when it is there; if all are missing, that is a `Failure`, too. Throws the signal's
   * reason on abort.
   */
  static async open(
    cameras: readonly CameraOptions[],
    { signal, ...control }: CameraSetControl & { signal: AbortSignal },
  ): Promise<CameraSet> {
    await using set = new CameraSet(control);
    const orLost = cameras.length > 1;
    const names = cameras.map(({ name }) => name);
    set.#server.order(names);
    await settled(cameras.map((options) => set.#open(options, { orLost, signal })));
    set.#sort(names);
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
   * again, and the others are left alone. A camera that cannot start is logged. Returns what it has done; undefined if
   * it came too late, or was aborted.
   */
  async replace(cameras: readonly CameraOptions[]): Promise<CameraChanges | undefined> {
    const signal = await this.#begun.promise;
    if (this.#runs.size === 0) return undefined;
    // All cameras may have changed: neither the set nor the server is over while there is none.
    using _held = this.#server.hold();
    this.#isReplacing = true;
    try {
      return await this.#replace(cameras, signal);
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
      return undefined;
    } finally {
      this.#isReplacing = false;
      if (this.#runs.size === 0) this.#over.resolve();
    }
  }

  async #replace(
    cameras: readonly CameraOptions[],
    signal: AbortSignal,
  ): Promise<CameraChanges> {
    const changes = { ...NO_CHANGES };
    const wanted = new Map(cameras.map((options) => [options.name, options]));
    const names = [...wanted.keys()];
    // First: clients that name no stream must never get another camera than the first one.
    this.#server.order(names);
    const former = new Set(this.#cameras.keys());
    // All of them, before another camera takes their device or port.
    await settled([...this.#cameras].map(async ([name, { options, stream }]) => {
      const next = wanted.get(name);
      // One that has ended, and that viewers still read, starts again.
      if (next && isEqual(next, options) && !stream.frames.isEnded) {
        wanted.delete(name);
        changes.unchanged++;
        return;
      }
      if (!next) changes.removed++;
      await this.#remove(name, next ? "failed" : "removed");
    }));
    await settled([...wanted].map(async ([name, options]) => {
      try {
        const camera = await this.#open(options, { orLost: true, signal });
        this.#start(camera);
        this.#log.info(`camera ${name} starts: ${camera.stream.name}`);
        changes[former.has(name) ? "changed" : "added"]++;
      } catch (thrown) {
        if (!(thrown instanceof Failure)) throw thrown;
        changes.failed++;
        this.#failure = thrown;
        this.#log.error(`error: camera ${name}: ${thrown.message}`);
      }
    }));
    this.#sort(names);
    return changes;
  }

  /** Puts the cameras in the order of the options. */
  #sort(names: readonly string[]): void {
    for (const name of names) {
      const camera = this.#cameras.get(name);
      if (!camera) continue;
      this.#cameras.delete(name);
      this.#cameras.set(name, camera);
    }
  }

  /** Ends all cameras. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const { stop } of this.#cameras.values()) stop.abort();
    await Promise.all(this.#runs);
    await settled([...this.#cameras.values()].map((camera) => this.#forget(camera)));
  }

  /** The same set, for an owner who disposes of it: this one then has nothing left. */
  #moved(): CameraSet {
    const set = new CameraSet({
      ...{ server: this.#server, log: this.#log, openSource: this.#openSource },
    });
    for (const [name, camera] of this.#cameras) set.#cameras.set(name, camera);
    this.#cameras.clear();
    return set;
  }

  /** Opens a camera and publishes it. Throws a `Failure`, and the signal's reason on abort. */
  async #open(
    options: CameraOptions,
    control: { readonly orLost: boolean; readonly signal: AbortSignal },
  ): Promise<Camera> {
    await checkEncoding(options);
    const shared = { server: this.#server, log: this.#log };
    return await this.#add(options, await this.#openSource(options, { ...control, ...shared }));
  }

  /** Publishes a stream, which is closed where that fails. */
  async #add(options: CameraOptions, stream: CameraSource): Promise<Camera> {
    const { name, port, wire, quality, encoder, onLoss } = options;
    await using scope = new AsyncDisposableStack();
    scope.use(stream);
    const settings = { name, wire, quality, encoder, holds: onLoss === "hold" };
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
    const run = camera.run = this.#run(camera).catch((thrown) => this.#over.reject(thrown)).finally(
      () => {
        this.#runs.delete(run);
        if (this.#runs.size === 0 && !this.#isReplacing) this.#over.resolve();
      },
    );
    this.#runs.add(run);
  }

  async #run(camera: Camera): Promise<void> {
    const { options: { name }, stream, stop } = camera;
    const signal = this.#signal ?? stop.signal;
    using running = new LinkedAbortController(signal);
    stop.signal.addEventListener("abort", () => running.abort(), { once: true });
    try {
      await stream.run(running);
      this.#failure = undefined;
      const isAsked = stop.signal.aborted || signal.aborted;
      if (this.#runs.size > 1 && !isAsked) this.#log.info(`camera ${name} has ended`);
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      this.#failure = thrown;
      // The last one ends the program, which says why.
      if (this.#runs.size > 1) this.#log.error(`error: camera ${name}: ${thrown.message}`);
    }
    if (stop.signal.aborted || signal.aborted) return;
    if (this.#runs.size === 1 && !this.#isReplacing) return;
    await pause(GOODBYE_MS, running.signal);
    await this.#forget(camera);
  }

  /** Ends a camera, and closes it once its run has ended; its viewers are told why. */
  async #remove(name: string, ending: Ending): Promise<void> {
    const camera = this.#cameras.get(name);
    if (!camera) return;
    camera.stream.frames.end(ending);
    camera.stop.abort();
    this.#log.info(`camera ${name} ${ending === "removed" ? "is removed" : "has changed"}`);
    await camera.run;
    await this.#forget(camera);
  }

  /** Closes a camera; later calls do nothing. */
  async #forget(camera: Camera): Promise<void> {
    const { options: { name }, stream, open } = camera;
    await open.disposeAsync();
    if (this.#cameras.get(name) !== camera) return;
    this.#cameras.delete(name);
    this.#frames += stream.meter.frames;
  }
}
