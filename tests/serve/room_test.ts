import { Room } from "../../lib/serve/room.ts";
import { ManualClock, settle } from "../async/manual_clock.ts";
import { assertEquals } from "../assert.ts";

/** A wait for room of which it is known whether it is over. */
function begin(roomIn: (now: number) => number) {
  const clock = new ManualClock();
  const room = new Room(clock);
  const stop = new AbortController();
  const wait = { isOver: false };
  const over = room.wait(roomIn, stop.signal).then(() => void (wait.isOver = true));
  return { clock, room, stop, wait, over };
}

Deno.test("Room.wait() ends at once where there is room", async () => {
  const { over, clock } = begin(() => 0);
  await over;
  assertEquals(clock.timers, 0);
});

Deno.test("Room.wait() asks again after the time that it was told", async () => {
  const { over, clock, wait } = begin((now) => Math.max(0, 30 - now));
  await clock.advance(29);
  assertEquals(wait.isOver, false);
  await clock.advance(1);
  await over;
});

Deno.test("Room.wait() asks again when something has changed, and leaves no timer", async () => {
  let left = Infinity;
  const { over, clock, room, wait } = begin(() => left);
  await clock.advance(10_000);
  room.changed();
  await settle();
  assertEquals(wait.isOver, false);
  left = 50;
  room.changed();
  await settle();
  assertEquals([wait.isOver, clock.timers], [false, 1]);
  left = 0;
  room.changed();
  await over;
  assertEquals(clock.timers, 0);
});

Deno.test("Room.wait() ends on abort", async () => {
  const { over, clock, stop } = begin(() => 50);
  stop.abort();
  await over;
  assertEquals(clock.timers, 0);
});
