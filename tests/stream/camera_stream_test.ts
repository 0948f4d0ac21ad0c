import { grayFormat } from "../../lib/frame/frame_format.ts";
import type { Frame } from "../../lib/frame/frame.ts";
import { Failure } from "../../lib/log/failure.ts";
import { CameraStream } from "../../lib/stream/camera_stream.ts";
import { readStamp } from "../../lib/wire/stamp.ts";
import { assertEquals, assertRejects } from "../assert.ts";
import { settle } from "../async/manual_clock.ts";
import { placeFrame } from "../frame/place_frame.ts";

const size = { width: 4, height: 3 };
const format = grayFormat(size);

/** A capture that gives these frames, then fails where `failure` is given. */
function captureOf(frames: readonly Frame[], failure?: Failure) {
  return {
    ...{ name: "/films/secret/film.mkv", format, fps: 25, restarts: 0, outage: undefined },
    disposed: false,
    async *frames() {
      for (const frame of frames) yield await Promise.resolve(frame);
      if (failure) throw failure;
    },
    [Symbol.asyncDispose]() {
      this.disposed = true;
      return Promise.resolve();
    },
  };
}

const three = () => [0, 1, 2].map((sequence) => placeFrame({ sequence }));
const plain = { frames: undefined, stamp: false };
const { signal } = new AbortController();

Deno.test("CameraStream.run() passes every frame to the taps, the newest to readers, and ends with the film", async () => {
  const capture = captureOf(three());
  const stream = new CameraStream({ capture }, plain);
  const tapped: number[] = [];
  using _tap = stream.tap((frame) => Promise.resolve(void tapped.push(frame.sequence)));
  await stream.run({ signal });
  using reader = stream.frames.reader({ signal });
  const newest = await reader.take();
  assertEquals([tapped, newest?.value.sequence], [[0, 1, 2], 2]);
  assertEquals([stream.frames.ending, stream.meter.frames], ["over", 3]);
  await stream[Symbol.asyncDispose]();
  assertEquals(capture.disposed, true);
});

Deno.test("CameraStream.run() ends after --frames, which do not include placeholders", async () => {
  const frames = three();
  frames.splice(1, 0, { ...placeFrame({ sequence: 1 }), kind: "placeholder" });
  await using stream = new CameraStream({ capture: captureOf(frames) }, { ...plain, frames: 2 });
  await stream.run({ signal });
  using reader = stream.frames.reader({ signal });
  assertEquals((await reader.take())?.value.sequence, 1);
  assertEquals([stream.meter.frames, stream.frames.ending], [2, "over"]);
});

Deno.test("CameraStream.run() throws the error of the capture, and its frames end as failed", async () => {
  const failure = new Failure("Lost it", "look");
  await using stream = new CameraStream({ capture: captureOf(three(), failure) }, plain);
  await assertRejects(() => stream.run({ signal }), Failure, "Lost it");
  assertEquals(stream.frames.ending, "failed");
});

Deno.test("CameraStream with --stamp writes the time and the number into each frame", async () => {
  const frames = [placeFrame({ sequence: 7, capturedAt: 1234.5 })];
  await using stream = new CameraStream({ capture: captureOf(frames) }, { ...plain, stamp: true });
  await stream.run({ signal });
  using reader = stream.frames.reader({ signal });
  const stamp = readStamp((await reader.take())!.value.pixels);
  assertEquals([stamp?.sequence, stamp?.capturedAt], [7, 1234.5]);
});

Deno.test("CameraStream.run() does not wait for room where its frames are not lossless", async () => {
  await using stream = new CameraStream({ capture: captureOf(three()) }, plain);
  let asked = 0;
  Object.assign(stream.frames, { room: () => Promise.resolve(void asked++) });
  await stream.run({ signal });
  assertEquals([stream.meter.frames, asked], [3, 0]);
});

Deno.test("CameraStream.status() does not contain the folder of a film", () => {
  const stream = new CameraStream({ capture: captureOf([]) }, plain);
  const { name, width, picture, processed } = stream.status();
  assertEquals([name, width, picture, processed], ["film.mkv", 4, size, null]);
});

Deno.test("CameraStream with --lossless waits for its clients and their reading, and gives frames their time in the film", async () => {
  const frames = [0, 1, 2].map((sequence) => placeFrame({ sequence, capturedAt: 5000 + sequence }));
  const lossless = { ...plain, lossless: true, waitForClients: 2 };
  await using stream = new CameraStream({ capture: captureOf(frames) }, lossless);
  const running = stream.run({ signal });
  using _first = stream.frames.join({ signal });
  using reader = stream.frames.reader({ signal, every: true });
  await settle();
  assertEquals(reader.missed(), 0);
  using _second = stream.frames.join({ signal });
  const times: number[] = [];
  for (let taken; (taken = await reader.take());) {
    times.push(taken.value.capturedAt);
    await settle();
    assertEquals(reader.missed() <= 1, true);
  }
  await running;
  assertEquals(times, [5000, 5040, 5080]);
});

Deno.test("CameraStream with --lossless ends on abort while it waits for clients", async () => {
  const stop = new AbortController();
  const lossless = { ...plain, lossless: true };
  await using stream = new CameraStream({ capture: captureOf(three()) }, lossless);
  const running = stream.run(stop);
  await settle();
  stop.abort();
  await running;
  assertEquals(stream.frames.ending, "over");
});
