/** `--list-streams`: the streams of a server, a line each, or as JSON. */

import { clockTime } from "../stream/notice.ts";
import { listStreams } from "../receive/list_streams.ts";
import { formatFrameFormat } from "../frame/frame_format.ts";
import type { ClientOptions } from "./client_options.ts";
import { connectionOptions } from "./remote_options.ts";

/** Prints the list. Throws a `Failure` where the server gives none. */
export async function printStreams(
  options: ClientOptions,
  { signal }: { signal: AbortSignal },
): Promise<void> {
  const streams = await listStreams(await connectionOptions(options), { signal });
  if (options.json) {
    const list = streams.map(({ name, format, fps, outage, closure }) => ({
      ...{ name, ...format, fps: fps ?? null },
      lost: outage ? { since: outage.since.toISOString(), why: outage.why } : null,
      ...(closure && {
        closed: { since: closure.since.toISOString(), until: closure.until?.toISOString() ?? null },
      }),
    }));
    console.log(JSON.stringify(list));
    return;
  }
  for (const { name, format, fps, outage, closure } of streams) {
    const rate = fps === undefined ? "" : `${fps} fps`;
    const state = outage
      ? `no signal since ${clockTime(outage.since)}: ${outage.why}`
      : closure
      ? `closed${closure.until ? ` until ${closure.until.toLocaleString("sv")}` : ""}`
      : "live";
    console.log(`${name}\t${formatFrameFormat(format)}\t${rate}\t${state}`);
  }
}
