/** The rungs of a stream whose source sends H.264 already. */

import type { AccessUnit } from "../../lib/frame/access_unit.ts";
import { AccessUnits } from "../../lib/frame/access_units.ts";
import type { EncodedFrames } from "../../lib/frame/encoded_frames.ts";
import type { H264Rungs } from "../../lib/serve/h264_rungs.ts";
import { type Rung, rungsFor } from "../../lib/serve/rungs.ts";
import { SourceRungs } from "../../lib/serve/source_rungs.ts";
import { assert, assertEquals, assertLess } from "../assert.ts";
import { keptLog } from "../log/kept_log.ts";
import { MemoryStream } from "../stream/memory_stream.ts";
import { simulate } from "./simulated_link.ts";

const size = { width: 640, height: 480 };

/** A stream with a source that sends H.264 while `h264` is there. */
class SourceStream extends MemoryStream {
  h264: EncodedFrames["h264"];

  get encoded(): EncodedFrames {
    return this.h264 ? { h264: this.h264 } : {};
  }
}

/** Encoders that count their viewers. */
class FakeEncoders {
  readonly units = new AccessUnits();
  readonly watched: number[] = [];

  constructor(readonly rungs: readonly Rung[]) {}

  subscribe({ rate }: Rung): { units: AccessUnits } & Disposable {
    this.watched.push(rate);
    const leave = () => void this.watched.splice(this.watched.indexOf(rate), 1);
    return { units: this.units, [Symbol.dispose]: leave };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

function open(rungs: readonly Rung[] = rungsFor(size)) {
  const stream = new SourceStream({ ...size, pixels: "yuv420p" });
  const encoders = new FakeEncoders(rungs);
  const source = new SourceRungs(stream, encoders as unknown as H264Rungs, keptLog());
  return { stream, encoders, source };
}

function unit(sequence: number, { isKey = true }: Partial<AccessUnit> = {}): AccessUnit {
  const bytes = Uint8Array.of(sequence);
  return { bytes, isKey, size, sequence, capturedAt: sequence, kind: undefined };
}

Deno.test("SourceRungs has the source as highest rung, and the encoded ones that are clearly lower", async () => {
  const { stream, source } = open();
  await using _source = source;
  const encoded = rungsFor(size);
  assertEquals(source.rungs, encoded);
  const units = new AccessUnits();
  stream.h264 = { units, rate: undefined, keyframeMs: undefined };
  assertEquals(source.rungs.at(-1), { rate: encoded.at(-1)!.rate, size, isFirst: true });
  stream.h264 = { units, rate: 1_500_000, keyframeMs: 1000 };
  const rates = source.rungs.map(({ rate }) => rate);
  assertEquals(rates, [300_000, 600_000, 1_500_000]);
  const top = source.rungs.at(-1);
  assertEquals(top, { rate: 1_500_000, size, isFirst: true });
  stream.h264 = { units, rate: 1_700_000, keyframeMs: 1000 };
  assert(source.rungs.at(-1) === top, "a rung does not change all the time");
  stream.h264 = { units, rate: 4_000_000, keyframeMs: 4000 };
  assertEquals(source.rungs.at(-1), { rate: 4_000_000, size, isFirst: false });
  stream.h264 = undefined;
  assertEquals(source.rungs.at(-1)?.rate, 4_000_000, "the source is lost, and may come back");
});

Deno.test("SourceRungs.subscribe() gives what the source sends and encodes nothing; other rungs are encoded", async () => {
  const { stream, encoders, source } = open();
  await using _source = source;
  const units = new AccessUnits();
  stream.h264 = { units, rate: 1_500_000, keyframeMs: 1000 };
  const [lowest, , top] = source.rungs;
  using own = source.subscribe(top!);
  const reader = own.units.reader({ signal: AbortSignal.timeout(20_000) });
  units.put(unit(7));
  assertEquals((await reader.take())?.value, unit(7));
  assertEquals(encoders.watched, []);
  using _other = source.subscribe(lowest!);
  assertEquals(encoders.watched, [300_000]);
});

Deno.test("SourceRungs encodes the source's rung while the source is lost", async () => {
  const { stream, encoders, source } = open();
  await using _source = source;
  const h264 = { units: new AccessUnits(), rate: 1_500_000, keyframeMs: 1000 };
  stream.h264 = h264;
  using own = source.subscribe(source.rungs.at(-1)!);
  const reader = own.units.reader({ signal: AbortSignal.timeout(20_000) });
  h264.units.put(unit(7));
  await reader.take();
  h264.units.clear();
  stream.h264 = undefined;
  encoders.units.put(unit(8));
  assertEquals((await reader.take())?.value.sequence, 8);
  assertEquals(encoders.watched, [rungsFor(size).at(-1)!.rate]);
  stream.h264 = h264;
  h264.units.put(unit(9, { isKey: false }));
  encoders.units.put(unit(10, { isKey: false }));
  assertEquals((await reader.take())?.value.sequence, 10, "the source goes on with a keyframe");
  h264.units.put(unit(11));
  assertEquals((await reader.take())?.value.sequence, 11);
  assertEquals(encoders.watched, []);
});

const MBIT = 1e6;
const rungs = [...rungsFor(size).slice(0, 3), { rate: 2_500_000, size, isFirst: true }];

Deno.test("RungControl begins with what the source sends, and stays where the link carries it", async () => {
  const { changes } = await simulate({ lasts: 5000, link: () => 50 * MBIT, rtt: 20, rungs });
  assertEquals(changes.map(({ rate }) => rate), [2_500_000]);
});

for (const link of [0.5, 1]) {
  Deno.test(`RungControl leaves what the source sends soon, over ${link} Mbit/s`, async () => {
    const options = { lasts: 8000, link: () => link * MBIT, rtt: 20, rungs };
    const { drawn } = await simulate(options);
    const late = drawn.filter(({ at }) => at > 3000);
    assert(late.length > 140, `${late.length} pictures in 5 s`);
    for (const { age, rate } of late) {
      assertLess(age, 250);
      assertLess(rate, link * MBIT);
    }
  });
}
