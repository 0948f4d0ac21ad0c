import type { Frame } from "../../lib/frame/frame.ts";
import { Failure } from "../../lib/log/failure.ts";
import type { Clip } from "../../lib/present/clip.ts";
import { QueuedClip } from "../../lib/present/queued_clip.ts";
import { placeFrame } from "../frame/place_frame.ts";
import { assertEquals, assertRejects, assertThrows } from "../assert.ts";

/** A clip that keeps the numbers of its frames; `write` waits for `gate`. */
function clip(gate: Promise<void> = Promise.resolve()) {
  const written: number[] = [];
  let closed = false;
  const target: Clip = {
    progress: { seconds: 1, bytes: 2, frames: 3 },
    async write({ sequence }: Frame) {
      await gate;
      written.push(sequence);
      return true;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(void (closed = true)),
  };
  return { target, written, isClosed: () => closed };
}

function open(opening: () => Promise<Clip>, onDropped = (_: number) => {}): QueuedClip {
  return new QueuedClip(opening, { onDropped, hurryMs: 1 });
}

/** Whether a promise is fulfilled without waiting for anything else. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  promise.then(() => done = true, () => done = true);
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  return done;
}

Deno.test("QueuedClip.write() does not wait for a clip that is slow to open", async () => {
  const opened = Promise.withResolvers<Clip>();
  const { target, written, isClosed } = clip();
  const queued = open(() => opened.promise);
  for (const sequence of [0, 1, 2]) await queued.write(placeFrame({ sequence }));
  assertEquals(queued.progress.frames, 0);
  opened.resolve(target);
  await queued[Symbol.asyncDispose]();
  assertEquals([written, isClosed(), queued.progress.frames], [[0, 1, 2], true, 3]);
});

Deno.test("QueuedClip.write() waits while 60 frames wait", async () => {
  const gate = Promise.withResolvers<void>();
  const { target, written } = clip(gate.promise);
  const queued = open(() => Promise.resolve(target));
  for (let sequence = 0; sequence < 60; sequence++) await queued.write(placeFrame({ sequence }));
  const next = queued.write(placeFrame({ sequence: 60 }));
  assertEquals(await isDone(next), false);
  gate.resolve();
  await next;
  await queued[Symbol.asyncDispose]();
  assertEquals(written, Array.from({ length: 61 }, (_, n) => n));
});

Deno.test("QueuedClip.offer() never waits: what there is no room for is left out", async () => {
  const gate = Promise.withResolvers<void>();
  const { target, written } = clip(gate.promise);
  const queued = open(() => Promise.resolve(target));
  const taken = Array.from({ length: 62 }, (_, sequence) => queued.offer(placeFrame({ sequence })));
  assertEquals([taken.indexOf(false), taken.filter((one) => one).length], [60, 60]);
  gate.resolve();
  await queued[Symbol.asyncDispose]();
  assertEquals(written, Array.from({ length: 60 }, (_, n) => n));
});

Deno.test("QueuedClip.offer() throws the failure of an earlier frame", async () => {
  const queued = open(() => Promise.reject(new Failure("no ffmpeg", "install it")));
  queued.offer(placeFrame());
  await assertRejects(() => queued[Symbol.asyncDispose](), Failure, "no ffmpeg");
  assertThrows(() => queued.offer(placeFrame()), Failure, "no ffmpeg");
});

Deno.test("QueuedClip.write() waits while 64 MB wait", async () => {
  const gate = Promise.withResolvers<void>();
  const queued = open(() => Promise.resolve(clip(gate.promise).target));
  const large = { ...placeFrame(), pixels: new Uint8Array(40 * 2 ** 20) };
  await queued.write(large);
  const next = queued.write(large);
  assertEquals(await isDone(next), false);
  gate.resolve();
  await next;
  await queued[Symbol.asyncDispose]();
});

Deno.test("QueuedClip.write() throws what opening the clip throws", async () => {
  const failing = () => Promise.reject(new Failure("ffmpeg is not installed", "x"));
  const queued = open(failing);
  await isDone(queued.write(placeFrame()));
  await assertRejects(() => queued.write(placeFrame()), Failure, "ffmpeg is not installed");
  await assertRejects(() => Promise.resolve(queued[Symbol.asyncDispose]()), Failure);
});

Deno.test("QueuedClip.write() throws a failure of the frames before, and frees a waiting write", async () => {
  const gate = Promise.withResolvers<void>();
  const queued = open(() => Promise.resolve(clip(gate.promise).target));
  for (let n = 0; n < 60; n++) await queued.write(placeFrame());
  const waiting = assertRejects(() => queued.write(placeFrame()), Failure, "the disk is full");
  gate.reject(new Failure("the disk is full", "x"));
  await waiting;
  await assertRejects(() => Promise.resolve(queued[Symbol.asyncDispose]()), Failure);
});

Deno.test("QueuedClip.hurry() hurries the clip, also one that opens later", async () => {
  const hurried: string[] = [];
  const opened = Promise.withResolvers<Clip>();
  const queued = open(() => opened.promise);
  queued.hurry();
  opened.resolve({ ...clip().target, hurry: () => void hurried.push("late") });
  await queued[Symbol.asyncDispose]();
  assertEquals(hurried, ["late"]);
});

Deno.test("QueuedClip.write() waits for the clip once it has caught up", async () => {
  let gate: Promise<void> = Promise.resolve();
  const { target } = clip();
  const queued = open(() =>
    Promise.resolve({
      ...target,
      async write(frame) {
        await gate;
        return await target.write(frame);
      },
    })
  );
  const large = { ...placeFrame(), pixels: new Uint8Array(200 * 1024) };
  await queued.write(large);
  await isDone(Promise.resolve()); // it is written
  const { promise, resolve } = Promise.withResolvers<void>();
  gate = promise;
  const next = queued.write(large);
  assertEquals(await isDone(next), false);
  resolve();
  await next;
  await queued[Symbol.asyncDispose]();
});

Deno.test("QueuedClip.hurry() drops and reports the frames for which there is no time", async () => {
  const gate = Promise.withResolvers<void>();
  const { target, written } = clip(gate.promise);
  const dropped = Promise.withResolvers<number>();
  const queued = open(() => Promise.resolve(target), dropped.resolve);
  for (const sequence of [0, 1, 2]) await queued.write(placeFrame({ sequence }));
  queued.hurry();
  assertEquals(await dropped.promise, 2);
  gate.resolve();
  await queued[Symbol.asyncDispose]();
  assertEquals(written, [0]);
});

Deno.test("QueuedClip.hurry() makes room for a write that waits", async () => {
  for (const [count, bytes] of [[60, 12], [3, 21 * 2 ** 20]] as const) {
    const gate = Promise.withResolvers<void>();
    const { target } = clip(gate.promise);
    const queued = open(() => Promise.resolve(target));
    const frame = { ...placeFrame(), pixels: new Uint8Array(bytes) };
    for (let n = 0; n < count; n++) await queued.write(frame);
    const next = queued.write(frame);
    assertEquals(await isDone(next), false);
    queued.hurry();
    await next; // the gate is closed: nothing was written
    assertEquals(await isDone(queued.write(frame)), true);
    gate.resolve();
    await queued[Symbol.asyncDispose]();
  }
});
