/** Runs the measuring client `raw_sink` and reads its report. */

import { Failure } from "../../lib/log/failure.ts";
import { type Bench, run } from "./bench.ts";

/** A measurement: `clients` connections to a port of 127.0.0.1 for `seconds`. */
export interface Measuring {
  readonly port: number;
  readonly size: readonly [width: string, height: string];
  readonly clients: number;
  readonly seconds: number;
  /** Seconds before counting starts. */
  readonly warmup?: number;
  /** Whether frames have a stamp: then the report has ages and gaps. */
  readonly stamp?: boolean;
  /** A process whose CPU time is measured. */
  readonly cpu?: number;
}

/** The part of the report that the tables show. */
export interface Report {
  readonly window_s: number;
  readonly total: {
    readonly frames: number;
    readonly bytes: number;
    readonly MB_s: number;
    readonly fps_per_client_min: number;
    readonly gaps: number;
    readonly latency_ms: { readonly n: number; readonly p50: number; readonly p99: number };
  };
  readonly cpu: { readonly peer_s_per_GB?: number | null };
}

/** The arguments of a measurement. The kernel drops the pixels, so that the client costs little. */
export function sinkArguments({ port, size, clients, seconds, ...more }: Measuring): string[] {
  return [
    ...["127.0.0.1", String(port), ...size, String(clients), String(seconds)],
    ...["--discard", "--no-per-client", "--warmup", String(more.warmup ?? 0.5)],
    ...(more.stamp ? ["--stamp", "--clock", "real"] : []),
    ...(more.cpu ? ["--cpu-pid", String(more.cpu)] : []),
  ];
}

/** Runs a measurement. Throws a `Failure` if a client got no frame. */
export async function measure({ sink, signal }: Bench, measuring: Measuring): Promise<Report> {
  const { code, output, errors } = await run(sink, sinkArguments(measuring), { signal });
  if (code !== 0) {
    throw new Failure(
      `Cannot measure ${measuring.clients} clients: raw_sink ended with status ${code}`,
      errors.trim() || "a client got no whole frame",
    );
  }
  return JSON.parse(output);
}
