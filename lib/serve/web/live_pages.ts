/** The live pages of a server: takes their WebSockets, and ends them when the server stops. Each takes a place. */

import { steadyClock } from "../../async/clock.ts";
import { LinkedAbortController } from "../../async/linked_abort_controller.ts";
import type { AudienceOptions } from "./audience.ts";
import { text } from "./http_answers.ts";
import { LiveSession } from "./live_session.ts";
import { type LiveSocket, UPGRADE } from "./live_socket.ts";
import type { ShownStreams } from "./shown_streams.ts";
import { type ListedStreams, StreamsMessage } from "./streams_message.ts";
import { upgradeProblem, type UpgradeSocket, upgradeSocket } from "./upgrade_socket.ts";
import type { HttpClient } from "./web_context.ts";

/** How long a page may take to answer the close of its socket, in milliseconds. */
const GOODBYE_MS = 2000;

export class LivePages {
  readonly #options: AudienceOptions;
  readonly #stopping: LinkedAbortController;
  readonly #upgrade: UpgradeSocket;
  readonly #running = new Map<LiveSocket, Promise<void>>();

  constructor(
    options: AudienceOptions,
    { signal, upgrade = upgradeSocket }: { signal: AbortSignal; upgrade?: UpgradeSocket },
  ) {
    this.#options = options;
    this.#stopping = new LinkedAbortController(signal);
    this.#upgrade = upgrade;
  }

  /** Answers a request for `/live`. A page can't read why its WebSocket is refused: it asks again without an upgrade. */
  async open(streams: ShownStreams, request: Request, client: HttpClient): Promise<Response> {
    const { access, viewers, stall, log } = this.#options;
    const { host, peer } = client;
    const refusal = access.clients.refusal(host);
    if (refusal) {
      const headers = { "retry-after": "5", connection: "close", "x-state": "full" };
      return text(503, refusal.message, headers);
    }
    if (!request.headers.has("upgrade")) {
      return text(426, "this address is for the WebSocket of the page", UPGRADE);
    }
    const problem = upgradeProblem(request);
    if (problem) return text(400, `the WebSocket cannot be opened: ${problem}`);
    const place = access.clients.take(host, client.gone);
    const { socket, response } = await this.#upgrade(request, client).catch((thrown) => {
      place[Symbol.dispose]();
      throw thrown;
    });
    const gone = new Promise<void>((resolve) => {
      for (const end of ["close", "error"]) {
        socket.addEventListener(end, () => resolve(), { once: true });
      }
    });
    client.upgraded(gone);
    log.debug(`${peer} connected: page`);
    const session = new LiveSession(socket, {
      ...{ streams, peer, viewers, stall, log, clock: steadyClock },
    });
    const running = session.run({ signal: this.#stopping.signal }).finally(() => {
      place[Symbol.dispose]();
      this.#running.delete(socket);
      log.debug(`${peer} left: page`);
      const goodbye = steadyClock.after(GOODBYE_MS, () => client.close());
      gone.then(() => goodbye[Symbol.dispose]());
    });
    this.#running.set(socket, running);
    return response;
  }

  /** Ends all pages. Unless the server is asked to stop, they are told first which streams have ended, watched or not. */
  async end(streams: ListedStreams): Promise<void> {
    const message = this.#stopping.signal.aborted
      ? undefined
      : new StreamsMessage(streams, () => 0).due(steadyClock.now());
    for (const socket of this.#running.keys()) {
      if (message && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    }
    this.#stopping.abort();
    this.#stopping[Symbol.dispose]();
    await Promise.all(this.#running.values());
  }
}
