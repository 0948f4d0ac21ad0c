/** What the handler of a route gets: hono's context, with the client and the stream that is shown. */

import type { Context } from "hono";
import type { Frame } from "../../frame/frame.ts";
import type { Metric } from "../../stats/metrics.ts";
import type { Jpeg } from "../../frame/jpeg.ts";
import type { PublishedStream } from "../published_stream.ts";
import type { Audience } from "./audience.ts";
import type { HttpConnection } from "./http_connection.ts";
import type { RecordingState } from "./recordings.ts";
import type { Stills } from "./stills.ts";

/** The connection of a client, as far as answers use it. */
export interface HttpClient extends
  Pick<
    HttpConnection,
    "host" | "peer" | "gone" | "hold" | "takeOver" | "upgraded" | "close"
  > {
  /** Whether a trusted proxy has got its request over TLS. */
  readonly isSecure?: boolean;
}

/** Figures of the server beside those of the stream. */
export interface ServerFigures {
  /** How many clients of all kinds are being served. */
  readonly clients: () => number;
  /** For Prometheus. */
  readonly metrics: () => Metric[];
}

/** A stream on the pages. */
export interface Shown {
  readonly name: string;
  readonly published: PublishedStream;
  readonly audience: Audience;
  readonly figures: ServerFigures;
  /** Aborted when the stream has ended, or the server stops. */
  readonly signal: AbortSignal;
  readonly jpegs: Stills<Jpeg>;
  readonly pngs: Stills<Frame>;
  /** What the recordings of the stream are at; undefined where nothing is recorded from the page. */
  readonly recording?: () => RecordingState;
}

export interface WebEnv {
  readonly Bindings: { readonly client: HttpClient };
  readonly Variables: { readonly shown: Shown };
}

export type WebContext = Context<WebEnv>;
