/** Finds the stream that a client gets. */

import type { Hello } from "../wire/hello.ts";
import { loopIn } from "../wire/via.ts";
import type { AccessRefusal } from "./refusal.ts";
import type { Publication, StreamChoice } from "./session_control.ts";

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
