/**
 * The path of a stream that servers pass on: the ids of the servers that its frames come through, the nearest first.
 * Pure. A server that receives another one's stream sends its id with its request, and learns the path from the answer:
 *
 *     client: framewire/1 wire=y4m ack=1 stream=garden via=0c5e21d7a9f4
 *     server: framewire/1 ok wire=y4m width=640 height=480 fps=30 stream=garden via=77a0b1c2d3e4,91f00a12b3c4
 */

import { quote, WireError } from "./wire_error.ts";

/** A stream passes through so many servers at the most. */
export const MOST_SERVERS = 8;

const PATH = /^[a-z0-9]{8,16}(,[a-z0-9]{8,16}){0,7}$/;

/** A new id: 12 hexadecimal digits at random. A server has it for as long as it runs. */
export function newServerId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Reads the value of `via`; undefined if there is none. Throws a `WireError`. */
export function parseVia(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  if (PATH.test(text)) return text.split(",");
  throw new WireError(`via is ${quote(text)}, wanted: 1 to ${MOST_SERVERS} ids of servers`);
}

/** Why a stream with this path is not passed on to the servers of `asking`; undefined if it is. */
export function loopIn(path: readonly string[], asking: readonly string[]): string | undefined {
  if (asking.some((id) => path.includes(id))) {
    return "the stream leads back to the server that requests it (a loop)";
  }
  if (path.length >= MOST_SERVERS) {
    return `the stream passes through ${path.length} servers, the maximum is ${MOST_SERVERS}`;
  }
  return undefined;
}
