/** The stream of a server that the test plays on a port. */

import type { Frame } from "../../lib/frame/frame.ts";
import { type FrameFormat, grayFormat } from "../../lib/frame/frame_format.ts";
import { RemoteStream, type RemoteStreamOptions } from "../../lib/stream/remote_stream.ts";
import { formatAnswer } from "../../lib/wire/hello.ts";
import { formatY4mFrame, formatY4mHeader } from "../../lib/wire/y4m.ts";
import { assertEquals, assertStringIncludes } from "../assert.ts";
import { placeFrame } from "../frame/place_frame.ts";
import { keptLog } from "../log/kept_log.ts";

const COLOR: FrameFormat = { width: 5, height: 3, pixels: "yuv420p" };
const GRAY = grayFormat(COLOR);
const { signal } = new AbortController();

/** Serves a client once in each of the formats, a frame each time; the last time the stream ends. */
async function serve(listener: Deno.Listener, formats: FrameFormat[]): Promise<string[]> {
  const greetings: string[] = [];
  for (const [sequence, format] of formats.entries()) {
    using conn = await listener.accept();
    const line = new Uint8Array(512);
    greetings.push(new TextDecoder().decode(line.subarray(0, await conn.read(line) ?? 0)));
    const { pixels } = placeFrame({ ...format, sequence });
    const text = formatAnswer({ wire: "y4m", format, tellsPixels: true, fps: 10 }) +
      formatY4mHeader(format, { fps: 10 }) + formatY4mFrame({ sequence, capturedAt: sequence });
    const isLast = sequence === formats.length - 1;
    const bytes = await new Blob([text, pixels, isLast ? "END\n" : ""]).bytes();
    for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
    // The acknowledgements of the answer and of the frame.
    for (let acks = 0; acks < 2;) acks += await conn.read(line) ?? 2;
  }
  return greetings;
}

/** What a client gets of these streams, one after the other. */
async function receive(formats: FrameFormat[], options: Partial<RemoteStreamOptions> = {}) {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = serve(listener, formats);
  const { log, info } = keptLog();
  const frames: Frame[] = [];
  await using stream = await RemoteStream.open({
    ...{ hostname: "127.0.0.1", port: listener.addr.port, wire: "y4m", size: undefined },
    ...{ pixels: "yuv420p", stall: 10, reconnect: true, placeholders: false, log },
    ...{ filter: undefined, frames: undefined, fps: undefined },
    ...options,
  }, { signal });
  using _tap = stream.tap((frame) => Promise.resolve(void frames.push(frame)));
  await stream.run({ signal });
  const { format, name } = stream;
  return { frames, info, format, name, color: stream.status().color, greetings: await serving };
}

Deno.test("RemoteStream keeps its format when the server comes back without colors, or with them again", async () => {
  const { frames, format, color } = await receive([COLOR, GRAY, COLOR]);
  assertEquals([format, color], [COLOR, true]);
  assertEquals(frames.map(({ format }) => format), [COLOR, COLOR, COLOR]);
  const gray = placeFrame({ ...GRAY, sequence: 1 }).pixels;
  assertEquals([...frames[1]!.pixels], [...gray, ...Array(12).fill(128)]);
  assertEquals(frames[2]?.pixels, placeFrame(COLOR).pixels);
});

Deno.test("RemoteStream stays gray when the server comes back with colors", async () => {
  const { frames, format, color } = await receive([GRAY, COLOR]);
  assertEquals([format, color], [GRAY, false]);
  assertEquals(
    frames.map(({ pixels }) => [...pixels]),
    [0, 1].map((sequence) => [...placeFrame({ ...GRAY, sequence }).pixels]),
  );
});

Deno.test("RemoteStream names the colors of what it receives", async () => {
  const { info, name, greetings } = await receive([COLOR]);
  assertStringIncludes(info[0] ?? "", "receiving 5x3 color y4m from 127.0.0.1 port ");
  assertStringIncludes(name, ", 5x3 color");
  assertEquals(greetings, ["framewire/1 wire=y4m pixels=yuv420p ack=1\n"]);
});
