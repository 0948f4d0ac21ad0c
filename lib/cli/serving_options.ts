/** The options of both programs for serving frames. */

import { DEFAULT_ENCODER, H264_ENCODERS, type H264EncoderName } from "../ffmpeg/h264_arguments.ts";
import type { Cidr } from "../serve/cidr.ts";
import { option, UsageError } from "./option_table.ts";
import { integer, oneOf, range, ranges, text } from "./readers.ts";

/** Quality and limits. */
export const limitOptions = {
  quality: option({
    value: "1..100",
    help: "JPEG quality of the mjpeg format and the web pages",
    read: integer(1, 100),
    fallback: 90,
  }),
  encoder: option({
    value: "NAME",
    help:
      "ffmpeg's encoder for H.264: libx264, or one in hardware such as h264_v4l2m2m, h264_vaapi",
    read: oneOf(...H264_ENCODERS),
    fallback: DEFAULT_ENCODER as H264EncoderName,
  }),
  maxClients: option({
    value: "N",
    help: "maximum number of clients",
    read: integer(1, 4096),
    fallback: 64,
  }),
  maxPerHost: option({
    value: "N",
    help: "maximum number of clients from one address",
    read: integer(1, 4096),
    fallback: 16,
  }),
};

/** Access and encryption. */
export const accessOptions = {
  allow: option({
    value: "CIDR,..",
    help: "accept only clients from these addresses, for example 192.168.0.0/16,fe80::/10",
    read: ranges,
    shownFallback: "all addresses",
  }),
  trustedProxy: option({
    value: "CIDR",
    help: "address or range of a web server in front of the web pages, whose X-Forwarded-For and " +
      "X-Forwarded-Proto are believed; can be repeated",
    read: range,
    repeatable: true,
    shownFallback: "none",
  }),
  tlsCert: option({
    value: "FILE",
    help: "encrypt the connections of clients and browsers with this certificate (PEM)",
    read: text,
    shownFallback: "no encryption",
  }),
  tlsKey: option({ value: "FILE", help: "private key of the certificate (PEM)", read: text }),
};

/** The values of both groups. */
export interface ServingValues {
  readonly quality: number;
  readonly encoder: H264EncoderName;
  readonly maxClients: number;
  readonly maxPerHost: number;
  readonly allow: Cidr[] | undefined;
  readonly trustedProxy: Cidr[];
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
}

/** Throws a `UsageError` for options that do not work together. */
export function checkServing(
  { tlsCert, tlsKey }: ServingValues,
  hostname: string | undefined,
): void {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new UsageError("--tls-cert and --tls-key only work together", "give both or neither");
  }
  if (hostname?.startsWith("unix:") && tlsCert !== undefined) {
    throw new UsageError(
      "--tls-cert is given with a Unix socket, which is not encrypted",
      "remove one of them",
    );
  }
}
