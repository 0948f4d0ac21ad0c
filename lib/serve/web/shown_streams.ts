/** The streams on the web pages: each with its stills, and those who watch it or listen to its events. */

import { abortedOr } from "../../async/aborted.ts";
import type { Ending } from "../../frame/latest.ts";
import { LinkedAbortController } from "../../async/linked_abort_controller.ts";
import type { PublishedStream } from "../published_stream.ts";
import type { PublishedStreams } from "../published_streams.ts";
import { Audience, type AudienceOptions } from "./audience.ts";
import { LivePages } from "./live_pages.ts";
import type { Recordings, RecordingState } from "./recordings.ts";
import { stateOfShown } from "./state.ts";
import { jpegStills, pngStills } from "./still_pictures.ts";
import type { HttpClient, ServerFigures, Shown } from "./web_context.ts";

/** How often the pages get the state, in milliseconds. */
const STATE_INTERVAL_MS = 1000;

export class ShownStreams {
  readonly #options: AudienceOptions;
  readonly #recordings: Recordings | undefined;
  readonly #streams: PublishedStreams;
  readonly figures: ServerFigures;
  readonly #signal: AbortSignal;
  readonly #shown = new Map<PublishedStream, Shown>();
  readonly #running = new Set<Promise<void>>();
  /** The pages that watch by WebSocket. */
  readonly #live: LivePages;

  /** Shows the streams as they are published, until abort. */
  constructor(
    streams: PublishedStreams,
    { figures, signal, recordings, ...options }: AudienceOptions & {
      figures: ServerFigures;
      recordings?: Recordings | undefined;
      signal: AbortSignal;
    },
  ) {
    this.#options = options;
    this.#recordings = recordings;
    this.#streams = streams;
    this.figures = figures;
    this.#signal = signal;
    this.#live = new LivePages(options, { signal });
  }

  /** The stream of a name, the first one without; undefined where there is none, or it has ended. */
  get(name?: string): Shown | undefined {
    const published = this.#streams.select(name);
    if ("error" in published || published.frames.isEnded || this.#signal.aborted) return undefined;
    return this.#shown.get(published) ?? this.#show(published);
  }

  /** The names of all, those included that are absent. */
  get names(): readonly string[] {
    return this.#streams.names;
  }

  /** Whether the server has several streams, some of which may be absent. */
  get isSeveral(): boolean {
    return this.#streams.isSeveral;
  }

  /** The name of the first one, which may be absent; undefined: there is none. */
  get firstName(): string | undefined {
    return this.#streams.names[0];
  }

  /** Whether there is a stream of this name, which may be absent. */
  has(name: string): boolean {
    return this.#streams.names.includes(name);
  }

  /** Why a stream has ended; undefined if it has not, or comes yet. */
  endingOf(name: string): Ending | undefined {
    return this.#streams.endingOf(name);
  }

  /** What the recordings of a stream are at, whether it is there or not; undefined where nothing is recorded. */
  recordingOf(name: string): RecordingState | undefined {
    return this.#recordings?.state(name);
  }

  /** All that are there, in the order of their names. */
  all(): Shown[] {
    return [...this.#streams].flatMap(([name]) => this.get(name) ?? []);
  }

  /** Answers a request for the WebSocket of a page. */
  openLive(request: Request, client: HttpClient): Promise<Response> {
    return this.#live.open(this, request, client);
  }

  /** Ends the live pages, and waits until nothing runs for the pages any more. */
  async over(): Promise<void> {
    await this.#live.end(this);
    await Promise.all(this.#running);
  }

  #show(published: PublishedStream): Shown {
    const scope = new LinkedAbortController(this.#signal);
    const { signal } = scope;
    const [name = ""] = [...this.#streams].find(([, other]) => other === published) ?? [];
    const audience = new Audience(this.#options);
    const recordings = this.#recordings;
    const shown = {
      ...{ name, published, audience, figures: this.figures, signal },
      jpegs: jpegStills(published, { signal }),
      pngs: pngStills(published, { signal }),
      ...(recordings && { recording: () => recordings.state(name) }),
    };
    this.#shown.set(published, shown);
    const running = this.#follow(shown).finally(() => {
      this.#shown.delete(published);
      this.#running.delete(running);
    });
    this.#running.add(running);
    // One that has ended is read to its end; one that is taken back is not.
    published.unpublished.then(() => {
      scope.abort();
      scope[Symbol.dispose]();
    });
    return shown;
  }

  /** Tells the listeners of a stream what happens, until it ends. */
  async #follow(shown: Shown): Promise<void> {
    const { published, audience, signal } = shown;
    const { stream } = published;
    using _detections = stream.detections.listen((found) => audience.send("find", found));
    const sendState = () => audience.send("state", stateOfShown(shown));
    const timer = setInterval(sendState, STATE_INTERVAL_MS);
    await abortedOr(Promise.race([published.frames.ended, published.unpublished]), signal);
    clearInterval(timer);
    audience.end();
  }
}
