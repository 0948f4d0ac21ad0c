import { AckWindow } from "../../lib/wire/ack_window.ts";
import { assertEquals } from "../assert.ts";

Deno.test("AckWindow allows one frame before the first acknowledgement", () => {
  const window = new AckWindow({ fps: 30, now: 0 });
  assertEquals([window.size, window.roomIn(0)], [1, 0]);
  window.sent(1);
  assertEquals(window.roomIn(1), Infinity);
});

Deno.test("AckWindow has room for 1 + floor(fps * round trip) frames", () => {
  for (const [rtt, frames] of [[1, 1], [33, 1], [34, 2], [100, 4], [200, 7]] as const) {
    const window = new AckWindow({ fps: 30, now: 0 });
    window.acknowledged(1, rtt);
    assertEquals(window.size, frames, `${rtt} ms`);
    for (let i = 0; i < frames; i++) {
      assertEquals(window.roomIn(rtt), 0);
      window.sent(rtt);
    }
    assertEquals([window.roomIn(rtt + 5), window.waitingFor(rtt + 5)], [Infinity, 5]);
  }
});

Deno.test("AckWindow has room for no more frames than a narrow link carries in one round trip", () => {
  const window = new AckWindow({ fps: 30, now: undefined });
  window.roundTrip(80);
  assertEquals(window.size, 1, "nothing is known of the link");
  window.sent(0);
  window.acknowledged(1, 480); // the link was busy for 400 ms
  assertEquals(window.size, 1);
  window.sent(480);
  window.acknowledged(1, 580);
  assertEquals(window.size, 3, "it is wide again");
});

Deno.test("AckWindow uses the shortest round trip", () => {
  const window = new AckWindow({ fps: 30, now: 0 });
  window.acknowledged(1, 100);
  window.sent(100);
  window.acknowledged(1, 110);
  assertEquals(window.size, 1);
});

Deno.test("AckWindow does not count more acknowledgements than frames", () => {
  const window = new AckWindow({ fps: 30, now: 0 });
  window.acknowledged(1000, 1);
  assertEquals([window.count, window.size], [0, 1]);
  window.sent(2);
  assertEquals(window.roomIn(2), Infinity);
  window.acknowledged(1, 3);
  assertEquals([window.count, window.roomIn(3)], [1, 0]);
});

Deno.test("AckWindow allows one more frame when the link is done with the previous one", () => {
  const window = new AckWindow({ fps: 30, now: 0 });
  window.acknowledged(1, 20); // the way there and back
  window.sent(100);
  window.acknowledged(1, 145); // of which the link was busy for 25 ms
  window.sent(150);
  assertEquals([window.roomIn(150), window.roomIn(165), window.roomIn(175)], [25, 10, 0]);
  window.sent(175);
  assertEquals(window.roomIn(1000), Infinity, "but no more than one");
});

Deno.test("AckWindow allows no extra frame if the return path costs less than a twentieth", () => {
  const window = new AckWindow({ fps: 30, now: 0 });
  window.acknowledged(1, 2);
  window.sent(100);
  window.acknowledged(1, 163);
  window.sent(163);
  assertEquals(window.roomIn(1000), Infinity);
});

Deno.test("AckWindow waits for a newer frame over a narrow link, within its budget", () => {
  const window = new AckWindow({ fps: 25, now: 0 }); // a frame each 40 ms
  assertEquals(window.worthWaiting(30, 0), 0, "nothing is known of the link");
  window.acknowledged(1, 1);
  window.sent(100);
  window.acknowledged(1, 181); // 80 ms on the link
  assertEquals(window.worthWaiting(30, 181), 13); // due in 10 ms, and 3 late
  assertEquals(window.worthWaiting(1, 181), 0, "longer than its patience");
  window.waited(13);
  assertEquals(window.worthWaiting(30, 194), 13);
  window.waited(26);
  assertEquals(window.worthWaiting(30, 220), 0, "it is spent");
  assertEquals(window.worthWaiting(30, 220 + 13 * 50), 13, "a fiftieth of the time comes back");
});

Deno.test("AckWindow does not wait over a wide link", () => {
  const window = new AckWindow({ fps: 25, now: 0 });
  window.acknowledged(1, 1);
  window.sent(100);
  window.acknowledged(1, 121); // 20 ms on the link: there is time for each frame
  assertEquals(window.worthWaiting(39, 121), 0);
});

/**
 * A camera of 30 frames a second, a quick link, and a client that takes `reading(n)` ms for the n-th frame;
 * all in simulated time. Gives how many frames were skipped, and how old each was when it was read.
 */
function simulate(frames: number, reading: (n: number) => number) {
  const window = new AckWindow({ fps: 30, now: 0 });
  window.acknowledged(1, 0.3);
  const buffer: number[] = []; // when the frames on their way were captured
  const ages: number[] = [];
  let [skipped, free, read] = [0, 0, 0];
  let newest: number | undefined;
  for (let now = 1; now < frames * 100 / 3; now += 0.1) {
    if (Math.floor(now * 3 / 100) > Math.floor((now - 0.1) * 3 / 100)) {
      if (newest !== undefined) skipped++;
      newest = now;
    }
    if (newest !== undefined && window.roomIn(now) === 0) {
      buffer.push(newest);
      newest = undefined;
      window.sent(now);
    }
    if (buffer.length > 0 && now >= free) {
      free = now + reading(read++);
      ages.push(now - buffer.shift()!);
      window.acknowledged(1, now + 0.3);
    }
  }
  return { skipped, ages };
}

Deno.test("AckWindow skips no frame during a pause of the client over a quick link", () => {
  const { skipped, ages } = simulate(300, (n) => n % 30 === 10 ? 80 : 0.2);
  assertEquals(skipped, 0);
  assertEquals(ages.filter((age) => age > 1).length <= 300 / 30 * 3, true, "others grew older");
});

Deno.test("AckWindow keeps one frame on its way to a client that is always slow", () => {
  const { ages } = simulate(300, () => 50);
  // Its frame is sent while it reads the one before: that age is its own, and no more.
  assertEquals(Math.max(...ages.slice(30)) < 85, true, String(Math.max(...ages.slice(30))));
});

/** A camera of 30 frames a second, and a link that each frame takes `link` ms of: frames a second, and the middle age. */
function simulateLink({ rtt, link }: { rtt: number; link: number }) {
  const window = new AckWindow({ fps: 30, now: 0 });
  window.acknowledged(1, rtt);
  const [acks, ages]: [number[], number[]] = [[], []];
  let [free, due] = [0, 0];
  let newest: number | undefined;
  for (let now = rtt; now < 20_000; now += 0.5) {
    for (; (acks[0] ?? Infinity) <= now; acks.shift()) window.acknowledged(1, now);
    if (now >= due) [newest, due] = [now, due + 100 / 3];
    if (newest === undefined || window.roomIn(now) > 0) continue;
    window.sent(now);
    free = Math.max(free, now) + link;
    acks.push(free + rtt);
    ages.push(free + rtt / 2 - newest);
    newest = undefined;
  }
  return { fps: ages.length / 20, age: ages.sort((a, b) => a - b)[ages.length >> 1] ?? NaN };
}

Deno.test("AckWindow uses a narrow link with a long way back whole, and lets no frames wait in it", () => {
  for (const [rtt, link] of [[100, 61], [60, 104], [40, 250]] as const) {
    const { fps, age } = simulateLink({ rtt, link });
    const least = link + rtt / 2;
    assertEquals([fps > 0.95 * 1000 / link, age < least + 33], [true, true], `${fps}, ${age} ms`);
  }
});
