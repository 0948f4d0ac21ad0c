import { grayFormat } from "../../lib/frame/frame_format.ts";
import { Capture } from "../../lib/capture/capture.ts";
import { SteadyCapture } from "../../lib/capture/steady_capture.ts";
import { Failure } from "../../lib/log/failure.ts";
import { placeFrame } from "../frame/place_frame.ts";
import { assertEquals } from "../assert.ts";

const log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };

Deno.test("SteadyCapture.frames() ends without an error if the capture fails while it is aborted", async () => {
  const stop = new AbortController();
  const { open } = Capture;
  try {
    const capture = {
      ...{ format: grayFormat({ width: 4, height: 3 }), fps: 30, mode: undefined },
      async *frames() {
        yield await Promise.resolve(placeFrame());
        stop.abort();
        throw new Failure('Lost "test picture" after 1 frame: ffmpeg ended', "look");
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    Capture.open = () => Promise.resolve(capture as unknown as Capture);
    const request = { source: { kind: "test" }, fps: undefined, resolution: undefined };
    await using steady = await SteadyCapture.open(request as never, {
      ...{ onLoss: "retry", sourceTimeout: 5, log, signal: stop.signal },
      drawPlaceholder: () => new Uint8Array(12),
    });
    const frames = await Array.fromAsync(steady.frames(stop));
    assertEquals([frames.length, steady.outage], [1, undefined]);
  } finally {
    Capture.open = open;
  }
});
