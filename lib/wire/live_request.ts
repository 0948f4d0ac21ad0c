/**
 * What the live page asks for on its WebSocket (`/live`): the text messages from the page, in JSON. Pure.
 * docs/protocol.md describes them for others.
 */

import { quote, WireError } from "./wire_error.ts";

/** The longest message, in UTF-16 units. */
const MAX_LENGTH = 65_536;

/** How a stream is watched. */
export interface Watch {
  /** The width of the picture on the page, in its device's pixels; 0: the full size. */
  readonly width: number;
  readonly wire: "jpeg" | "h264";
  /** Whether the page gets the detections, too. */
  readonly detections: boolean;
}

export type LiveRequest =
  /** The whole set of watched streams, by name. It replaces the one before. */
  | { readonly type: "watch"; readonly streams: ReadonlyMap<string, Watch> }
  /** Asks for the server's time; `asked` comes back. */
  | { readonly type: "time"; readonly asked: number };

/** Reads a message. Undefined if its type is unknown. Throws a `WireError` if it is not valid. */
export function parseLiveRequest(text: string): LiveRequest | undefined {
  if (text.length > MAX_LENGTH) {
    throw new WireError(`a message is longer than ${MAX_LENGTH} characters`);
  }
  const message = readObject(parseJson(text), "a message");
  switch (message.type) {
    case "watch": {
      const streams = Object.entries(readObject(message.streams, "streams"));
      return {
        type: "watch",
        streams: new Map(streams.map(([name, watch]) => [name, readWatch(watch)])),
      };
    }
    case "time":
      return { type: "time", asked: readNumber(message.asked, "asked") };
  }
  if (typeof message.type !== "string") throw new WireError("a message has no type");
  return undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new WireError(`a message is not JSON: ${quote(text)}`);
  }
}

function readWatch(value: unknown): Watch {
  const { width, wire, detections = false } = readObject(value, "a stream");
  if (wire !== "jpeg" && wire !== "h264") {
    // Only a string is named: to write anything else in JSON may need more of the stack than there is.
    const what = typeof wire === "string" ? quote(wire) : "no string";
    throw new WireError(`wire is ${what}, expected: "jpeg" or "h264"`);
  }
  if (typeof detections !== "boolean") throw new WireError("detections is neither true nor false");
  return { width: readNumber(width, "width"), wire, detections };
}

function readObject(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new WireError(`${what} is not an object`);
}

/** Not negative, and finite. */
function readNumber(value: unknown, what: string): number {
  if (typeof value === "number" && value >= 0 && value < Infinity) return value;
  throw new WireError(`${what} is not a number of 0 or more`);
}
