/** Reads HOST [PORT [WIDTH HEIGHT]], the arguments of the tutorial's client, and the other ways to write them. */

import {
  formatFrameSize,
  type FrameSize,
  isFrameSize,
  MAX_SIDE,
  parseFrameSize,
} from "../frame/frame_size.ts";
import { UsageError } from "./option_table.ts";
import { withoutPassword } from "../log/redact_url.ts";

/** The default port of the server, the same as the tutorial's. */
const DEFAULT_PORT = 8888;

const HINT = "for example ./client 192.168.0.7 8888 (the server prints this line when it starts)";

/** The positional arguments. */
export interface TypedAddress {
  readonly hostname: string;
  readonly port: number;
  /** Undefined if it is missing. */
  readonly size: FrameSize | undefined;
}

/**
 * Reads `HOST PORT WIDTH HEIGHT`, `HOST:PORT`, `tcp://HOST:PORT`, `HOST PORT 640x480` and shorter forms.
 * `port` is the value of --port on the command line, `usual` the default. Throws a `UsageError` with the right command.
 */
export function readAddress(
  positionals: string[],
  { port, usual = DEFAULT_PORT }: { port?: number | undefined; usual?: number | undefined } = {},
): TypedAddress {
  const [first = "", ...rest] = positionals;
  if (first === "") throw new UsageError("HOST is missing", HINT);
  if (/^\d{1,5}$/.test(first)) {
    throw new UsageError(
      `HOST is missing: ${first} is a port`,
      `put the address of the server before it; on this host: ./client 127.0.0.1 ${first}`,
    );
  }
  const host = readHost(first);
  const numbers = rest.flatMap((text) => {
    const size = parseFrameSize(text);
    return size ? [String(size.width), String(size.height)] : [text];
  });
  const sizeAlone = rest.length === 1 && numbers.length === 2;
  const wrong = numbers.find((number) => !/^\d{1,9}$/.test(number));
  if (wrong !== undefined) {
    throw new UsageError(`Cannot read "${wrong}": wanted PORT WIDTH HEIGHT, whole numbers`, HINT);
  }
  const named = host.port ?? port;
  if (host.port !== undefined && port !== undefined) throw portTwice();
  if (named !== undefined && numbers.length % 2 === 1) throw portTwice();
  const hasPort = named === undefined && !sizeAlone && numbers.length > 0;
  const typed = hasPort ? Number(numbers.shift()) : named ?? usual;
  if (numbers.length > 2) throw new UsageError(`Unexpected argument "${numbers[2]}"`, HINT);
  if (typed < 1 || typed > 65535) {
    throw new UsageError(`PORT is ${typed}, wanted: 1 to 65535`, HINT);
  }
  return { hostname: host.hostname, port: typed, size: readSize(numbers) };
}

function readSize([width, height]: string[]): FrameSize | undefined {
  if (width === undefined) return undefined;
  if (height === undefined) throw new UsageError("HEIGHT is missing", HINT);
  const size = { width: Number(width), height: Number(height) };
  if (isFrameSize(size)) return size;
  throw new UsageError(
    `The size is ${formatFrameSize(size)}, wanted: each side 1 to ${MAX_SIDE}`,
    HINT,
  );
}

/** Reads HOST or HOST:PORT. */
function readHost(text: string): { hostname: string; port?: number } {
  if (text.startsWith("unix:")) return { hostname: text };
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text) ?? [];
  if (scheme !== undefined && scheme.toLowerCase() !== "tcp") throw otherScheme(text, scheme);
  const place = scheme === undefined ? text : text.slice("tcp://".length).replace(/\/$/, "");
  const [, bracketed, plain, port] =
    /^(?:\[([0-9a-f:.]+(?:%\w+)?)\]|([^:/?#\[\]]+))(?::(\d{1,9}))?$/i.exec(place) ?? [];
  const hostname = bracketed ?? plain;
  if (hostname !== undefined) return { hostname, ...(port && { port: Number(port) }) };
  if (/^[0-9a-f:.]+(%\w+)?$/i.test(place) && place.includes(":")) return { hostname: place };
  throw new UsageError(
    `Cannot read "${text}": wanted HOST, HOST:PORT or tcp://HOST:PORT, with an IPv6 address in brackets`,
    HINT,
  );
}

/** The error for a URL of another protocol: our web page, or a stream that only ffmpeg can read. */
function otherScheme(url: string, scheme: string): UsageError {
  const [, host = ""] = /^[a-z0-9+.-]+:\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/?#]*)/i.exec(url) ?? [];
  if (!/^https?$/i.test(scheme)) {
    return new UsageError(
      `The client does not read ${scheme}: URLs`,
      "start ./server -i URL, then ./client 127.0.0.1",
    );
  }
  const bare = host.replace(/^\[|\]$/g, "");
  return new UsageError(
    `The client connects to the stream of a server, not to its web page: "${withoutPassword(url)}"`,
    `./client ${bare} ${DEFAULT_PORT}; to receive the MJPEG stream of a camera: ./server -i URL`,
  );
}

function portTwice(): UsageError {
  return new UsageError("PORT is given twice", "give PORT only once");
}
