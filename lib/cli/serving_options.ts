/** The options of whoever serves frames, the server and the client alike, and what comes of them. */

import type { Cidr } from "../serve/cidr.ts";
import { option, UsageError } from "./option_table.ts";
import { integer, ranges, text } from "./readers.ts";

export const servingOptions = {
  quality: option({
    value: "1..100",
    help: "of the JPEGs of the mjpeg wire and the web pages",
    read: integer(1, 100),
    fallback: 90,
  }),
  maxClients: option({
    value: "N",
    help: "how many clients are served at once",
    read: integer(1, 4096),
    fallback: 64,
  }),
  maxPerHost: option({
    value: "N",
    help: "how many of them may come from one address",
    read: integer(1, 4096),
    fallback: 16,
  }),
  allow: option({
    value: "CIDR,..",
    help: "let in only these addresses, as 192.168.0.0/16,fe80::/10",
    read: ranges,
    shownFallback: "everybody",
  }),
  tlsCert: option({
    value: "FILE",
    help: "encrypt what is served: the certificate, PEM",
    read: text,
    shownFallback: "in the clear",
  }),
  tlsKey: option({ value: "FILE", help: "and its key, PEM", read: text }),
};

/** What the options give. */
export interface ServingValues {
  readonly quality: number;
  readonly maxClients: number;
  readonly maxPerHost: number;
  readonly allow: Cidr[] | undefined;
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
}

/** Throws a `UsageError` where options do not belong together. */
export function checkServing(
  { tlsCert, tlsKey }: ServingValues,
  hostname: string | undefined,
): void {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new UsageError("--tls-cert and --tls-key belong together", "give both, or none");
  }
  if (hostname?.startsWith("unix:") && tlsCert !== undefined) {
    throw new UsageError("--tls-cert is given with a unix socket", "leave one out");
  }
}
