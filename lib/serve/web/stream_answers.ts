/** What `/state` and `/healthz` say of the streams, and what is said where one is not there. */

import type { Ending } from "../../frame/latest.ts";
import { data, text } from "./http_answers.ts";
import type { ShownStreams } from "./shown_streams.ts";
import { stateOfShown } from "./state.ts";
import type { Shown } from "./web_context.ts";

/** What the routes use of the streams. */
export type ServedStreams = Pick<
  ShownStreams,
  | "get"
  | "all"
  | "has"
  | "names"
  | "endingOf"
  | "firstName"
  | "isSeveral"
  | "figures"
  | "openLive"
>;

/** Whether one of the streams is there. */
export function isRunning(streams: ServedStreams): boolean {
  return streams.all().length > 0;
}

/** `ended`: why the stream has ended; undefined if it has not, or if that is not known. */
export function noStream(ended?: Ending): Response {
  if (ended) return text(503, `ended: ${ENDINGS[ended]}`);
  return text(503, "the stream has not started or has ended", { "retry-after": "1" });
}

/** The answer to a page that comes before the streams. */
export function starting(): Response {
  return text(503, "the server is starting", { "retry-after": "1", "x-state": "starting" });
}

const ENDINGS: Readonly<Record<Ending, string>> = {
  over: "the stream is over",
  failed: "the stream has failed",
  removed: "the camera was removed from the server",
};

/** Why the stream of a name, the first one without, has ended; undefined if it has not. */
export function endingIn(
  streams: ServedStreams | undefined,
  name = streams?.firstName,
): Ending | undefined {
  return name === undefined ? undefined : streams?.endingOf(name);
}

/** Where the server has several streams, what is said of those that are there; else the next handler answers for the one. */
export async function ofSeveral(
  streams: ServedStreams | undefined,
  answer: (streams: ServedStreams) => Response,
  next: () => Promise<void>,
): Promise<Response | void> {
  return streams?.isSeveral && isRunning(streams) ? answer(streams) : await next();
}

/** The state of the first stream, if it is there, and of each by its name; of one that has ended, why. */
export function statesOf(streams: ServedStreams): Response {
  const states = streams.names.flatMap((name) => {
    const shown = streams.get(name);
    if (shown) return { stream: name, ...stateOfShown(shown) };
    const ended = streams.endingOf(name);
    return ended ? { stream: name, ended } : [];
  });
  const first = states.find(({ stream }) => stream === streams.get()?.name);
  return data(JSON.stringify({ ...first, streams: states }), "application/json");
}

/** Names those that are lost or have failed, and those that are over or outside their hours, which is no fault. */
export function healthOf(streams: ServedStreams): Response {
  const lost = streams.all().flatMap(({ name, published }) => {
    const outage = published.stream.outage();
    return outage ? [`${name} (${outage.why})`] : [];
  });
  const named = (ending: Ending) =>
    streams.names.filter((name) => !streams.get(name) && streams.endingOf(name) === ending);
  const closed = streams.all().filter(({ published }) => published.stream.closure?.());
  const parts = [
    ["lost", lost],
    ["failed", named("failed")],
    ["ended", named("over")],
    ["closed", closed.map(({ name }) => name)],
  ] as const;
  const words = parts.flatMap(([what, names]) => {
    return names.length > 0 ? [`${what}: ${names.join(", ")}`] : [];
  });
  const isWell = lost.length + named("failed").length === 0;
  return text(isWell ? 200 : 503, (isWell ? ["ok", ...words] : words).join("; "));
}

export function health({ published: { stream } }: Shown): Response {
  const outage = stream.outage();
  if (outage) return text(503, `lost: ${outage.why}`);
  return text(200, stream.closure?.() ? "ok; closed" : "ok");
}
