/**
 * The list of a server's streams, in place of frames for a client that sends `list=1`. Pure: text in, text out.
 *
 *     server: framewire/1 ok list=3
 *     server: stream=kitchen width=640 height=480 fps=30 state=live
 *     server: stream=hall width=640 height=480 fps=30 state=closed since=2026-11-25T12:00:00.000Z until=2026-11-26T07:00:00.000Z
 *     server: stream=garden width=1280 height=720 state=lost since=2026-11-25T12:00:00.000Z why=it ended
 */

import type { FrameFormat } from "../frame/frame_format.ts";
import { isFrameSize } from "../frame/frame_size.ts";
import type { Closure, Outage } from "../frame/outage.ts";
import {
  isPixelFormat,
  parseRefusal,
  type Refusal,
  STREAM_NAME,
  VERSION,
  wordsOf,
} from "./hello.ts";
import { quote, WireError } from "./wire_error.ts";

/** What the list says of one stream. */
export interface ListedStream {
  readonly name: string;
  readonly format: FrameFormat;
  /** Frames a second; undefined if the source does not announce them. */
  readonly fps: number | undefined;
  /** Since when its source is away, and why; undefined while it is there. */
  readonly outage: Outage | undefined;
  /** Since when it is outside its hours, and until when; undefined in them, and without. */
  readonly closure?: Closure | undefined;
}

/** How many streams and characters a list has at the most. */
const [MAX_STREAMS, MAX_CHARACTERS] = [4096, 2 ** 20];

/** How many characters of a reason are kept. */
const MAX_REASON = 200;

/** The lines of the list, the answer first. */
export function formatListing(streams: readonly ListedStream[]): string {
  const lines = streams.map(({ name, format, fps, outage, closure }) => {
    const rate = fps === undefined ? "" : ` fps=${Number(fps.toFixed(3))}`;
    const state = outage
      ? `state=lost since=${outage.since.toISOString()} why=${plainReason(outage.why)}`
      : closure
      ? `state=closed since=${closure.since.toISOString()}${untilWord(closure)}`
      : "state=live";
    const { width, height, pixels } = format;
    const color = pixels === "gray" ? "" : ` pixels=${pixels}`;
    return `stream=${name} width=${width} height=${height}${color}${rate} ${state}\n`;
  });
  return `${VERSION} ok list=${streams.length}\n${lines.join("")}`;
}

function untilWord({ until }: Closure): string {
  return until ? ` until=${until.toISOString()}` : "";
}

/** Reads the lines that a server sent until it closed. Throws a `WireError` where they are no list. */
export function parseListing(text: string): readonly ListedStream[] | Refusal {
  const [first = "", ...lines] = text.slice(0, MAX_CHARACTERS).split("\n");
  const refusal = parseRefusal(first);
  if (refusal) return refusal;
  const [, count] = /^framewire\/1 ok list=(\d{1,4})$/.exec(first) ?? [];
  if (count === undefined) {
    throw new WireError(`${quote(first)} is not the answer to list=1`);
  }
  if (lines.length - 1 < Math.min(Number(count), MAX_STREAMS)) {
    throw new WireError("the list is cut");
  }
  return lines.slice(0, Number(count)).map(parseStream);
}

function parseStream(line: string): ListedStream {
  const [, facts = "", why = ""] = /^(.*?)(?: why=(.*))?$/.exec(line) ?? [];
  const words = wordsOf(facts.split(" "));
  const name = words.get("stream") ?? "";
  const size = { width: Number(words.get("width")), height: Number(words.get("height")) };
  const pixels = words.get("pixels") ?? "gray";
  const fps = Number(words.get("fps") ?? NaN);
  const since = new Date(words.get("since") ?? NaN);
  if (!STREAM_NAME.test(name) || !isFrameSize(size) || !isPixelFormat(pixels)) {
    throw new WireError(`${quote(line)} is not a line of the list`);
  }
  const isClosed = words.get("state") === "closed" && !Number.isNaN(since.getTime());
  const until = new Date(words.get("until") ?? NaN);
  const closure = { since, until: Number.isNaN(until.getTime()) ? undefined : until };
  const isLost = words.get("state") === "lost" && !Number.isNaN(since.getTime());
  return {
    ...{ name, format: { ...size, pixels }, fps: fps > 0 ? fps : undefined },
    outage: isLost ? { since, why: plainReason(why) } : undefined,
    ...(isClosed && { closure }),
  };
}

/** A reason on one line, for a terminal: without control characters, and not too long. */
function plainReason(why: string): string {
  return why.slice(0, MAX_REASON).replace(/\p{Cc}/gu, " ");
}
