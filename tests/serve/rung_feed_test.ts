/** The units of one viewer, who changes between rungs. */

import { AccessUnits } from "../../lib/frame/access_units.ts";
import { RungControl } from "../../lib/serve/rung_control.ts";
import { RungFeed } from "../../lib/serve/rung_feed.ts";
import { type Rung, rungsFor } from "../../lib/serve/rungs.ts";
import { assertEquals } from "../assert.ts";

const rungs = rungsFor({ width: 640, height: 480 });

/** Encoders whose units are put by hand. */
class HandEncoders {
  readonly units = new Map(rungs.map((rung) => [rung, new AccessUnits()]));
  /** The rates that are subscribed to. */
  readonly subscribed: number[] = [];

  subscribeH264(rung: Rung) {
    this.subscribed.push(rung.rate / 1000);
    const end = () => void this.subscribed.splice(this.subscribed.indexOf(rung.rate / 1000), 1);
    return { units: this.units.get(rung)!, [Symbol.dispose]: end };
  }

  put(rate: number, sequence: number, { isKey = false } = {}): void {
    const rung = rungs.find((rung) => rung.rate === rate * 1000)!;
    const rest = {
      bytes: new Uint8Array(9).fill(7),
      capturedAt: 0,
      kind: undefined,
      size: rung.size,
    };
    this.units.get(rung)!.put({ sequence, isKey, ...rest });
  }
}

function open() {
  const encoders = new HandEncoders();
  const control = new RungControl({ rungs, fps: 30, now: 0 });
  const stop = new AbortController();
  const feed = new RungFeed(encoders, { control, signal: stop.signal });
  const take = async () => {
    const fed = await feed.take();
    return fed && [fed.rung.rate / 1000, fed.unit.sequence];
  };
  /** A quick link: up. */
  const raise = () => {
    for (let now = 0; now < 2000; now += 33) {
      const bytes = now === 0 ? 8000 : 1000 + control.padding(1000);
      control.sent(bytes, now);
      control.acknowledged(1, now + 2 + bytes / 5000);
    }
  };
  return { encoders, control, feed, take, raise, stop };
}

Deno.test("RungFeed.take() gives the old rung until the new one's keyframe is there", async () => {
  const { encoders, feed, take, raise } = open();
  using _feed = feed;
  encoders.put(600, 1, { isKey: true });
  assertEquals(await take(), [600, 1]);
  raise();
  feed.follow();
  assertEquals(encoders.subscribed, [600, 2400]);
  encoders.put(600, 2);
  assertEquals(await take(), [600, 2]);
  encoders.put(600, 3);
  encoders.put(2400, 3, { isKey: true });
  encoders.put(2400, 4);
  assertEquals([await take(), await take()], [[2400, 3], [2400, 4]]);
  assertEquals(encoders.subscribed, [2400]);
});

Deno.test("RungFeed.take() pads units with zeros while the control tries a rung", async () => {
  const encoders = new HandEncoders();
  const control = { rung: rungs[1]!, isBehind: false, padding: (bytes: number) => 10 - bytes };
  const { signal } = new AbortController();
  using feed = new RungFeed(encoders, { control, signal });
  encoders.put(600, 1, { isKey: true });
  const { unit } = (await feed.take())!;
  assertEquals([...unit.bytes], [7, 7, 7, 7, 7, 7, 7, 7, 7, 0]);
});

Deno.test("RungFeed.take() gives nothing but a keyframe of the new rung to a viewer who is behind", async () => {
  const { encoders, control, feed, take } = open();
  using _feed = feed;
  encoders.put(600, 1, { isKey: true });
  encoders.put(600, 2);
  await take();
  control.sent(8000, 0);
  control.sent(8000, 10);
  assertEquals(control.roomIn(300), Infinity);
  control.acknowledged(1, 900);
  assertEquals([control.isBehind, control.rung.rate], [true, 300_000]);
  const taking = take();
  encoders.put(600, 3);
  encoders.put(300, 4, { isKey: true });
  assertEquals(await taking, [300, 4]);
  control.restarted(1000);
  encoders.put(300, 5);
  assertEquals(await take(), [300, 5]);
});

Deno.test("RungFeed.take() ends with the units, and on abort", async () => {
  const ended = open();
  for (const units of ended.encoders.units.values()) units.end("failed");
  assertEquals([await ended.take(), ended.feed.ending], [undefined, "failed"]);
  ended.feed[Symbol.dispose]();
  assertEquals(ended.encoders.subscribed, []);
  const stopped = open();
  using _feed = stopped.feed;
  const taking = stopped.take();
  stopped.stop.abort();
  assertEquals(await taking, undefined);
});
