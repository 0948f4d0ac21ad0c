/** What the server says of itself: at the start, and once a second. */

import type { Log } from "../frame/log.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { Meter } from "../frame/meter.ts";

/** Says what is served and where, with the client's command for each address of this host. */
export function announce(
  source: { name: string; size: FrameSize; fps: number | undefined },
  address: Deno.NetAddr,
  log: Log,
): void {
  const { width, height } = source.size;
  log.info(`source:  ${source.name}`);
  log.info(`width:   ${width}`);
  log.info(`height:  ${height}`);
  log.info(`rate:    ${source.fps ? `${source.fps} fps` : "the source does not say"}`);
  log.info(`listens: ${address.hostname} port ${address.port}`);
  for (const host of clientAddresses(address.hostname, Deno.networkInterfaces())) {
    log.info(`watch:   ./client ${host} ${address.port} ${width} ${height}`);
  }
}

/** The addresses under which clients reach a server that listens on `hostname`; others' hosts first. */
export function clientAddresses(
  hostname: string,
  interfaces: Pick<Deno.NetworkInterfaceInfo, "family" | "address">[],
): string[] {
  const everywhere = hostname === "0.0.0.0" || hostname === "::";
  if (!everywhere) return [hostname];
  const loopback = (address: string) => address.startsWith("127.") || address === "::1";
  return interfaces
    .filter(({ family }) => family === "IPv4" || hostname === "::")
    .map(({ address }) => address)
    .filter((address) => !address.startsWith("fe80:")) // needs a zone that only its own host knows
    .sort((a, b) => Number(loopback(a)) - Number(loopback(b)));
}

/** The server's status line. */
export function serverStatus(
  meter: Meter,
  { clients, sent, skipped }: { clients: number; sent: number; skipped: number },
  vision?: { status: string },
): string {
  const sending = `${clients} clients  ${sent} sent  ${skipped} skipped`;
  return [frameRate(meter), ...(vision ? [vision.status] : []), sending].join("  ");
}

/** The client's status line. */
export function clientStatus(meter: Meter, vision?: { status: string }): string {
  return [frameRate(meter), ...(vision ? [vision.status] : [])].join("  ");
}

function frameRate(meter: Meter): string {
  return `${meter.frames} frames  ${meter.rate().toFixed(1)} fps`;
}
