/** The streams that one live page watches, each with its own loop. It follows what the page wants, and what there is. */

import { Backoff } from "../../async/backoff.ts";
import type { Clock } from "../../async/clock.ts";
import { LinkedAbortController } from "../../async/linked_abort_controller.ts";
import type { Ending } from "../../frame/latest.ts";
import { messageOf } from "../../log/failure.ts";
import type { Log } from "../../log/log.ts";
import type { Acknowledgement } from "../../wire/live_message.ts";
import type { Watch } from "../../wire/live_request.ts";
import type { PublishedStream } from "../published_stream.ts";
import { tileSize } from "../tile_size.ts";
import type { Viewers } from "../viewers.ts";
import { LiveH264View } from "./live_h264_view.ts";
import { LiveJpegView } from "./live_jpeg_view.ts";
import type { LiveStream, LiveView } from "./live_view.ts";
import type { Shown } from "./web_context.ts";

/** The view of a stream begins at most so often within `BEGINS_MS`: each beginning may start an encoder. */
const [MOST_BEGINS, BEGINS_MS] = [6, 6000];

export interface LiveViewsOptions {
  /** A stream by its name; undefined where there is none. */
  readonly find: (name: string) => Pick<Shown, "published" | "signal"> | undefined;
  /** Sends a picture to the page. */
  readonly post: (message: Uint8Array<ArrayBuffer>) => void;
  /** Whether so much waits on the socket that nothing may be added. */
  readonly isFull: () => boolean;
  /** Sends a JSON message to the page. */
  readonly tell: (message: Readonly<Record<string, unknown>>) => void;
  /** Address and port of the page. */
  readonly peer: string;
  readonly viewers: Viewers;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** A view that runs, or has ended by itself. */
interface Watched {
  readonly published: PublishedStream;
  /** What the page asked for, as text. */
  readonly asked: string;
  readonly view: LiveView;
  readonly stop: () => void;
}

export class LiveViews {
  readonly #options: LiveViewsOptions;
  #wanted: ReadonlyMap<string, Watch> = new Map();
  readonly #watched = new Map<string, Watched>();
  /** When the last views of each stream have begun, the oldest first. */
  readonly #begins = new Map<string, number[]>();
  /** The publications that are there. */
  readonly #streams = new Map<PublishedStream, LiveStream>();
  #lastNumber = 0;
  readonly #running = new Set<Promise<void>>();
  #rtt: number | undefined;

  constructor(options: LiveViewsOptions) {
    this.#options = options;
  }

  /** By which number pictures name a publication on this socket. */
  numberOf(name: string, published: PublishedStream): number {
    return this.#streamOf(name, published).number;
  }

  /** Replaces the set of watched streams. */
  watch(wanted: ReadonlyMap<string, Watch>): void {
    this.#wanted = wanted;
    this.follow();
  }

  /** Starts and stops views, so that they are what the page wants of what there is. */
  follow(): void {
    for (const [published, { name }] of this.#streams) {
      if (this.#options.find(name)?.published !== published) this.#streams.delete(published);
    }
    for (const [name, { stop }] of this.#watched) {
      if (this.#wanted.has(name)) continue;
      stop();
      this.#watched.delete(name);
    }
    for (const [name, watch] of this.#wanted) {
      const shown = this.#options.find(name);
      const current = this.#watched.get(name);
      const canEncode = (shown?.published.rungs.length ?? 0) > 0;
      const wire = watch.wire === "h264" && canEncode ? "h264" : "jpeg";
      // Widths that get the same size are the same: a view begins with a window of its own.
      const width = shown && wire === "jpeg"
        ? tileSize(shown.published.format, watch.width).width
        : 0;
      const asked = JSON.stringify({ ...watch, wire, width });
      if (current?.published === shown?.published && current?.asked === asked) continue;
      current?.stop();
      this.#watched.delete(name);
      if (shown && this.#mayBegin(name)) {
        this.#start(name, { ...shown, watch: { ...watch, wire }, asked });
      }
    }
  }

  /** Notes that the page is done with a picture. Numbers that were not sent do not count. */
  acknowledge({ stream, number }: Acknowledgement): void {
    const [published, known] = [...this.#streams].find(([, one]) => one.number === stream) ?? [];
    if (!known || number > known.sent) return;
    for (const watched of this.#watched.values()) {
      if (watched.published === published) watched.view.acknowledge(number);
    }
  }

  /** Notes the round trip to the page, in milliseconds. */
  roundTrip(took: number): void {
    this.#rtt = Math.min(this.#rtt ?? Infinity, took);
    for (const { view } of this.#watched.values()) view.roundTrip(took);
  }

  /** For how many milliseconds the longest one has waited for an acknowledgement. */
  get waitingFor(): number {
    return Math.max(0, ...[...this.#watched.values()].map(({ view }) => view.waitingFor));
  }

  /** Resolves when no view runs any more. */
  async over(): Promise<void> {
    await Promise.all(this.#running);
  }

  /** Whether a view may begin now; otherwise `follow` asks again. */
  #mayBegin(name: string): boolean {
    const now = this.#options.clock.now();
    const recent = (this.#begins.get(name) ?? []).filter((at) => now - at < BEGINS_MS);
    const may = recent.length < MOST_BEGINS;
    this.#begins.set(name, may ? [...recent, now] : recent);
    return may;
  }

  #streamOf(name: string, published: PublishedStream): LiveStream {
    const known = this.#streams.get(published);
    if (known) return known;
    const stream = { name, number: ++this.#lastNumber, published, sent: 0 };
    this.#streams.set(published, stream);
    return stream;
  }

  #start(
    name: string,
    { published, signal, watch, asked }: {
      published: PublishedStream;
      signal: AbortSignal;
      watch: Watch;
      asked: string;
    },
  ): void {
    const { post, isFull, peer, viewers, clock } = this.#options;
    const stream = this.#streamOf(name, published);
    const options = { stream, peer, post, isFull, rtt: this.#rtt, clock };
    const view = watch.wire === "h264"
      ? new LiveH264View(options)
      : new LiveJpegView(watch.width, options);
    const scope = new DisposableStack();
    const stopping = scope.use(new LinkedAbortController(signal));
    const onAbort = () => stopping.abort();
    this.#options.signal.addEventListener("abort", onAbort, { once: true });
    scope.defer(() => this.#options.signal.removeEventListener("abort", onAbort));
    if (this.#options.signal.aborted) onAbort();
    scope.use(viewers.add(view));
    if (watch.detections) scope.use(this.#listen(name, published));
    let isStopped = false;
    const stop = () => {
      isStopped = true;
      stopping.abort();
      scope.dispose(); // at once: it counts no longer, and its detections are not sent
    };
    this.#watched.set(name, { published, asked, view, stop });
    const running = this.#run(view, stopping.signal).then(() => {
      scope.dispose();
      this.#running.delete(running);
      const reason: Ending = published.ending ?? "removed";
      if (!isStopped) this.#options.tell({ type: "end", stream: name, reason });
    });
    this.#running.add(running);
  }

  /** Runs a view until its pictures end. One that fails starts again after longer and longer waits. */
  async #run(view: LiveView, signal: AbortSignal): Promise<void> {
    const { peer, clock, log } = this.#options;
    const backoff = new Backoff(clock);
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        backoff.begin();
        return await view.run({ signal });
      } catch (thrown) {
        if (signal.aborted) return;
        const why = messageOf(thrown);
        const line = `${peer}: the picture of ${view.stream} failed and starts again: ${why}`;
        if (failures === 0) log.warn(line);
        else log.debug(line);
        await backoff.wait(signal);
      }
    }
  }

  /** Passes the detections on. (The filters run: the picture is watched.) */
  #listen(stream: string, { stream: { detections } }: PublishedStream): Disposable {
    return detections.listen((found) => {
      this.#options.tell({ type: "detection", stream, ...found });
    });
  }
}
