/** The readers with streams that are cut anywhere, and with damaged streams. */

import { grayFormat } from "../../lib/frame/frame_format.ts";
import { smallJpeg } from "./small_jpeg.ts";
import { placeFrame } from "../frame/place_frame.ts";
import { assert, assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "../assert.ts";
import { FirstLineReader } from "../../lib/wire/first_line.ts";
import { formatAnswer, formatHello, parseAnswer, parseHello } from "../../lib/wire/hello.ts";
import {
  formatMjpegEnd,
  MJPEG_PREAMBLE,
  MjpegReader,
  writeMjpegPart,
} from "../../lib/wire/mjpeg.ts";
import { formatUnitHead, formatUnitsEnd, UnitReader } from "../../lib/wire/h264.ts";
import { RawReader } from "../../lib/wire/raw.ts";
import type { Ending } from "../../lib/frame/latest.ts";
import type { WireReader } from "../../lib/wire/wire_frame.ts";
import { formatY4mEnd, formatY4mFrame, formatY4mHeader, Y4mReader } from "../../lib/wire/y4m.ts";
import { assertPlain, generator, mutate } from "./damage.ts";

const format = grayFormat({ width: 4, height: 3 });
const SEED = 20261123;
const encoder = new TextEncoder();

function join(...parts: (string | Uint8Array)[]): Uint8Array {
  const bytes = parts.map((part) => typeof part === "string" ? encoder.encode(part) : part);
  const all = new Uint8Array(bytes.reduce((sum, { length }) => sum + length, 0));
  bytes.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return all;
}

const jpeg = (filling: number) => smallJpeg(format, filling);
const note = (i: number) => ({ sequence: i, capturedAt: 1.76e12 + i * 33.25 });
const pixels = [0, 1, 2].map((i) => Uint8Array.from({ length: 12 }, (_, k) => i * 50 + k + 20));
const jpegs = [0, 1, 2].map((i) => jpeg(i + 1));
const header = formatY4mHeader(format, { fps: 30 });
const color = { width: 5, height: 3, pixels: "yuv420p" } as const;
const colors = [0, 1, 2].map((sequence) => placeFrame({ ...color, sequence }).pixels);

/** What a decoder makes of the units does not matter to the reader. */
const units = [0, 1, 2].map((i) =>
  new Uint8Array([0, 0, 0, 1, i === 1 ? 0x41 : 0x67, ...Array(6).fill(i)])
);
const unitHead = (i: number, kind?: "placeholder") =>
  formatUnitHead(
    { ...note(i), kind, bytes: units[i] ?? new Uint8Array(), isKey: i !== 1, size: format },
    { ack: i > 0 ? { count: i, at: 1.76e12 } : undefined },
  );

/** Streams of three frames, in pieces, each with its reader. */
const streams: {
  name: string;
  head: string;
  frames: Uint8Array[][];
  tail: string;
  open(): WireReader;
}[] = [
  {
    name: "raw",
    head: "",
    frames: pixels.map((p) => [p]),
    tail: "",
    open: () => new RawReader(format),
  },
  {
    name: "y4m of another program",
    head: header,
    frames: pixels.map((p) => [encoder.encode(formatY4mFrame()), p]),
    tail: "",
    open: () => new Y4mReader({ announced: format }),
  },
  {
    name: "y4m",
    head: header,
    frames: pixels.map((p, i) => [
      encoder.encode(
        formatY4mFrame({ ...note(i), ack: i > 0 ? { count: i, at: 1.76e12 } : undefined }),
      ),
      p,
    ]),
    tail: formatY4mEnd("over"),
    open: () => new Y4mReader({ announced: format }),
  },
  {
    name: "raw with colors",
    head: "",
    frames: colors.map((p) => [p]),
    tail: "",
    open: () => new RawReader(color),
  },
  {
    name: "y4m with colors",
    head: formatY4mHeader(color, { fps: 30 }),
    frames: colors.map((p, i) => [encoder.encode(formatY4mFrame(note(i))), p]),
    tail: formatY4mEnd("over"),
    open: () => new Y4mReader({ announced: color }),
  },
  {
    name: "mjpeg",
    head: MJPEG_PREAMBLE,
    frames: jpegs.map((
      j,
      i,
    ) => [writeMjpegPart(j, { ...note(i), ack: { count: i, at: 1.76e12 } })]),
    tail: formatMjpegEnd("over"),
    open: () => new MjpegReader(format),
  },
  {
    name: "h264",
    head: "",
    frames: units.map((unit, i) => [encoder.encode(unitHead(i)), unit]),
    tail: formatUnitsEnd("over"),
    open: () => new UnitReader(format),
  },
];

/** The bodies of a stream's frames. */
function bodiesOf(name: string): Uint8Array[] {
  if (name === "mjpeg") return jpegs;
  return name === "h264" ? units : name.endsWith("colors") ? colors : pixels;
}

/** The largest buffer that a reader of these streams may ask for. */
const MOST_SPACE = 4 * 12 + 65536 + 1024;

/** Feeds bytes in chunks; gives the frames that came out. Throws what the reader throws. */
function feed(reader: WireReader, bytes: Uint8Array, chunk: () => number): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const { space } = reader;
    assert(space.length > 0 && space.length <= MOST_SPACE, `space of ${space.length} bytes`);
    const piece = bytes.subarray(at, at + Math.min(chunk(), space.length));
    space.set(piece);
    reader.filled(piece.length, 0);
    at += piece.length;
    for (let frame; (frame = reader.take());) {
      frames.push(frame.payload);
      assertLessOrEqual(frames.length, bytes.length, "frames without end");
    }
  }
  return frames;
}

/** How each wire with words writes the stream of the test below, and reads it. */
const WORDED: {
  readonly [wire: string]: {
    readonly head: string;
    write(i: number, kind?: "placeholder"): (string | Uint8Array)[];
    end(ending: Ending): string;
    open(): WireReader;
  };
} = {
  y4m: {
    head: header,
    write: (i, kind) => [formatY4mFrame({ ...note(i), kind }), pixels[0] ?? ""],
    end: formatY4mEnd,
    open: () => new Y4mReader(),
  },
  mjpeg: {
    head: MJPEG_PREAMBLE,
    write: (i, kind) => [writeMjpegPart(jpeg(i), { ...note(i), kind })],
    end: formatMjpegEnd,
    open: () => new MjpegReader(format),
  },
  h264: {
    head: "",
    write: (i, kind) => [unitHead(i, kind), units[i] ?? ""],
    end: formatUnitsEnd,
    open: () => new UnitReader(format),
  },
};

for (const [wire, { head, write, end, open }] of Object.entries(WORDED)) {
  Deno.test(`${wire}: placeholders are marked, and the end has its reason`, () => {
    for (const ending of ["over", "failed"] as const) {
      const reader = open();
      const bytes = join(head, ...write(0), ...write(1, "placeholder"), ...write(1), end(ending));
      const kinds: (boolean | undefined)[] = [];
      for (const byte of bytes) {
        reader.space[0] = byte;
        reader.filled(1, 0);
        for (let frame; (frame = reader.take());) kinds.push(frame.note?.placeholder);
      }
      assertEquals([kinds, reader.ending], [[false, true, false], ending]);
    }
  });
}

let cases = 0;

for (const { name, head, frames, tail, open } of streams) {
  Deno.test(`${name}: cut at any byte and read in chunks of any size, it returns exactly the whole frames`, () => {
    const random = generator(SEED);
    const whole = join(head, ...frames.flat(), tail);
    // A frame is whole before the boundary that follows the body of an mjpeg part.
    const ends: number[] = [];
    let at = encoder.encode(head).length;
    const behind = name === "mjpeg" ? MJPEG_PREAMBLE.length + 2 : 0;
    for (const frame of frames) {
      at += frame.reduce((sum, { length }) => sum + length, 0);
      ends.push(at - behind);
    }
    for (let cut = 0; cut <= whole.length; cut++) {
      const expected = ends.filter((end) => end <= cut).length;
      for (const most of [1, 2, 3, 7, 31, 64, 255, 4096, 0, 0]) {
        const reader = open();
        const chunk = () => most || 1 + Math.floor(random() * 90);
        const got = feed(reader, whole.subarray(0, cut), chunk);
        assertEquals(got.length, expected, `cut at ${cut}, ${most} bytes at a time`);
        const bodies = bodiesOf(name);
        got.forEach((body, i) => assert(body.every((byte, k) => byte === bodies[i]?.[k])));
        assertEquals(reader.ending, tail !== "" && cut === whole.length ? "over" : undefined);
        cases++;
      }
    }
  });

  Deno.test(`${name}: damaged, it returns frames of the right size or one clear error`, () => {
    const random = generator(SEED + 1);
    const whole = join(head, ...frames.flat(), tail);
    for (let i = 0; i < 20_000; i++, cases++) {
      const bytes = mutate(whole, random);
      try {
        const chunk = () => 1 + Math.floor(random() * 200);
        for (const body of feed(open(), bytes, chunk)) {
          if (name === "h264") assertEquals([...body.subarray(0, 4)], [0, 0, 0, 1]);
          else if (name !== "mjpeg") assertEquals(body.length, name.endsWith("colors") ? 27 : 12);
        }
      } catch (thrown) {
        assertPlain(thrown);
      }
    }
  });
}

Deno.test("the first line: damaged, it is a greeting, a stream, incomplete, or one clear error", () => {
  const random = generator(SEED + 2);
  const lines = [
    formatHello({ wire: "y4m", ack: true, token: "0123456789abcdef" }),
    formatAnswer({ wire: "mjpeg", format, fps: 29.97 }),
    formatAnswer({ error: "busy", message: "64 clients are being served, try again later" }),
  ].map((line) => encoder.encode(line));
  for (let i = 0; i < 30_000; i++, cases++) {
    const bytes = mutate(lines[i % lines.length] ?? new Uint8Array(), random);
    const reader = new FirstLineReader();
    try {
      for (let at = 0; at < bytes.length;) {
        const { space } = reader;
        assert(space.length > 0 && space.length <= 512);
        const piece = bytes.subarray(
          at,
          at + Math.min(space.length, 1 + Math.floor(random() * 40)),
        );
        space.set(piece);
        at += piece.length;
        const beginning = reader.filled(piece.length);
        if (!beginning) continue;
        if (beginning.line !== undefined) (i % 3 === 0 ? parseHello : parseAnswer)(beginning.line);
        break;
      }
    } catch (thrown) {
      assertPlain(thrown);
    }
  }
});

Deno.test("at least 100,000 cases were tried", () => assertGreaterOrEqual(cases, 100_000));
