/** What the session of a client gets from its server: the streams, and the say on its admission. */

import type { ListedStream } from "../wire/listing.ts";
import type { Hello, Wire } from "../wire/hello.ts";
import type { PublishedStream } from "./published_stream.ts";
import type { AccessRefusal } from "./refusal.ts";

/** The part of a published stream that a session uses. */
export type Publication = Pick<
  PublishedStream,
  "ages" | "describe" | "ending" | "holds" | "refusal" | "subscribe" | "via"
>;

/** The streams that a client can choose from. */
export interface StreamChoice {
  /** The stream of a name, the default one without; or why there is none. */
  select(name?: string): Publication | AccessRefusal;
  /** For a client that asks which ones there are. */
  list(): ListedStream[];
}

export interface SessionControl {
  readonly signal: AbortSignal;
  /** Admits the client with this greeting (undefined: a silent client), or returns why not. */
  readonly admit: (hello: Hello | undefined) => AccessRefusal | undefined;
  /** Called once the format of the client is known. */
  readonly onWire: (wire: Wire | "list") => void;
}
