/** Which rung a viewer is on, over simulated links. */

import { RungControl } from "../../lib/serve/rung_control.ts";
import { rungsFor } from "../../lib/serve/rungs.ts";
import { assert, assertEquals, assertGreaterOrEqual, assertLess } from "../assert.ts";
import { type Drawn, simulate } from "./simulated_link.ts";

const rungs = rungsFor({ width: 640, height: 480 });
const MBIT = 1e6;

function toScreen(now: number): number {
  return 1000 / 60 - now % (1000 / 60);
}

/** The age that this share of the pictures has at most. */
function age(drawn: readonly Drawn[], share: number): number {
  const ages = drawn.map((one) => one.age).sort((a, b) => a - b);
  return ages[Math.min(ages.length - 1, Math.floor(share * ages.length))] ?? Infinity;
}

for (
  const { link, rtt, rate } of [
    { link: 0.5, rtt: 20, rate: 300_000 },
    { link: 1, rtt: 20, rate: 600_000 },
    { link: 4, rtt: 2, rate: 2_400_000 },
    { link: 50, rtt: 150, rate: 2_400_000 },
  ]
) {
  Deno.test(`RungControl is on ${rate / 1000} kbit/s over ${link} Mbit/s, with a round trip of ${rtt} ms, and stays`, async () => {
    const { drawn } = await simulate({ lasts: 15_000, link: () => link * MBIT, rtt });
    const late = drawn.filter(({ at }) => at > 5000);
    assertEquals([...new Set(late.map((one) => one.rate))], [rate]);
    assertGreaterOrEqual(late.length / 10, 29);
    assertLess(age(late, 0.5), rtt / 2 + 40);
    assertLess(age(late, 0.99), rtt / 2 + 100);
  });
}

for (const [link, rate] of [[0.5, 300_000], [1, 600_000]] as const) {
  Deno.test(`RungControl: a link of ${link} Mbit/s that lets bursts through looks quicker than it is, and costs little`, async () => {
    const options = { lasts: 30_000, link: () => link * MBIT, rtt: 10, burst: 32_000 };
    const { drawn } = await simulate(options);
    const late = drawn.filter(({ at }) => at > 3000);
    const onRung = late.filter((one) => one.rate === rate).length;
    assertGreaterOrEqual(onRung / late.length, 0.9);
    assertLess(age(late, 0.99), 150);
    assertGreaterOrEqual(late.length / 27, 29);
  });
}

for (const share of [0.01, 0.2, 0.85]) {
  Deno.test(`RungControl takes neither a screen nor small frames for a slow link: ${100 * share} % of the rate`, async () => {
    // Acknowledged when the screen, of 60 Hz, shows the picture.
    const options = { lasts: 12_000, link: () => 50 * MBIT, rtt: 60, pause: toScreen };
    const { drawn } = await simulate({ ...options, share });
    const late = drawn.filter(({ at }) => at > 5000);
    assertEquals([...new Set(late.map((one) => one.rate))], [2_400_000]);
    assertGreaterOrEqual(late.length / 7, 29);
    assertLess(age(late, 0.99), 100);
  });
}

Deno.test("RungControl moves up within two seconds on a quick link", async () => {
  const { changes } = await simulate({ lasts: 2000, link: () => 50 * MBIT, rtt: 2 });
  assertEquals(changes.map(({ rate }) => rate), [600_000, 2_400_000]);
});

for (const [rtt, left] of [[2, 0.7], [40, 0.7], [2, 0.4], [40, 0.4]] as const) {
  Deno.test(`RungControl: a link that falls from 4 to ${left} Mbit/s is back below 150 ms within 3 s, round trip ${rtt} ms`, async () => {
    const link = (now: number) => (now < 6000 ? 4 : left) * MBIT;
    const { drawn } = await simulate({ lasts: 15_000, link, rtt });
    const after = drawn.filter(({ at }) => at > 9000);
    assertGreaterOrEqual(after.length / 6, 29);
    assertLess(age(after, 1), 150);
  });
}

Deno.test("RungControl goes back up when the link recovers", async () => {
  const link = (now: number) => (now < 6000 ? 0.7 : 8) * MBIT;
  const { drawn } = await simulate({ lasts: 20_000, link, rtt: 20 });
  assertEquals(drawn.at(-1)?.rate, 2_400_000);
});

Deno.test("RungControl does not flap: each failed try makes the next one later", async () => {
  // Between two rungs, with pictures that fill their rate.
  const options = { lasts: 120_000, link: () => 1.3 * MBIT, rtt: 20, share: 1 };
  const { changes, drawn } = await simulate(options);
  assertLess(changes.length, 12);
  assertLess(age(drawn, 0.99), 150);
});

Deno.test("RungControl sends nothing more when acknowledgements stay out, and is behind when they come late", () => {
  const control = new RungControl({ rungs, fps: 30, now: 0 });
  control.sent(8000, 0);
  control.acknowledged(1, 10);
  let now = 100;
  while (control.roomIn(now) === 0 && now < 2000) control.sent(3000, now += 33);
  assertLess(now, 400);
  assert(!control.isBehind);
  control.acknowledged(1, now + 600);
  assert(control.isBehind);
  assertEquals(control.rung.rate, 300_000);
  // The rest is on its way still.
  assertEquals(control.roomIn(now + 600), Infinity);
  control.acknowledged(control.waiting, now + 1000);
  assertEquals(control.roomIn(now + 1000), 0);
  control.restarted(now + 1000);
  assert(!control.isBehind);
});

Deno.test("RungControl pads frames to try a rung, and not after a try that has failed", () => {
  const control = new RungControl({ rungs, fps: 30, now: 0 });
  let now = 0;
  const send = (bytes: number, took: number) => {
    const padded = bytes + control.padding(bytes);
    control.sent(padded, now);
    control.acknowledged(1, now + took);
    now += 33;
    return padded;
  };
  assertEquals(send(6000, 6), 6000);
  for (let i = 0; i < 12; i++) send(1000, 2);
  // 1.2 Mbit/s and some more; a large frame needs no padding.
  assertEquals([send(1000, 10), send(6000, 10)], [5750, 6000]);
  send(1000, 200);
  for (let i = 0; i < 60; i++) assertEquals(send(1000, 2), 1000);
  assertEquals(control.rung.rate, 600_000);
});

Deno.test("RungControl counts no more acknowledgements than frames", () => {
  const control = new RungControl({ rungs, fps: 30, now: 0 });
  control.acknowledged(5, 10);
  control.sent(1000, 20);
  control.acknowledged(7, 30);
  assertEquals([control.waiting, control.roomIn(40)], [0, 0]);
});
