import { Capture } from "../../lib/capture/capture.ts";
import { parseHours, Schedule } from "../../lib/capture/hours.ts";
import { Opening } from "../../lib/capture/opening.ts";
import { SteadyCapture } from "../../lib/capture/steady_capture.ts";
import type { Frame } from "../../lib/frame/frame.ts";
import { grayFormat } from "../../lib/frame/frame_format.ts";
import { assertEquals } from "../assert.ts";
import { ManualClock, settle } from "../async/manual_clock.ts";
import { placeFrame } from "../frame/place_frame.ts";
import { keptLog } from "../log/kept_log.ts";

const size = { width: 4, height: 3 };

/** Hours of a Monday from 07:00 to 18:30 UTC; the clock is set to a time of it. */
function openingAt(time: string) {
  const clock = new ManualClock();
  const begin = Date.parse(`2026-11-30T${time}Z`);
  const schedule = new Schedule(parseHours("mon 07:00-18:30"), "UTC");
  const state = { begin };
  const now = () => state.begin + clock.now();
  const set = (time: string) => state.begin = Date.parse(`2026-11-30T${time}Z`) - clock.now();
  return { clock, set, opening: new Opening(schedule, { now, clock }) };
}

/** Captures that give two frames and then wait, in ffmpeg's place, until it is disposed of. */
class FakeCaptures implements Disposable {
  readonly #open = Capture.open;
  opened = 0;
  running = 0;

  constructor() {
    Capture.open = () => {
      this.opened++;
      this.running++;
      let isOpen = true;
      const onEnd = () => this.running--;
      return Promise.resolve({
        ...{ format: grayFormat(size), fps: 30, mode: undefined },
        async *frames({ from, signal }: { from: number; signal: AbortSignal }) {
          yield placeFrame({ sequence: from });
          yield placeFrame({ sequence: from + 1 });
          if (signal.aborted) return;
          await new Promise((resolve) => signal.addEventListener("abort", resolve));
        },
        [Symbol.asyncDispose]() {
          if (isOpen) onEnd();
          isOpen = false;
          return Promise.resolve();
        },
      } as unknown as Capture);
    };
  }

  [Symbol.dispose](): void {
    Capture.open = this.#open;
  }
}

async function capturing(time: string) {
  const { opening, clock, set } = openingAt(time);
  const { log, info } = keptLog();
  const stop = new AbortController();
  const drawn: (string | undefined)[] = [];
  const hours = {
    ...{ opening, size },
    draw: (_: unknown, { until }: { until: string | undefined }) => {
      drawn.push(until);
      return new Uint8Array(12);
    },
  };
  const request = { source: { kind: "test" }, inputOptions: [], os: "linux" } as const;
  const capture = await SteadyCapture.open({ ...request, inputOptions: [] }, {
    ...{ onLoss: "retry", sourceTimeout: 5, log, signal: stop.signal, hours },
    drawPlaceholder: () => new Uint8Array(12),
  });
  const frames: Frame[] = [];
  const reading = (async () => {
    for await (const frame of capture.frames(stop)) frames.push(frame);
  })();
  await settle();
  const end = async () => {
    stop.abort();
    await reading;
    await capture[Symbol.asyncDispose]();
  };
  return { capture, frames, drawn, info, clock, set, end };
}

Deno.test("Opening.whileOpen() aborts at the end of the hours, and when the host's clock is set", async () => {
  const { opening, clock, set } = openingAt("18:29:58");
  const parent = new AbortController();
  {
    using open = opening.whileOpen(parent.signal);
    await clock.advance(1999);
    assertEquals(open.signal.aborted, false);
    await clock.advance(1);
    assertEquals(open.signal.aborted, true);
  }
  set("12:00:00");
  using again = opening.whileOpen(parent.signal);
  await clock.advance(5000);
  assertEquals(again.signal.aborted, false);
  set("20:00:00");
  await clock.advance(1000);
  assertEquals([again.signal.aborted, clock.timers], [true, 0]);
});

Deno.test("Opening.untilOpen() waits for the beginning of the hours, or for the abort", async () => {
  const { opening, clock } = openingAt("06:59:58");
  const stop = new AbortController();
  let isOver = false;
  const waiting = opening.untilOpen(stop.signal).then(() => isOver = true);
  await clock.advance(1999);
  assertEquals(isOver, false);
  await clock.advance(1);
  await waiting;
  const closed = openingAt("01:00:00");
  const never = closed.opening.untilOpen(stop.signal);
  stop.abort();
  await never;
  assertEquals(closed.clock.timers, 0);
});

Deno.test("SteadyCapture opens nothing outside the hours, and the source at their beginning", async () => {
  using captures = new FakeCaptures();
  const { capture, frames, drawn, info, clock, end } = await capturing("06:59:58");
  assertEquals([captures.opened, capture.format], [0, grayFormat(size)]);
  assertEquals(frames.map(({ kind, sequence }) => [kind, sequence]), [["placeholder", 0]]);
  assertEquals([drawn, capture.outage], [["Mon 07:00"], undefined]);
  assertEquals(capture.closure?.until?.toISOString(), "2026-11-30T07:00:00.000Z");
  await clock.advance(2000);
  await settle();
  assertEquals([captures.opened, captures.running, capture.restarts], [1, 1, 0]);
  assertEquals(capture.closure, undefined);
  assertEquals(frames.filter(({ kind }) => !kind).map(({ sequence }) => sequence), [0, 1]);
  assertEquals(info, [
    "test picture is closed until Mon 07:00: these are not its hours",
    "test picture opens: its hours begin",
  ]);
  await end();
  assertEquals([captures.running, clock.timers], [0, 0]);
});

Deno.test("SteadyCapture ends the capture at the end of the hours, which is no loss, and counts on", async () => {
  using captures = new FakeCaptures();
  const { capture, frames, drawn, clock, set, end } = await capturing("18:29:59");
  assertEquals([captures.running, capture.closure], [1, undefined]);
  await clock.advance(1000);
  assertEquals([captures.opened, captures.running], [1, 0]);
  assertEquals(capture.closure?.until?.toISOString(), "2026-12-07T07:00:00.000Z");
  assertEquals([capture.outage, drawn[0]], [undefined, "Mon 07:00"]);
  assertEquals(frames.at(-1)?.sequence, 2);
  set("12:00:00");
  await clock.advance(1000);
  await settle();
  assertEquals([captures.opened, captures.running], [2, 1]);
  const numbers = frames.filter(({ kind }) => !kind).map(({ sequence }) => sequence);
  assertEquals(numbers, [0, 1, 2, 3]);
  await end();
});
