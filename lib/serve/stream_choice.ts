/** How a session finds the stream that its client gets. */

import type { Hello } from "../wire/hello.ts";
import type { ListedStream } from "../wire/listing.ts";
import { loopIn } from "../wire/via.ts";
import type { PublishedStream } from "./published_stream.ts";
import type { AccessRefusal } from "./refusal.ts";

/** The part of a published stream that a session uses. */
export type Publication = Pick<
  PublishedStream,
  "ages" | "describe" | "ending" | "holds" | "subscribe" | "via"
>;

/** The streams that a client can choose from. */
export interface StreamChoice {
  /** The stream of a name, the default one without; or why there is none. */
  select(name?: string): Publication | AccessRefusal;
  /** For a client that asks which ones there are. */
  list(): ListedStream[];
}

/** The stream for a client; or why it gets none: it is a server to which the stream would lead back. */
export function chooseStream(
  streams: StreamChoice,
  hello: Hello | undefined,
): Publication | AccessRefusal {
  const published = streams.select(hello?.stream);
  if ("error" in published || !hello?.via) return published;
  const message = loopIn(published.via, hello.via);
  return message === undefined ? published : { kind: "loop", error: "loop", message };
}
