/** What the server says of itself: at the start, and once a second. */

import type { Log } from "../log/log.ts";
import { plural } from "../log/plural.ts";
import { clockTime } from "../stream/notice.ts";
import type { Receiver } from "../receive/receiver.ts";
import type { Endpoint } from "../serve/listen.ts";
import type { Address, StreamServer } from "../serve/stream_server.ts";
import type { CameraStream } from "../stream/camera_stream.ts";
import type { Stream } from "../stream/stream.ts";
import { formatHostPort } from "../wire/address.ts";
import type { ServerOptions } from "./server_options.ts";

/** How viewers connect. */
interface Entrance {
  readonly server: {
    readonly endpoint: Pick<Endpoint, "where" | "port"> | undefined;
    readonly webPort: number | undefined;
  };
  readonly options: Pick<ServerOptions, "tlsCert" | "tokenFile" | "allow">;
  readonly wireAt: Address | undefined;
  readonly webAt: Address | undefined;
}

/** Says what is served and where, with the client's command for each address of this host. */
export function announce(
  { name, size: { width, height }, fps }: Pick<Stream, "name" | "size" | "fps">,
  { server, options, wireAt, webAt }: Entrance & { readonly wireAt: Address },
  log: Log,
): void {
  const { endpoint, webPort } = server;
  const guards = guardsOf(options);
  log.info(`source:  ${name}`);
  log.info(`width:   ${width}`);
  log.info(`height:  ${height}`);
  log.info(`rate:    ${fps ? `${fps} fps` : "the source does not say"}`);
  log.info(`listens: ${endpoint?.where}`);
  const { hostname } = wireAt;
  const flags = (guards.tls ? " --tls [--tls-ca FILE]" : "") +
    (guards.token ? " --token-file FILE" : "");
  if (endpoint?.port === undefined) log.info(`watch:   ./client ${hostname}${flags}`);
  else {
    for (const host of clientAddresses(hostname, Deno.networkInterfaces())) {
      log.info(`watch:   ./client ${host} ${endpoint.port}${flags}`);
    }
  }
  if (webAt) {
    const page = { ...webAt, port: webPort ?? webAt.port };
    for (const url of webAddresses(page, guards)) log.info(`web:     ${url}`);
  }
  warnOfOpenness([hostname, webAt?.hostname], guards, log);
}

/** Says what a client serves and where. Returns the address of its web page, if it has one. */
export function announceClient(
  { server, options, wireAt, webAt }: Entrance & {
    readonly options: { readonly display: string | undefined };
  },
  log: Log,
): string | undefined {
  const guards = guardsOf(options);
  if (wireAt) log.info(`serves:  ${server.endpoint?.where}`);
  const [page] = webAt
    ? webAddresses({ ...webAt, port: server.webPort ?? webAt.port }, guards)
    : [];
  if (page !== undefined && options.display !== "web") log.info(`web:     ${page}`);
  warnOfOpenness([wireAt?.hostname, webAt?.hostname], guards, log);
  return page;
}

function guardsOf(
  { tlsCert, tokenFile, allow }: Entrance["options"],
): { tls: boolean; token: boolean; allow: boolean } {
  return { tls: tlsCert !== undefined, token: tokenFile !== undefined, allow: allow !== undefined };
}

/** Says so where everybody may watch who reaches this host. */
function warnOfOpenness(
  hostnames: (string | undefined)[],
  { tls, token, allow }: { tls: boolean; token: boolean; allow: boolean },
  log: Log,
): void {
  const isOpen = hostnames.some((name) => name !== undefined && isEverywhere(name));
  if (!isOpen || tls || token || allow) return;
  log.info("open:    anybody who reaches this port can watch (--allow, --token-file, --tls-cert)");
}

/** The web pages' addresses, as a browser wants them. */
function webAddresses(
  { hostname, port }: { hostname: string; port: number },
  { tls }: { tls: boolean },
): string[] {
  return clientAddresses(hostname, Deno.networkInterfaces()).map((host) =>
    `http${tls ? "s" : ""}://${formatHostPort({ hostname: host, port })}/`
  );
}

/** Whether a server with this address listens on all of the host's. */
function isEverywhere(hostname: string): boolean {
  return hostname === "0.0.0.0" || hostname === "::";
}

/** The addresses under which clients reach a server that listens on `hostname`; others' hosts first. */
export function clientAddresses(
  hostname: string,
  interfaces: Pick<Deno.NetworkInterfaceInfo, "family" | "address">[],
): string[] {
  if (!isEverywhere(hostname)) return [hostname];
  const loopback = (address: string) => address.startsWith("127.") || address === "::1";
  return interfaces
    .filter(({ family }) => family === "IPv4" || hostname === "::")
    .map(({ address }) => address)
    .filter((address) => !address.startsWith("fe80:")) // needs a zone that only its own host knows
    .sort((a, b) => Number(loopback(a)) - Number(loopback(b)));
}

/** The server's status line. */
export function serverStatus(
  { meter, filterStatus }: Pick<CameraStream, "meter" | "filterStatus">,
  { status }: Pick<StreamServer, "status">,
): string {
  return [
    `${plural(meter.frames, "frame")}  ${meter.rate().toFixed(1)} fps`,
    ...(filterStatus === undefined ? [] : [filterStatus]),
    status,
  ].join("  ");
}

/** What a client says at its end: what came, and what did not. */
export function formatEnd(
  { receiver, vision, delivered }: {
    receiver: Pick<Receiver, "stats" | "wire">;
    vision: { meter: { skipped: number } } | undefined;
    delivered: number;
  },
  options: { readonly placeholders: boolean },
): string {
  const { frames, seconds, skipped, placeholders } = receiver.stats.total();
  // With --placeholders, NO SIGNAL pictures are frames.
  const received = options.placeholders ? frames + placeholders : frames;
  const missed = receiver.wire === "raw"
    ? "a raw stream does not tell what was missed"
    : `${skipped} missed`;
  return [
    `ended after ${plural(vision ? delivered : received, "frame")} in ${
      seconds.toFixed(1)
    } s: ${missed}`,
    ...(vision ? [`${vision.meter.skipped} skipped by the filters`] : []),
    ...(placeholders > 0
      ? [
        `${plural(placeholders, "NO SIGNAL picture")}${
          options.placeholders ? " received as frames" : ""
        }`,
      ]
      : []),
  ].join(", ");
}

/** The client's status line. */
export function clientStatus(
  { receiver: { stats, wire, offset, outage, noSignal }, vision }: {
    receiver: Pick<Receiver, "stats" | "wire" | "offset" | "outage" | "noSignal">;
    vision: { status: string } | undefined;
  },
  { records }: { records?: { status: string[] } } = {},
): string {
  const { frames, skipped } = stats.total();
  if (outage) {
    return `${plural(frames, "frame")}  waiting since ${clockTime(outage.since)}: ${outage.why}`;
  }
  if (noSignal) {
    return `${plural(frames, "frame")}  the server has no signal since ${clockTime(noSignal)}`;
  }
  const { seconds, bytes, age } = stats.recent();
  const rate = `${(bytes * 8 / 1e6 / Math.max(seconds, 0.1)).toFixed(1)} Mbit/s`;
  // What matters most comes first: a narrow terminal has no room for the last ones.
  const parts = [plural(frames, "frame"), `${stats.rate().toFixed(1)} fps`];
  parts.push(...(records?.status ?? []).map(shortRecord), ...(vision ? [vision.status] : []));
  // A raw stream numbers nothing and names no times.
  if (age && offset) {
    const [p50, p99, off] = [age.p50, age.p99, offset.uncertainty].map((ms) => ms.toFixed(1));
    parts.push(`${skipped} skipped`, `${wire} ${rate}`, `age ${p50} ms, p99 ${p99} (\u00b1${off})`);
  } else {
    parts.push(`${wire} ${rate}`);
  }
  return parts.join("  ");
}

/** How much room a record has on the status line. */
const RECORD_COLUMNS = 50;

/** A record's name and progress, without its directory and the beginning of a long name. */
function shortRecord(status: string): string {
  const text = status.replace(/^.*[\/\\]/, "");
  return text.length > RECORD_COLUMNS ? `...${text.slice(3 - RECORD_COLUMNS)}` : text;
}
