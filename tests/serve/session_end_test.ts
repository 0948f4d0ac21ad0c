import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import { settle } from "../async/manual_clock.ts";
import { LEFT, type SessionEnd } from "../../lib/serve/refusal.ts";
import { FRAME_BYTES, MemorySession } from "./memory_session.ts";

const STALLED: SessionEnd = { kind: "stalled", reason: "closed (took no data for 5 s)" };
const ACKNOWLEDGES = "framewire/1 wire=y4m ack=1\n";

Deno.test("ClientSession.run() sends the last frame and the trailer, then waits until the client closes", async () => {
  const test = new MemorySession();
  await test.greet("framewire/1 wire=y4m\n");
  await test.put();
  test.frames.end("failed");
  await settle();
  assertStringIncludes(test.peer.receiveText(), "END Xreason=failed\n");
  assert(test.peer.sawEnd);
  assertEquals([test.session.state, test.end], ["goodbye", undefined]);
  test.peer.closeWrite();
  await settle();
  assertEquals([test.end?.kind, test.connection.isClosed], ["done", true]);
  assertEquals(test.clock.timers, 0);
});

Deno.test("ClientSession.run() closes after 2 s if the client does not", async () => {
  const test = new MemorySession();
  await test.admitSilent();
  test.frames.end();
  await test.clock.advance(1999);
  assertEquals([test.session.state, test.connection.isClosed], ["goodbye", false]);
  await test.clock.advance(1);
  assertEquals([test.end?.kind, test.connection.isClosed], ["done", true]);
});

Deno.test("ClientSession.run() ends when the client closes or resets the connection", async () => {
  for (const how of ["close", "reset"] as const) {
    const test = new MemorySession();
    await test.admitSilent();
    test.peer[how]();
    await test.put();
    assertEquals([test.end, test.connection.isClosed], [LEFT, true], how);
  }
});

Deno.test("ClientSession.run() ends when the client leaves during its greeting", async () => {
  const test = new MemorySession();
  await test.greet("framewire/1 a");
  test.peer.reset();
  await settle();
  assertEquals([test.end, test.asked, test.clock.timers], [LEFT, [], 0]);
});

Deno.test("ClientSession.run(): a client that acknowledged and ends its direction has left", async () => {
  const test = new MemorySession();
  await test.greet(ACKNOWLEDGES);
  test.peer.closeWrite();
  await settle();
  assertEquals(test.end, LEFT);
});

Deno.test("ClientSession.run(): a client that does not acknowledge may end its direction, and gets all frames", async () => {
  const test = new MemorySession();
  await test.greet("framewire/1 wire=raw\n");
  test.peer.receive();
  test.peer.closeWrite();
  await settle();
  await test.put();
  assertEquals(test.peer.receive().length, FRAME_BYTES);
  test.frames.end();
  await settle();
  assertEquals(test.end?.kind, "done");
});

Deno.test("ClientSession.close() before run(): nothing is opened", async () => {
  const test = new MemorySession();
  test.session.close(STALLED);
  await test.start();
  assertEquals([test.end, test.connection.isOpened], [STALLED, false]);
  assertEquals([test.connection.isClosed, test.clock.timers], [true, 0]);
});

/** Brings a session to a state. */
const states: [state: string, reach: (test: MemorySession) => Promise<void>][] = [
  ["the handshake", (test) => test.start()],
  ["the greeting", (test) => test.greet("framewire/1")],
  ["a wait for frames", (test) => test.admitSilent()],
  ["a wait for acknowledgements", async (test) => {
    await test.greet(ACKNOWLEDGES);
    await test.put();
    await test.put();
  }],
  ["a stuck write", async (test) => {
    await test.admitSilent();
    for (let i = 0; i < 20; i++) await test.put();
  }],
];
const optionsFor = (state: string) =>
  state === "the handshake" ? { handshake: new Promise<void>(() => {}) } : { capacity: 150 };

for (const [state, reach] of states) {
  Deno.test(`ClientSession.close() during ${state} ends the session at once`, async () => {
    const test = new MemorySession(optionsFor(state));
    await reach(test);
    assertEquals(test.end, undefined);
    test.session.close(STALLED);
    test.session.close(LEFT);
    await settle();
    assertEquals([test.end, test.session.state], [STALLED, "closed"]);
    assertEquals(test.subscriptions, 0);
    assertEquals([test.connection.isClosed, test.clock.timers], [true, 0]);
  });
}

for (const [state, reach] of states.filter(([state]) => /wait for/.test(state))) {
  Deno.test(`ClientSession.run() ends on abort during ${state}`, async () => {
    const test = new MemorySession(optionsFor(state));
    await reach(test);
    assertEquals(test.end, undefined);
    test.peer.receive();
    test.stop.abort();
    await settle();
    test.peer.closeWrite();
    await settle();
    assertEquals([test.end?.kind, test.peer.receiveText()], ["stopped", ""]);
    assertEquals(test.subscriptions, 0);
    assertEquals([test.connection.isClosed, test.clock.timers], [true, 0]);
  });
}

Deno.test("ClientSession.run() ends on abort during the greeting, and answers nothing", async () => {
  for (const begun of ["", "framewire/1"]) {
    const test = new MemorySession();
    await test.greet(begun);
    test.stop.abort();
    await settle();
    assertEquals([test.end?.kind, test.peer.receiveText(), test.asked], ["stopped", "", []]);
    assertEquals([test.connection.isClosed, test.clock.timers], [true, 0]);
  }
});

Deno.test("ClientSession.run() ends on abort before its start", async () => {
  const test = new MemorySession();
  test.stop.abort();
  await test.start();
  assertEquals([test.end?.kind, test.asked, test.clock.timers], ["stopped", [], 0]);
});

Deno.test("ClientSession.run() on abort finishes the current frame, without a trailer", async () => {
  const test = new MemorySession({ capacity: 5 });
  await test.admitSilent();
  await test.put();
  test.stop.abort();
  await settle();
  assertEquals(test.session.state, "sending");
  let received = 0;
  for (let i = 0; i < 4; i++) {
    received += test.peer.receive().length;
    await settle();
  }
  assertEquals([received, test.session.state], [FRAME_BYTES, "goodbye"]);
  test.peer.closeWrite();
  await settle();
  assertEquals(test.end?.kind, "stopped");
});

Deno.test("ClientSession.run() on abort during the goodbye keeps its reason", async () => {
  const test = new MemorySession();
  await test.admitSilent();
  test.frames.end();
  await settle();
  test.stop.abort();
  test.session.close(STALLED);
  await settle();
  assertEquals(test.end?.kind, "done");
});

Deno.test("ClientSession.released waits for a write that outlives close()", async () => {
  const test = new MemorySession({ capacity: 5, keepsStuckWrites: true });
  await test.admitSilent();
  await test.put();
  let isReleased = false;
  test.session.released.then(() => isReleased = true);
  test.session.close(STALLED);
  await settle();
  assertEquals([test.end, isReleased], [STALLED, false]);
  test.peer.reset(); // the client leaves
  await settle();
  assert(isReleased);
});
