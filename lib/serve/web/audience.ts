/** The clients that stay on the web pages: they watch the picture, or listen to events. Each takes a place. */

import type { Log } from "../../log/log.ts";
import type { AccessControl } from "../access_control.ts";
import type { Viewers } from "../viewers.ts";
import { EventStream } from "./event_stream.ts";
import { NO_CACHE, text } from "./http_answers.ts";
import { HttpSession, MULTIPART_TYPE } from "./http_session.ts";
import type { HttpClient, Shown } from "./web_context.ts";

export interface AudienceOptions {
  readonly access: AccessControl;
  /** Counts those who watch the picture. */
  readonly viewers: Viewers;
  /** Seconds without progress after which a client is closed. */
  readonly stall: number;
  readonly log: Log;
}

export class Audience {
  readonly #options: AudienceOptions;
  readonly #listeners = new Set<EventStream>();

  constructor(options: AudienceOptions) {
    this.#options = options;
  }

  /** Sends an event to all listeners. */
  send(event: string, data: unknown): void {
    for (const listener of this.#listeners) listener.send(event, data);
  }

  /** Ends the events. */
  end(): void {
    for (const listener of this.#listeners) listener.end();
  }

  /** The picture as multipart JPEG. */
  stream({ published, signal }: Shown, request: Request, client: HttpClient): Response {
    const { access, viewers, stall, log } = this.#options;
    const { host, peer } = client;
    const headers = { ...NO_CACHE, "content-type": MULTIPART_TYPE, connection: "close" };
    if (request.method === "HEAD") return new Response(null, { headers });
    const refusal = access.clients.refusal(host);
    if (refusal) return busy(refusal.message);
    client.hold();
    const scope = new DisposableStack();
    scope.use(access.clients.take(host, client.gone));
    const jpegs = scope.use(published.subscribeJpegs());
    const onEnd = () => {
      scope.dispose();
      log.debug(`${peer} left: ${session.sent} frames sent, ${session.skipped} skipped`);
    };
    const onStall = () => {
      log.debug(`${peer} closed (took no data for ${stall} s)`);
      client.close();
    };
    const { ages } = published;
    const reader = jpegs.frames.reader({ signal });
    const session = new HttpSession(reader, { peer, stall, ages, onEnd, onStall });
    scope.use(viewers.add(session));
    log.debug(`${peer} connected: http`);
    return new Response(session.body, { headers });
  }

  /** Server-sent events; `state` is the first of them. */
  events(
    { published }: Shown,
    request: Request,
    { client, state }: { client: HttpClient; state: unknown },
  ): Response {
    const { access, stall, log } = this.#options;
    const { host, peer } = client;
    const headers = {
      "content-type": "text/event-stream",
      "cache-control": "no-cache, no-transform",
      connection: "close",
    };
    if (request.method === "HEAD") return new Response(null, { headers });
    const refusal = access.listeners.refusal(host);
    if (refusal) return busy(refusal.message);
    client.hold();
    const scope = new DisposableStack();
    scope.use(access.listeners.take(host, client.gone));
    scope.use(published.stream.subscribe()); // the filters report events, and run only while somebody watches
    const onEnd = () => {
      this.#listeners.delete(listener);
      scope.dispose();
    };
    const onStall = () => {
      log.debug(`${peer} closed (took no events for ${stall} s)`);
      client.close();
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
