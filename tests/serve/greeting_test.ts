import { assertEquals } from "../assert.ts";
import { ManualClock, settle } from "../async/manual_clock.ts";
import type { Clock } from "../../lib/async/clock.ts";
import { Greeting } from "../../lib/serve/greeting.ts";

Deno.test("Greeting: the silence counts anew if the program was too busy to read", async () => {
  const manual = new ManualClock();
  let late = 0;
  const clock: Clock = {
    now: () => manual.now() + late,
    after: (milliseconds, call) => manual.after(milliseconds, call),
  };
  const greeting = new Greeting(clock);
  greeting.begin();
  late = 50; // the timer fires 50 ms after its time
  await manual.advance(100);
  assertEquals(greeting.isOver, false);
  await manual.advance(99);
  assertEquals(greeting.isOver, false);
  await manual.advance(1);
  assertEquals([greeting.isOver, await greeting.hello], [true, undefined]);
});

Deno.test("Greeting: bytes that arrive while the silence ends are still read", async () => {
  const clock = new ManualClock();
  const greeting = new Greeting(clock);
  greeting.begin();
  const line = new TextEncoder().encode("framewire/1 ack=1\n");
  clock.after(100, () => {
    greeting.space.set(line);
    greeting.filled(line.length);
  });
  await clock.advance(100);
  assertEquals((await greeting.hello)?.ack, true);
});

Deno.test("Greeting.filled() returns the number of bytes behind the line", async () => {
  const greeting = new Greeting(new ManualClock());
  greeting.begin();
  const bytes = new TextEncoder().encode("framewire/1\nabc");
  greeting.space.set(bytes);
  assertEquals(greeting.filled(bytes.length), 3);
  assertEquals(await greeting.hello, { ack: false });
  await settle();
});

Deno.test("Greeting leaves no timer behind, whatever its end", () => {
  const clock = new ManualClock();
  const [ended, damaged, unopened] = [1, 2, 3].map(() => new Greeting(clock));
  for (const greeting of [ended!, damaged!]) greeting.begin();
  const bytes = new TextEncoder().encode("framewire/1 ack=7\n");
  damaged!.space.set(bytes);
  damaged!.filled(bytes.length);
  ended!.end();
  unopened!.end();
  unopened!.begin();
  assertEquals(clock.timers, 0);
});
