/** The page's only connection to the server: pictures, states and detections come in, acknowledgements go out. It connects again by itself. */

import { now, ServerClock } from "./clock.js";
import { formatAcknowledgement, parsePicture } from "./wire.js";

/** How long to wait before each new try, in milliseconds; the last step repeats. */
const RETRY_STEPS_MS = [0, 1000, 2000, 5000];
/** A connection that lasted so long starts with the first step again. */
const STEADY_MS = 10_000;
/** A page that has to log in asks so rarely, and when it is shown again. */
const REFUSED_MS = 30_000;
/** The states come every second. After so long without a word the connection is dead: a laptop has slept, a cable is out. */
const SILENT_MS = 8000;
/** How often the server is asked for its time; every second until the answer is so certain. */
const [TIME_INTERVAL_MS, CERTAIN_MS] = [20_000, 5];
/** Over a slow link no answer is: then the best one of so many counts. */
const MAX_QUESTIONS = 10;

/** The status of /live without a WebSocket, for those who may open one. */
const UPGRADE_REQUIRED = 426;

/** The close codes of /live: docs/protocol.md. */
const CLOSE_REASONS = { 1001: "the server has stopped", 4408: "this page took no pictures" };

export class LiveSocket {
  /** `{ kind: "connecting" | "open" | "away" | "full" | "starting" | "refused", why, nextTry }`; `nextTry` in milliseconds of `now()`. */
  connection = { kind: "connecting", why: "", nextTry: 0 };
  clock = new ServerClock();
  #on;
  #socket;
  #timer;
  #tries = 0;
  #openedAt = Infinity;
  #heardAt = 0;
  #watched = "{}";
  #epoch = "";
  #questions = 0;
  /** Whether the page was left: the browser may keep it, to show it again. */
  #isLeft = false;

  /** `on`: `change()` of the connection, `streams(message)`, `picture(picture)`, `detection(message)`, `end(message)`. */
  constructor(on) {
    this.#on = on;
    setInterval(() => {
      this.#closeSilent();
      const isVague = this.clock.uncertainty > CERTAIN_MS;
      if (isVague && this.#questions < MAX_QUESTIONS) this.#askTime();
    }, 1000);
    setInterval(() => {
      this.clock.drift();
      this.#askTime();
    }, TIME_INTERVAL_MS);
    this.#connect();
  }

  /**
   * Replaces the set of streams whose pictures come: `{ name: { width, wire, detections } }`. `epoch` changes with the
   * publications of the server, for which the same set is sent again.
   */
  watch(streams, epoch) {
    const text = JSON.stringify({ type: "watch", streams });
    if (text === this.#watched && epoch === this.#epoch) return;
    this.#watched = text;
    this.#epoch = epoch;
    this.#send(text);
  }

  acknowledge(picture) {
    this.#send(formatAcknowledgement(picture));
  }

  /** Ends the wait for the next try, for example when the page is shown again. */
  retryNow() {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#connect();
  }

  /** The page was left: the server need not keep its place. */
  leave() {
    this.#isLeft = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    this.#tries = 0;
    this.#change({ kind: "connecting", why: "", nextTry: 0 });
  }

  /** The page is shown again. */
  comeBack() {
    if (!this.#isLeft) return;
    this.#isLeft = false;
    this.#connect();
  }

  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(message);
  }

  #connect() {
    this.#timer = undefined;
    this.#openedAt = Infinity;
    this.#heardAt = now();
    this.#watched = this.#epoch = "";
    this.clock.doubt();
    this.#questions = 0;
    const socket = new WebSocket(new URL("/live", location.href.replace(/^http/, "ws")));
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#openedAt = now();
      this.#askTime();
    });
    socket.addEventListener("message", ({ data }) => {
      if (socket === this.#socket) this.#hear(data);
    });
    socket.addEventListener("close", (event) => {
      if (socket === this.#socket) this.#lose(event);
    });
  }

  #hear(data) {
    this.#heardAt = now();
    if (typeof data !== "string") {
      const picture = parsePicture(data);
      if (picture) this.#on.picture(picture);
      return;
    }
    const message = JSON.parse(data);
    // At once: it tells the server the bare round trip.
    if (message.type === "ping") this.acknowledge({ stream: 0, number: message.number });
    if (message.type === "time") this.clock.answered({ ...message, at: now() });
    if (message.type === "detection") this.#on.detection(message);
    if (message.type === "end") this.#on.end(message);
    if (message.type !== "streams") return;
    if (this.connection.kind !== "open") this.#change({ kind: "open", why: "", nextTry: 0 });
    this.#on.streams(message);
  }

  #askTime() {
    this.#questions++;
    this.#send(JSON.stringify({ type: "time", asked: now() }));
  }

  /** Closing a dead socket can take minutes: it is left alone. */
  #closeSilent() {
    if (!this.#socket || now() - this.#heardAt < SILENT_MS) return;
    this.#socket.close();
    this.#lose({ code: 0, reason: "the server does not answer" });
  }

  async #lose({ code, reason }) {
    this.#socket = undefined;
    const wasOpen = this.connection.kind === "open";
    if (wasOpen && now() - this.#openedAt > STEADY_MS) this.#tries = 0;
    const why = CLOSE_REASONS[code] ?? reason;
    // The answer may take seconds, in which nothing is live.
    if (wasOpen) this.#change({ kind: "away", why: "the connection was lost", nextTry: 0 });
    // Why a WebSocket is refused is not told to a page.
    const answer = why && code !== 1008 ? { kind: "away", why } : await askWhy(wasOpen);
    if (this.#isLeft || this.#socket) return; // meanwhile the page was left, and perhaps shown again
    const step = RETRY_STEPS_MS[Math.min(this.#tries++, RETRY_STEPS_MS.length - 1)];
    const wait = answer.kind === "refused" ? REFUSED_MS : step;
    this.#timer = setTimeout(() => this.#connect(), wait);
    this.#change({ ...answer, nextTry: now() + wait });
  }

  #change(connection) {
    this.connection = connection;
    this.#on.change();
  }
}

/** Why the server has not taken, or has ended, the page's socket: in an ordinary request it says so. */
async function askWhy(wasOpen) {
  try {
    const timeout = AbortSignal.timeout(SILENT_MS);
    const response = await fetch("/live", { cache: "no-store", signal: timeout });
    const text = (await response.text()).trim();
    if (response.status === 401) return { kind: "refused", why: "" };
    const state = response.headers.get("x-state");
    if (state === "full" || state === "starting") return { kind: state, why: text };
    if (response.status !== UPGRADE_REQUIRED) return { kind: "away", why: text };
    const refused = "the server does not take the WebSocket /live (a proxy must pass it on)";
    return { kind: "away", why: wasOpen ? "the connection was lost" : refused };
  } catch {
    return { kind: "away", why: "the server does not answer" };
  }
}
