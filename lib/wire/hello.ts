/**
 * The greeting that a client may send, and the server's answer. Pure: text in, text out.
 *
 *     client: framewire/1 wire=y4m ack=1
 *     server: framewire/1 ok wire=y4m width=640 height=480 fps=30
 *     server: framewire/1 error=busy 64 clients are being served, try again later
 *
 * A client asks for colors with `pixels=yuv420p`, and is told with `pixels=` what it gets. It chooses one of several
 * streams with `stream=NAME`, and lists them with `list=1` (listing.ts). A server that receives the stream of another one sends its id, `via=ID` (via.ts).
 * A client that records H.264 as it comes asks for `steady=1`.
 */

import { type FrameFormat, PIXEL_FORMATS, type PixelFormat } from "../frame/frame_format.ts";
import { isFrameSize } from "../frame/frame_size.ts";
import { parseVia } from "./via.ts";
import { quote, WireError } from "./wire_error.ts";

/** The formats of a stream of frames. */
export const WIRES = ["raw", "y4m", "mjpeg", "h264"] as const;
export type Wire = typeof WIRES[number];

/** The beginning of every line, in every version. */
export const GREETING = "framewire/";
/** The beginning of a line of this version. */
export const VERSION = `${GREETING}1`;

/** The characters of a token, 8 to 256; the line has room for the longest. */
export const TOKEN_CHARACTERS = /^[A-Za-z0-9._~+/=-]{8,256}$/;

/** The name of a stream, as it stands in a greeting and in the address of its page. */
export const STREAM_NAME = /^[A-Za-z0-9_-]{1,64}(\/[A-Za-z0-9_-]{1,64}){0,3}$/;

/** The request of a client. */
export interface Hello {
  /** Undefined: the format for clients that send no greeting. */
  readonly wire?: Wire;
  /** The pixels that it can read at best; undefined: gray. */
  readonly pixels?: PixelFormat | undefined;
  /** Whether it sends a byte for each frame that it has read. */
  readonly ack: boolean;
  /** Whether H.264 is to have the best picture, and another one only if the link cannot carry it. */
  readonly steady?: boolean | undefined;
  /** The secret that the server requires. */
  readonly token?: string | undefined;
  /** The stream's name; undefined: the first one. */
  readonly stream?: string | undefined;
  /** Whether it asks for the list of streams in place of frames. */
  readonly list?: boolean | undefined;
  /** The id of a server that is going to pass the stream on. */
  readonly via?: readonly string[] | undefined;
}

/** What the server is going to send. */
export interface StreamDescription {
  /** The stream's name, where the client requested one. */
  readonly stream?: string | undefined;
  readonly wire: Wire;
  readonly format: FrameFormat;
  /** Whether the client has asked for pixels, and so is told which ones it gets. */
  readonly tellsPixels?: boolean | undefined;
  /** Frames a second; undefined if the source does not announce them. */
  readonly fps: number | undefined;
  /** The ids of the servers that the frames come through, for a server that has sent its own. */
  readonly via?: readonly string[] | undefined;
  /** Whether the server sends every frame of a film, and waits for its clients. */
  readonly lossless?: boolean | undefined;
}

/** A refusal: a word for programs, a sentence for people. */
export interface Refusal {
  readonly error: string;
  readonly message: string;
}

/** The client's line, `\n` included. */
export function formatHello(hello: Hello): string {
  const { wire, pixels, ack, steady, token, stream, list, via } = hello;
  const words = [
    ...[VERSION, wire && `wire=${wire}`, pixels && `pixels=${pixels}`],
    ...[ack && "ack=1", steady && "steady=1", list && "list=1"],
    ...[stream && `stream=${stream}`, via && `via=${via.join()}`, token && `token=${token}`],
  ];
  return words.filter(Boolean).join(" ") + "\n";
}

/** Reads a client's line; keys that are not known are ignored. Throws a `WireError`. */
export function parseHello(line: string): Hello {
  const keys = keysOf(line);
  const wire = keys.get("wire");
  const ack = keys.get("ack") ?? "0";
  if (wire !== undefined && !isWire(wire)) {
    throw new WireError(`wire is ${quote(wire)}, expected: ${WIRES.join(", ")}`);
  }
  const pixels = keys.get("pixels");
  if (pixels !== undefined && !isPixelFormat(pixels)) {
    throw new WireError(`pixels is ${quote(pixels)}, expected: ${PIXEL_FORMATS.join(", ")}`);
  }
  if (ack !== "0" && ack !== "1") throw new WireError(`ack is ${quote(ack)}, expected: 0 or 1`);
  const token = keys.get("token");
  // The error must not contain the token.
  if (token !== undefined && !TOKEN_CHARACTERS.test(token)) {
    throw new WireError("the token is not valid");
  }
  const stream = keys.get("stream");
  if (stream !== undefined && !STREAM_NAME.test(stream)) {
    throw new WireError(`stream is ${quote(stream)}, wanted: letters, digits, - and _`);
  }
  const list = keys.get("list");
  if (list !== undefined && list !== "0" && list !== "1") {
    throw new WireError(`list is ${quote(list)}, wanted: 0 or 1`);
  }
  const via = parseVia(keys.get("via"));
  return {
    ...(wire && { wire }),
    ...(pixels && { pixels }),
    ack: ack === "1",
    ...(token && { token }),
    ...(stream && { stream }),
    ...(keys.get("steady") === "1" && { steady: true }),
    ...(list === "1" && { list: true }),
    ...(via && { via }),
  };
}

/** The server's line, `\n` included. */
export function formatAnswer(answer: StreamDescription | Refusal): string {
  if ("error" in answer) return `${VERSION} error=${answer.error} ${answer.message}\n`;
  const { wire, format, tellsPixels, fps, stream, lossless, via } = answer;
  const rate = fps === undefined ? "" : ` fps=${Number(fps.toFixed(3))}`;
  const every = lossless ? " lossless=1" : "";
  const name = stream === undefined ? "" : ` stream=${stream}`;
  const path = via === undefined ? "" : ` via=${via.join()}`;
  const { width, height, pixels } = format;
  const color = tellsPixels ? ` pixels=${pixels}` : "";
  const facts = `wire=${wire} width=${width} height=${height}${color}${rate}${every}${name}${path}`;
  return `${VERSION} ok ${facts}\n`;
}

/** Reads the server's line. Throws a `WireError`. */
export function parseAnswer(line: string): StreamDescription | Refusal {
  const refusal = parseRefusal(line);
  if (refusal) return refusal;
  const keys = keysOf(line);
  const wire = keys.get("wire") ?? "";
  const size = { width: whole(keys.get("width")), height: whole(keys.get("height")) };
  const fps = keys.get("fps");
  const pixels = keys.get("pixels") ?? "gray";
  if (!/^\S+ ok( |$)/.test(line) || !isWire(wire)) {
    throw new WireError(`${quote(line)} is not an answer`);
  }
  if (!isFrameSize(size)) throw new WireError(`the size in ${quote(line)} is not valid`);
  if (fps !== undefined && !(/^\d{1,7}(\.\d{1,6})?$/.test(fps) && Number(fps) > 0)) {
    throw new WireError(`the rate in ${quote(line)} is not valid`);
  }
  if (!isPixelFormat(pixels)) throw new WireError(`the pixels in ${quote(line)} are not known`);
  const stream = keys.get("stream");
  if (stream !== undefined && !STREAM_NAME.test(stream)) {
    throw new WireError(`the name in ${quote(line)} is not valid`);
  }
  const via = parseVia(keys.get("via"));
  return {
    wire,
    format: { ...size, pixels },
    fps: fps === undefined ? undefined : Number(fps),
    ...(keys.get("lossless") === "1" && { lossless: true }),
    ...(stream && { stream }),
    ...(via && { via }),
  };
}

/** Reads a line that refuses; undefined for another one. */
export function parseRefusal(line: string): Refusal | undefined {
  const [, error, message] = /^framewire\/\d+ error=([a-z]+) ?(.*)$/.exec(line) ?? [];
  return error === undefined ? undefined : { error, message: message || error };
}

/** Whether a word names a wire. */
function isWire(word: string): word is Wire {
  return WIRES.some((wire) => wire === word);
}

/** Whether a word names the pixels of a stream. */
export function isPixelFormat(word: string): word is PixelFormat {
  return PIXEL_FORMATS.some((pixels) => pixels === word);
}

/** The `key=value` words of a line of our version. */
function keysOf(line: string): Map<string, string> {
  const [version, ...words] = line.split(" ");
  if (version !== VERSION) {
    throw new WireError(`the version is ${quote(version)}, expected: ${VERSION}`);
  }
  return wordsOf(words);
}

/** The `key=value` words among `words`. */
export function wordsOf(words: readonly string[]): Map<string, string> {
  return new Map(
    words.flatMap((word) => {
      const at = word.indexOf("=");
      return at > 0 ? [[word.slice(0, at), word.slice(at + 1)] as const] : [];
    }),
  );
}

function whole(text: string | undefined): number {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : NaN;
}
