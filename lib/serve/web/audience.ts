/** Those who stay on the web pages: watchers of the picture, and listeners to events. Each has a place. */

import type { Log } from "../../log/log.ts";
import type { PublishedStream } from "../published_stream.ts";
import type { AccessControl } from "../access_control.ts";
import { FRESH, text } from "./http_answers.ts";
import type { HttpConnection } from "./http_connection.ts";
import { EventStream, HttpSession, jpegBody, MULTIPART_TYPE } from "./http_stream.ts";

export interface AudienceOptions {
  readonly gate: AccessControl;
  /** Seconds without progress after which a reader is closed. */
  readonly stall: number;
  readonly log: Log;
}

/** What is watched, and until when. */
interface Watched {
  readonly published: PublishedStream;
  readonly signal: AbortSignal;
}

export class Audience {
  readonly #options: AudienceOptions;
  readonly #watchers = new Set<HttpSession>();
  readonly #listeners = new Set<EventStream>();

  constructor(options: AudienceOptions) {
    this.#options = options;
  }

  /** Those who watch the picture. */
  get watchers(): ReadonlySet<HttpSession> {
    return this.#watchers;
  }

  /** Sends an event to all listeners. */
  tell(event: string, data: unknown): void {
    for (const listener of this.#listeners) listener.send(event, data);
  }

  /** Ends the events. */
  end(): void {
    for (const listener of this.#listeners) listener.end();
  }

  /** The picture as multipart JPEG. */
  stream({ published, signal }: Watched, request: Request, from: HttpConnection): Response {
    const { gate, stall, log } = this.#options;
    const { host, peer } = from;
    const headers = { ...FRESH, "content-type": MULTIPART_TYPE, connection: "close" };
    if (request.method === "HEAD") return new Response(null, { headers });
    const refusal = gate.clients.refusal(host);
    if (refusal) return busy(refusal.message);
    from.hold();
    const place = gate.clients.take(host, from.gone);
    const jpegs = published.subscribeJpegs();
    const watcher = new HttpSession(peer);
    this.#watchers.add(watcher);
    log.debug(`${peer} watches by http`);
    const onEnd = () => {
      this.#watchers.delete(watcher);
      jpegs[Symbol.dispose]();
      place[Symbol.dispose]();
      log.debug(`${peer} watches no more: ${watcher.sent} frames sent, ${watcher.skipped} skipped`);
    };
    const onStall = () => {
      log.debug(`${peer} closed, it took nothing for ${stall} s`);
      from.close();
    };
    const { ages } = published;
    const body = jpegBody(jpegs.frames, watcher, { stall, ages, signal, onEnd, onStall });
    return new Response(body, { headers });
  }

  /** Server-sent events; `state` is the first of them. */
  events(
    { published }: Watched,
    request: Request,
    from: HttpConnection,
    state: unknown,
  ): Response {
    const { gate, stall, log } = this.#options;
    const { host, peer } = from;
    const headers = {
      "content-type": "text/event-stream",
      "cache-control": "no-cache, no-transform",
      connection: "close",
    };
    if (request.method === "HEAD") return new Response(null, { headers });
    const refusal = gate.listeners.refusal(host);
    if (refusal) return busy(refusal.message);
    from.hold();
    const place = gate.listeners.take(host, from.gone);
    const wanted = published.stream.subscribe(); // events come out of the filters, which run where they are wanted
    const onEnd = () => {
      this.#listeners.delete(listener);
      wanted[Symbol.dispose]();
      place[Symbol.dispose]();
    };
    const onStall = () => {
      log.debug(`${peer} closed, it took no events for ${stall} s`);
      from.close();
    };
    const listener = new EventStream({ stall, onEnd, onStall });
    this.#listeners.add(listener);
    listener.send("state", state);
    return new Response(listener.body, { headers });
  }
}

function busy(message: string): Response {
  return text(503, message, { "retry-after": "5", connection: "close" });
}
