/**
 * The state of a camera on the page, in words: `kind` is the class in page.css, `label` one or two words, `detail` a
 * sentence for what is not live. Exactly one kind holds at a time, so that a frozen picture never looks live.
 */

import { duration, timeOfDay } from "./words.js";

/** A picture older than this is behind, in milliseconds, and one that is again younger than the second is not. */
const [BEHIND_MS, CAUGHT_UP_MS] = [1000, 800];

/** After how many intervals of a slow camera without a picture it is behind. */
const MISSED_INTERVALS = 2.5;

const LABELS = {
  connecting: "connecting",
  live: "live",
  behind: "behind",
  lost: "no signal",
  closed: "closed",
  away: "server away",
  full: "full",
  starting: "starting",
  refused: "not allowed",
  ended: "ended",
};

const ENDINGS = {
  over: "The stream is over.",
  failed: "The stream has failed.",
  removed: "The camera was removed from the server.",
};

/**
 * The state of a camera.
 *
 * - `connection`: `{ kind: "connecting" | "open" | "away" | "full" | "starting" | "refused", why, nextTry }` of the socket
 * - `stream`: the camera as the server lists it, or has listed it last; undefined if it does not
 * - `ending`: the reason of its end, told before it was listed; undefined if it has not ended
 * - `drawnAt`: when the last picture was drawn; undefined before the first one
 * - `age`: of the last pictures, in milliseconds; undefined if unknown
 * - `uncertainty`: of the age
 * - `before`: the kind of the state before
 */
export function stateOf(
  { connection, stream, ending, drawnAt, age, uncertainty = 0, before },
  now,
) {
  const of = (kind, detail = "") => ({ kind, label: LABELS[kind], detail });
  const ended = stream?.ended ?? ending;
  // A server whose film is over stops, and its page does not wait for it: the connection only says so if there is more.
  const isOver = ended === "over" && connection.kind === "away";
  if (connection.kind !== "open" && !isOver) return connectionState(connection, now);
  if (ended) return of("ended", ENDINGS[ended] ?? "The stream has ended.");
  if (!stream) return of("ended", "The server has no camera of this name.");
  if (!stream.state) return of("lost", "No signal: the server waits for this camera.");
  const { closed, lost, fps } = stream.state;
  if (closed) return of("closed", closedDetail(closed));
  if (lost) return of("lost", `No signal since ${timeOfDay(lost.since)}: ${lost.why}`);
  if (drawnAt === undefined) return of("connecting", "Waiting for a picture.");
  const silent = now - drawnAt;
  if (silent > Math.max(BEHIND_MS, fps > 0 ? MISSED_INTERVALS * 1000 / fps : 0)) {
    return of("behind", `Behind: no picture for ${Math.floor(silent / 1000)} s.`);
  }
  const surely = (age ?? 0) - uncertainty;
  if (surely > (before === "behind" ? CAUGHT_UP_MS : BEHIND_MS)) {
    return of("behind", `Behind: this picture is ${duration(age)} old.`);
  }
  return of("live");
}

/** When a camera is back, in the browser's time. */
function closedDetail({ until }) {
  if (!until) return "Closed: these are not the hours of this camera.";
  const day = new Date(until).toLocaleDateString([], { weekday: "long" });
  return `Closed until ${day}, ${timeOfDay(until)}.`;
}

/** The state of the connection to the server, which is that of every camera while it is not open. */
export function connectionState({ kind, why, nextTry }, now) {
  const label = LABELS[kind];
  if (kind === "connecting") return { kind, label, detail: "Connecting to the server." };
  if (kind === "refused") return { kind, label, detail: "The server asks for the token again." };
  const wait = Math.ceil((nextTry - now) / 1000);
  const next = wait > 0 ? `next try in ${wait} s` : "trying again";
  const reason = kind === "starting" ? "The server is starting" : `No connection: ${why}`;
  return { kind, label, detail: `${reason}; ${next}.` };
}

/** The detail of a state for a screen reader, which reads it again whenever it changes: without what counts. */
export function spoken({ kind, detail = "" }) {
  return kind === "behind" ? "" : detail.replace(/; (?:next try in \d+ s|trying again)\.$/, ".");
}

/** The state while a picture of the past is shown. */
export const PAST_MOMENT = { kind: "past-moment", label: "not live", detail: "" };

/** All cameras in a few words: `9 live`, `2 of 9 not live`, `ended`, `connecting` while the first pictures come. */
export function summaryOf(kinds) {
  if (kinds.length > 0 && kinds.every((kind) => kind === "ended")) {
    return { kind: "ended", label: LABELS.ended };
  }
  const worst = ["lost", "ended", "behind", "closed"].find((kind) => kinds.includes(kind));
  if (!worst && kinds.includes("connecting")) {
    return { kind: "connecting", label: LABELS.connecting };
  }
  if (!worst) return { kind: "live", label: `${kinds.length} live` };
  const count = kinds.filter((kind) => kind !== "live").length;
  return { kind: worst, label: `${count} of ${kinds.length} not live` };
}
