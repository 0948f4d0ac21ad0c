import { assert, assertEquals } from "../assert.ts";
import { settle } from "../async/manual_clock.ts";
import { MemoryRungs } from "./memory_rungs.ts";
import { MemorySession } from "./memory_session.ts";

const ACKS = "framewire/1 wire=h264 ack=1\n";
const KEY = { isKey: true };

/** A session of a client that sends `greeting`; undefined: a silent one. */
async function watch(greeting: string | undefined, { holds = false } = {}) {
  const rungs = new MemoryRungs();
  const test = new MemorySession({ wire: "h264", rungs, holds });
  if (greeting === undefined) await test.admitSilent();
  else await test.greet(greeting);
  return {
    ...{ test, rungs },
    /** The encoders give a unit. */
    put: async (...unit: Parameters<MemoryRungs["put"]>) => {
      rungs.put(...unit);
      await settle();
    },
    /** The units that have come, as `key 3` or `4`, and their rungs. */
    received: () => {
      const text = new TextDecoder("latin1").decode(test.peer.receive());
      const units = [...text.matchAll(/seq=(\d+)[^\n]*?( key=1)?( size=\S*)?\n\0{3}..([^])/g)];
      return units.map(([, sequence, key, , rung = ""]) =>
        `${key ? "key " : ""}${sequence} of ${rung.charCodeAt(0)}`
      );
    },
    acknowledge: async (count = 1) => {
      test.peer.send(new Uint8Array(count));
      await settle();
    },
    leave: async () => {
      test.peer.reset();
      await settle();
      assertEquals(rungs.watched, []);
    },
  };
}

Deno.test("UnitSending gives a silent client the units alone, from a keyframe on, of the rung in the middle", async () => {
  const { test, rungs, put, leave } = await watch(undefined);
  await put(0);
  await put(1, KEY);
  await put(2);
  assertEquals(rungs.watched, [1200]);
  assertEquals([...test.peer.receive()], [0, 0, 0, 1, 0x67, 2, 0, 0, 0, 1, 0x41, 2]);
  rungs.end();
  await settle();
  assertEquals([test.peer.receive().length, test.session.sent], [0, 2]);
  await leave();
});

Deno.test("UnitSending gives each unit its line, and says when there are no more", async () => {
  const { test, rungs, put, leave } = await watch("framewire/1 wire=h264\n");
  await put(7, KEY);
  await put(8, { kind: "placeholder" });
  rungs.end();
  await settle();
  assertEquals(
    new TextDecoder("latin1").decode(test.peer.receive()).replaceAll(/\0{3}.[^]{2}/g, "..."),
    "framewire/1 ok wire=h264 width=4 height=3 fps=30\n" +
      "UNIT length=6 seq=7 ts=7.000 key=1 size=4x4\n..." +
      "UNIT length=6 seq=8 ts=8.000 kind=placeholder\n...END\n",
  );
  await leave();
});

Deno.test("UnitSending changes to a higher rung at its keyframe, and gives the units of the old one until then", async () => {
  const { test, rungs, put, received, acknowledge, leave } = await watch(ACKS);
  await acknowledge();
  let last: string | undefined;
  for (let i = 0; i < 60; i++) {
    // A link of 16 Mbit/s.
    const milliseconds = i % 5 === 0 ? 3 : 1;
    await put(i, { isKey: i === 0, length: 2000 * milliseconds });
    await test.clock.advance(milliseconds);
    last = received().at(-1);
    await acknowledge();
    await test.clock.advance(33 - milliseconds);
  }
  assertEquals(rungs.watched.length, 2);
  assertEquals(last, "59 of 1");
  await put(60, { ...KEY, rung: 3 });
  await put(60, { ...KEY, rung: 2 });
  await acknowledge();
  await put(61);
  const index = rungs.rungs.findIndex(({ rate }) => rate === 1000 * (rungs.watched[0] ?? 0));
  assert(rungs.watched.length === 1 && index > 1, `${rungs.watched}`);
  assertEquals(received(), [`key 60 of ${index}`, `61 of ${index}`]);
  await leave();
});

Deno.test("UnitSending gives a client that is behind nothing until the next keyframe", async () => {
  const { test, put, received, acknowledge, leave } = await watch(ACKS);
  await acknowledge();
  for (let i = 0; i < 30; i++) {
    await put(i, { isKey: i === 0 });
    await test.clock.advance(33);
  }
  const first = received();
  assert(first.length >= 3 && first.length < 15, `${first.length} units without acknowledgement`);
  await acknowledge(first.length);
  for (let i = 30; i < 35; i++) await put(i);
  assertEquals(received(), []);
  await put(35, KEY);
  await put(36);
  assertEquals(received().map((unit) => unit.replace(/ of .*/, "")), ["key 35", "36"]);
  assertEquals(test.session.skipped, 35 - first.length);
  await leave();
});

Deno.test("UnitSending gives a steady client the highest rung, and a lower one only when it is behind", async () => {
  const { test, rungs, put, received, acknowledge, leave } = await watch(
    "framewire/1 wire=h264 ack=1 steady=1\n",
  );
  await acknowledge();
  for (let i = 0; i < 30; i++) {
    await put(i, { isKey: i === 0 });
    await test.clock.advance(33);
    await acknowledge();
  }
  assertEquals([rungs.watched, received().at(-1)], [[2400], "29 of 3"]);
  for (let i = 30; i < 60; i++) {
    await put(i);
    await test.clock.advance(33);
  }
  await acknowledge(received().length);
  await put(60, KEY);
  const [rung = 0] = rungs.watched;
  assert(rungs.watched.length === 1 && rung < 2400, `${rungs.watched}`);
  assert(received().at(-1)?.startsWith("key 60 of "));
  await leave();
});

Deno.test("UnitSending leaves out placeholders that the client cannot know, and what cannot be decoded after them", async () => {
  const { test, put, leave } = await watch(undefined, { holds: true });
  await put(0, KEY);
  await put(1, { kind: "placeholder" });
  await put(1);
  await put(2, KEY);
  assertEquals(test.session.sent, 2);
  assertEquals([...test.peer.receive()].filter((_, i) => i % 6 === 4), [0x67, 0x67]);
  await leave();
});
