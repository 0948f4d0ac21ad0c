/** What a client passes on of the H.264 that it receives. */

import type { Frame } from "../../lib/frame/frame.ts";
import { ReceivedUnits } from "../../lib/stream/received_units.ts";
import { assertEquals } from "../assert.ts";
import { placeFrame } from "../frame/place_frame.ts";

const size = { width: 4, height: 3 };
const { signal } = new AbortController();

/** A frame of the stream that came as unit `number`, 10 a second. */
function frame(number: number, { isKey = false, width = 4, sequence = 100 + number } = {}): Frame {
  const capturedAt = 5000 + 100 * number;
  const facts = { sequence: number, capturedAt: 0, kind: undefined, isKey };
  const unit = { bytes: Uint8Array.of(number), size: { ...size, width }, ...facts };
  return { ...placeFrame(), sequence, capturedAt, encoded: { unit, number } };
}

Deno.test("ReceivedUnits gives units from a keyframe on, with the numbers and times of the frames", async () => {
  const units = new ReceivedUnits(size);
  units.put(frame(0));
  assertEquals(units.encoded, {});
  for (let i = 1; i < 12; i++) units.put(frame(i, { isKey: i % 10 === 1 }));
  const { h264 } = units.encoded;
  assertEquals([h264?.keyframeMs, h264?.rate], [1000, 80]);
  using reader = h264!.units.reader({ signal });
  const { value } = (await reader.take())!;
  assertEquals([value.sequence, value.capturedAt, value.isKey], [111, 6100, true]);
  units.end("failed");
  assertEquals([await reader.take(), h264?.units.ending], [undefined, "failed"]);
});

Deno.test("ReceivedUnits gives nothing between a gap and the next keyframe", async () => {
  const units = new ReceivedUnits(size);
  units.put(frame(0, { isKey: true }));
  using reader = units.encoded.h264!.units.reader({ signal });
  const take = async () => (await reader.take())?.value.sequence;
  assertEquals(await take(), 100);
  units.put(frame(2)); // 1 could not be decoded
  units.put(frame(3));
  assertEquals(reader.missed(), 0);
  units.put(frame(4, { isKey: true }));
  assertEquals(await take(), 104);
});

Deno.test("ReceivedUnits gives nothing while the server is away, sends another format or another size", () => {
  const units = new ReceivedUnits(size);
  const others = [
    { ...frame(1), encoded: undefined },
    { ...frame(1), encoded: undefined, kind: "placeholder" as const },
    frame(1, { width: 8, isKey: true }),
  ];
  for (const other of others) {
    units.put(frame(0, { isKey: true }));
    const { h264 } = units.encoded;
    units.put(other);
    using reader = h264!.units.reader({ signal });
    assertEquals([units.encoded, reader.missed()], [{}, 0]);
  }
});
