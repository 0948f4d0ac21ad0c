import { WatchHooks } from "../../lib/cli/watch_hooks.ts";
import { assertEquals } from "../assert.ts";
import { ManualClock, settle } from "../async/manual_clock.ts";

/** Hooks that note the events in place of programs; `end` lets the programs end. */
function setUp({ isSlow = false } = {}) {
  const events: string[] = [];
  const clock = new ManualClock();
  const ended = Promise.withResolvers<void>();
  let disposed = 0;
  const hooks = new WatchHooks(() => ({
    watched: (name, isWatched) => events.push(`${name} ${isWatched ? "watched" : "unwatched"}`),
    idle: () => isSlow ? ended.promise : Promise.resolve(),
    [Symbol.asyncDispose]() {
      disposed++;
      ended.resolve();
      return Promise.resolve();
    },
  }), { clock });
  return { hooks, events, clock, disposed: () => disposed };
}

Deno.test("WatchHooks tells of the first viewer at once, and of the last one's end after 2 s", async () => {
  const { hooks, events, clock } = setUp();
  hooks.changed("hall", true);
  assertEquals(events, ["hall watched"]);
  hooks.changed("hall", false);
  await clock.advance(1999);
  assertEquals(events, ["hall watched"]);
  await clock.advance(1);
  assertEquals(events, ["hall watched", "hall unwatched"]);
  hooks.changed("hall", true);
  assertEquals(events.slice(2), ["hall watched"]);
});

Deno.test("WatchHooks does not tell of a viewer who comes back within 2 s", async () => {
  const { hooks, events, clock } = setUp();
  for (let i = 0; i < 3; i++) {
    hooks.changed("hall", true);
    hooks.changed("hall", false);
    await clock.advance(1500);
  }
  assertEquals(events, ["hall watched"]);
  await clock.advance(500);
  assertEquals(events, ["hall watched", "hall unwatched"]);
  assertEquals(clock.timers, 0);
});

Deno.test("WatchHooks keeps cameras apart, and joins the streams of one that has changed", async () => {
  const { hooks, events, clock } = setUp();
  hooks.changed("hall", true);
  hooks.changed("attic", true);
  hooks.changed("hall", true); // the new stream, before the old one's viewers are gone
  hooks.changed("hall", false);
  hooks.changed("attic", false);
  await clock.advance(5000);
  assertEquals(events, ["hall watched", "attic watched", "attic unwatched"]);
});

Deno.test("WatchHooks tells at its end that nobody watches, and waits for the programs for a second", async () => {
  const { hooks, events, clock, disposed } = setUp({ isSlow: true });
  hooks.changed("hall", true);
  hooks.changed("attic", true);
  hooks.changed("attic", false);
  const ending = hooks[Symbol.asyncDispose]();
  assertEquals(events.slice(2), ["hall unwatched", "attic unwatched"]);
  await clock.advance(999);
  await settle();
  assertEquals(disposed(), 0);
  await clock.advance(1);
  await ending;
  assertEquals(disposed(), 2);
  hooks.changed("hall", false); // its viewers leave later
  assertEquals([clock.timers, events.length], [0, 4]);
});
