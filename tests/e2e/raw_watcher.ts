/** A small client for stamped raw frames that measures their age, with or without a greeting. */

import { wallClock } from "../../lib/frame/clock.ts";
import { readStamp } from "../../lib/wire/stamp.ts";

export interface Watching {
  readonly hostname: string;
  readonly port: number;
  /** Bytes of a frame. */
  readonly bytes: number;
  /** How long frames are counted. */
  readonly seconds: number;
  /** How long frames are read before that, in seconds. */
  readonly warmup?: number;
  /** Whether it asks for acknowledged frames; else it sends no greeting. */
  readonly ack?: boolean;
}

/** What was received. */
export interface Watched {
  /** Milliseconds from the stamp to the read of the last byte, for each frame. */
  readonly ages: number[];
  readonly sequences: number[];
  /** Frames a second, from the first counted frame to the last. */
  readonly fps: number;
  /** Frames a second at the stamp, skipped frames included. */
  readonly captured: number;
}

/** Reads frames for some seconds, or until the server closes. */
export async function watchRaw(watching: Watching): Promise<Watched> {
  const { hostname, port, bytes, seconds, warmup = 1, ack = false } = watching;
  using conn = await connect({ hostname, port });
  conn.setNoDelay(true);
  if (ack) await greet(conn);
  const from = performance.now() + warmup * 1000;
  const ages: number[] = [];
  const sequences: number[] = [];
  const times: number[] = [];
  const frame = new Uint8Array(bytes);
  for (let at = 0; performance.now() < from + seconds * 1000;) {
    const count = await conn.read(frame.subarray(at));
    if (count === null) break;
    at += count;
    if (at < bytes) continue;
    at = 0;
    const readAt = wallClock();
    if (ack) await conn.write(ACK);
    const stamp = readStamp(frame);
    if (!stamp || performance.now() < from) continue;
    ages.push(readAt - stamp.capturedAt);
    sequences.push(stamp.sequence);
    times.push(performance.now());
  }
  const rate = (count: number, milliseconds: number) => 1000 * count / milliseconds;
  return {
    ages,
    sequences,
    fps: rate(times.length - 1, across(times)),
    captured: rate(across(sequences), across(times) - across(ages)),
  };
}

/** Connects, and waits for a server that has just been started. */
async function connect(address: { hostname: string; port: number }): Promise<Deno.TcpConn> {
  for (const deadline = performance.now() + 10_000;;) {
    try {
      return await Deno.connect(address);
    } catch (thrown) {
      const notYet = thrown instanceof Deno.errors.ConnectionRefused;
      if (!notYet || performance.now() > deadline) throw thrown;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const ACK = new Uint8Array([0x0a]);

/** The difference of the last figure and the first. */
function across(figures: number[]): number {
  return (figures.at(-1) ?? NaN) - (figures[0] ?? NaN);
}

/** Asks for acknowledged raw frames, and acknowledges the answer; a raw frame can follow it. */
export async function greet(conn: Deno.TcpConn, words = "wire=raw ack=1"): Promise<string> {
  await conn.write(new TextEncoder().encode(`framewire/1 ${words}\n`));
  const byte = new Uint8Array(1);
  let answer = "";
  while (!answer.endsWith("\n")) {
    if (await conn.read(byte) === null) throw new Error(`the answer is cut: ${answer}`);
    answer += String.fromCharCode(byte[0]!);
    if (answer.length > 512) throw new Error("the server sends no greeting");
  }
  if (!/^framewire\/1 ok /.test(answer)) throw new Error(`refused: ${answer}`);
  await conn.write(ACK);
  return answer;
}

/** The percentile of some figures: 0.5 is their median. */
export function percentile(figures: number[], share: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}
