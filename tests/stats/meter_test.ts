import { Meter } from "../../lib/stats/meter.ts";
import { assertEquals } from "../assert.ts";

/** A meter and its clock, in milliseconds. It does not begin at 0. */
function meterAt() {
  const clock = { now: 5000 };
  return { clock, meter: new Meter(() => clock.now) };
}

function count(meter: Meter, frames: number) {
  for (let i = 0; i < frames; i++) meter.count();
}

Deno.test("Meter.count() adds up frames and skips", () => {
  const { meter } = meterAt();
  meter.count();
  meter.count(3);
  meter.count(2);
  assertEquals([meter.frames, meter.skipped], [3, 5]);
});

Deno.test("Meter.seconds counts from the creation of the meter", () => {
  const { clock, meter } = meterAt();
  clock.now += 2500;
  assertEquals(meter.seconds, 2.5);
});

Deno.test("Meter.rate() looks back to the start for the first two seconds", () => {
  const { clock, meter } = meterAt();
  assertEquals(meter.rate(), 0);
  count(meter, 10);
  assertEquals(meter.rate(), 0, "no time has passed");
  clock.now += 500;
  assertEquals(meter.rate(), 20);
  clock.now += 500;
  assertEquals(meter.rate(), 10);
});

Deno.test("Meter.rate() ignores frames older than two seconds", () => {
  const { clock, meter } = meterAt();
  const rates = [10, 20, 0, 0].map((frames) => {
    count(meter, frames);
    clock.now += 1000;
    return meter.rate();
  });
  assertEquals(rates, [10, 15, 10, 0]);
});
