/** What the programs say at the start, in the status line, and at the end. */

import { formatFrameFormat, hasColor } from "../frame/frame_format.ts";
import type { Log } from "../log/log.ts";
import { plural } from "../log/plural.ts";
import { clockTime } from "../stream/notice.ts";
import type { Receiver } from "../receive/receiver.ts";
import type { Endpoint } from "../serve/listen.ts";
import type { Address, StreamServer } from "../serve/stream_server.ts";
import type { Stream } from "../stream/stream.ts";
import { formatHostPort } from "../wire/address.ts";
import type { CameraSource } from "./camera_source.ts";
import type { ServerOptions } from "./server_options.ts";

/** How clients and browsers connect. */
interface Access {
  readonly server: {
    readonly endpoint: Pick<Endpoint, "where" | "port"> | undefined;
    readonly webPort: number | undefined;
  };
  readonly options: Pick<ServerOptions, "tlsCert" | "tokenFile" | "allow">;
  readonly wireAt: Address | undefined;
  readonly webAt: Address | undefined;
}

/** Logs the streams and the address, with the client's command for each address of this host. */
export function announce(
  streams: readonly (readonly [
    name: string,
    Pick<Stream, "name" | "format" | "fps" | "outage" | "closure">,
  ])[],
  { server, options, wireAt, webAt }: Access & { readonly wireAt: Address },
  log: Log,
): void {
  const { endpoint, webPort } = server;
  const guards = guardsOf(options);
  for (const line of streams.length === 1 ? describeOne(streams) : streams.map(describe)) {
    log.info(line);
  }
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

function describeOne(streams: Parameters<typeof announce>[0]): string[] {
  return streams.flatMap(([, { name, format, fps }]) => [
    `source:  ${name}`,
    `width:   ${format.width}`,
    `height:  ${format.height}`,
    ...(hasColor(format) ? ["pixels:  color (yuv420p)"] : []),
    `rate:    ${fps ? `${fps} fps` : "unknown"}`,
  ]);
}

function describe([id, stream]: Parameters<typeof announce>[0][number]): string {
  const { name, format, fps } = stream;
  const rate = fps ? `, ${fps} fps` : "";
  const state = stream.outage() ? ", no signal" : stream.closure?.() ? ", closed" : "";
  return `camera:  ${id}: ${name}, ${formatFrameFormat(format)}${rate}${state}`;
}

/** Logs where a client serves its frames. Returns the address of its web page, if it has one. */
export function announceClient(
  { server, options, wireAt, webAt }: Access & {
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
  { tlsCert, tokenFile, allow }: Access["options"],
): { tls: boolean; token: boolean; allow: boolean } {
  return { tls: tlsCert !== undefined, token: tokenFile !== undefined, allow: allow !== undefined };
}

/** Logs a notice if everybody who reaches this host can watch. */
function warnOfOpenness(
  hostnames: (string | undefined)[],
  { tls, token, allow }: { tls: boolean; token: boolean; allow: boolean },
  log: Log,
): void {
  const isOpen = hostnames.some((name) => name !== undefined && isEverywhere(name));
  if (!isOpen || tls || token || allow) return;
  log.info(
    "open:    anybody who reaches this port can watch; --allow or --token-file restricts access",
  );
}

/** The URLs of the web pages. */
function webAddresses(
  { hostname, port }: { hostname: string; port: number },
  { tls }: { tls: boolean },
): string[] {
  return clientAddresses(hostname, Deno.networkInterfaces()).map((host) =>
    `http${tls ? "s" : ""}://${formatHostPort({ hostname: host, port })}/`
  );
}

/** Whether a server with this address listens on all addresses of the host. */
function isEverywhere(hostname: string): boolean {
  return hostname === "0.0.0.0" || hostname === "::";
}

/** The addresses at which clients reach a server that listens on `hostname`; those for other hosts first. */
export function clientAddresses(
  hostname: string,
  interfaces: Pick<Deno.NetworkInterfaceInfo, "family" | "address">[],
): string[] {
  if (!isEverywhere(hostname)) return [hostname];
  const loopback = (address: string) => address.startsWith("127.") || address === "::1";
  return interfaces
    .filter(({ family }) => family === "IPv4" || hostname === "::")
    .map(({ address }) => address)
    .filter((address) => !address.startsWith("fe80:")) // needs a zone that only this host knows
    .sort((a, b) => Number(loopback(a)) - Number(loopback(b)));
}

/** The server's status line. */
export function serverStatus(
  streams: readonly Pick<CameraSource, "meter" | "filterStatus" | "outage" | "closure">[],
  { status }: Pick<StreamServer, "status">,
): string {
  const [first] = streams;
  if (streams.length > 1) {
    const live = streams.filter((stream) => !stream.outage() && !stream.closure?.()).length;
    const fps = streams.reduce((sum, { meter }) => sum + meter.rate(), 0);
    return `${live} of ${streams.length} cameras live  ${fps.toFixed(1)} fps together  ${status}`;
  }
  if (!first) return status;
  const { meter, filterStatus } = first;
  return [
    `${plural(meter.frames, "frame")}  ${meter.rate().toFixed(1)} fps`,
    ...(filterStatus === undefined ? [] : [filterStatus]),
    status,
  ].join("  ");
}

/** What a client says at its end: the frames received, and those missed. */
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
    ? "missed frames are unknown on a raw stream"
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
  // The most important parts come first: a narrow terminal cuts the line.
  const parts = [plural(frames, "frame"), `${stats.rate().toFixed(1)} fps`];
  parts.push(...(records?.status ?? []).map(shortRecord), ...(vision ? [vision.status] : []));
  // A raw stream has no sequence numbers and no times.
  if (age && offset) {
    const [p50, p99, off] = [age.p50, age.p99, offset.uncertainty].map((ms) => ms.toFixed(1));
    parts.push(`${skipped} skipped`, `${wire} ${rate}`, `age ${p50} ms, p99 ${p99} (\u00b1${off})`);
  } else {
    parts.push(`${wire} ${rate}`);
  }
  return parts.join("  ");
}

/** The maximum length of a record on the status line, in characters. */
const RECORD_COLUMNS = 50;

/** A record's name and progress, without its directory and the beginning of a long name. */
function shortRecord(status: string): string {
  const text = status.replace(/^.*[\/\\]/, "");
  return text.length > RECORD_COLUMNS ? `...${text.slice(3 - RECORD_COLUMNS)}` : text;
}
