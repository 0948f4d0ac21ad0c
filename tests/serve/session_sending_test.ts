import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import { wallClock } from "../../lib/frame/clock.ts";
import { settle } from "../async/manual_clock.ts";
import { FRAME_BYTES, MemorySession, sequencesIn } from "./memory_session.ts";

const GREETING = "framewire/1 wire=y4m ack=1\n";
const ACK = Uint8Array.of(0);

/** Ends the session of a test. */
async function leave(test: MemorySession): Promise<void> {
  test.peer.reset();
  await settle();
}

Deno.test("ClientSession.run() sends the newest frame to a client that was slow, and counts the others", async () => {
  const test = new MemorySession({ capacity: FRAME_BYTES });
  await test.admitSilent();
  await test.put(); // fills the connection
  await test.put(); // this write is stuck
  for (let i = 0; i < 5; i++) await test.put();
  assertEquals([test.session.sent, test.session.skipped], [1, 4]);
  const shades = [];
  for (let i = 0; i < 3; i++) {
    shades.push(test.peer.receive()[0]);
    await settle();
  }
  assertEquals([test.session.sent, test.session.skipped], [3, 4]);
  assertEquals(shades, [0, 100, 0]); // frames 0, 1 and 6
  await leave(test);
});

Deno.test("ClientSession.run() finishes a frame once begun, and sends it whole", async () => {
  const test = new MemorySession({ capacity: 5 });
  await test.admitSilent();
  await test.put();
  await test.put();
  const bytes: number[] = [];
  for (let i = 0; i < 5; i++) {
    bytes.push(...test.peer.receive());
    await settle();
  }
  assertEquals(bytes.slice(0, 2 * FRAME_BYTES).map((shade) => shade >= 100), [
    ...Array(FRAME_BYTES).fill(false),
    ...Array(FRAME_BYTES).fill(true),
  ]);
  await leave(test);
});

Deno.test("ClientSession.run() sends one frame until the client acknowledges, then the newest", async () => {
  const test = new MemorySession();
  await test.greet(GREETING);
  test.peer.send(ACK); // the answer line, after 0 ms: the window is one frame
  await settle();
  await test.put();
  await test.put();
  await test.put();
  await test.put();
  assertEquals(sequencesIn(test.peer.receiveText()), [0]);
  await test.clock.advance(20);
  test.peer.send(ACK);
  await settle();
  assertEquals(sequencesIn(test.peer.receiveText()), [3]);
  assertEquals([test.session.sent, test.session.skipped], [2, 2]);
  await leave(test);
});

Deno.test("ClientSession.run() keeps as many frames on the way as the round trip of the link holds", async () => {
  const test = new MemorySession();
  await test.greet(GREETING);
  await test.clock.advance(70); // at 30 fps two frames are captured in that time
  test.peer.send(ACK);
  await settle();
  for (let i = 0; i < 5; i++) await test.put();
  assertEquals(sequencesIn(test.peer.receiveText()), [0, 1, 2]);
  await leave(test);
});

Deno.test("ClientSession.run() over a narrow link waits for a frame that comes soon, and skips the old one", async () => {
  const test = new MemorySession();
  await test.greet(GREETING);
  test.peer.send(ACK);
  await settle();
  await test.put();
  await test.clock.advance(100); // a frame takes longer than the interval of the frames
  test.peer.send(ACK);
  await settle();
  test.peer.receive();
  await test.put({ capturedAt: wallClock() - 25 }); // the next one is due in about 8 ms
  assertEquals(test.session.sent, 1);
  await test.put();
  assertEquals(sequencesIn(test.peer.receiveText()), [2]);
  assertEquals([test.session.sent, test.session.skipped], [2, 1]);
  await leave(test);
});

Deno.test("ClientSession.run() tells the client its last acknowledgement in the next frame", async () => {
  const test = new MemorySession();
  await test.greet(GREETING);
  await test.put();
  assert(!test.peer.receiveText().includes("Xack="));
  test.peer.send(Uint8Array.of(0, 0));
  await settle();
  await test.put();
  assertStringIncludes(test.peer.receiveText(), "Xack=1:");
  await leave(test);
});

Deno.test("ClientSession.stalledFor grows while a write is stuck, and is 0 when nothing waits", async () => {
  const test = new MemorySession({ capacity: FRAME_BYTES });
  await test.admitSilent();
  await test.put();
  await test.clock.advance(9000);
  assertEquals(test.session.stalledFor, 0); // no new frame: the client is not to blame
  await test.put();
  await test.clock.advance(3000);
  assertEquals(test.session.stalledFor, 3000);
  test.peer.receive(1); // one byte is progress
  await settle();
  assertEquals(test.session.stalledFor, 0);
  await test.clock.advance(1000);
  assertEquals(test.session.stalledFor, 1000);
  await leave(test);
});

Deno.test("ClientSession.stalledFor grows while an acknowledgement is missing", async () => {
  const test = new MemorySession();
  await test.greet(GREETING);
  test.peer.send(ACK);
  await settle();
  await test.put();
  await test.clock.advance(4000);
  assertEquals(test.session.stalledFor, 4000);
  test.peer.send(ACK);
  await settle();
  assertEquals(test.session.stalledFor, 0);
  await leave(test);
});

Deno.test("ClientSession.run(): with holds, a placeholder goes only to a client that sees it is one", async () => {
  for (const [greeting, sent] of [[undefined, 0], ["framewire/1 wire=y4m\n", 1]] as const) {
    const test = new MemorySession({ holds: true });
    await (greeting ? test.greet(greeting) : test.admitSilent());
    await test.put({ kind: "placeholder" });
    assertEquals(test.session.sent, sent);
    if (greeting) assertStringIncludes(test.peer.receiveText(), "Xkind=placeholder");
    await leave(test);
  }
});

Deno.test("ClientSession.run() writes the pieces of a small frame at once, for TLS", async () => {
  const test = new MemorySession();
  await test.greet("framewire/1 wire=y4m\n");
  const before = test.connection.writes;
  await test.put();
  assertEquals(test.connection.writes - before, 1);
  await leave(test);
});

Deno.test("ClientSession.bytes counts all bytes sent", async () => {
  const test = new MemorySession();
  await test.greet("framewire/1 wire=y4m\n");
  await test.put();
  assertEquals(test.peer.receive().length, test.session.bytes);
  await leave(test);
});

Deno.test("ClientSession.run() sends every frame of a lossless stream, which waits for a silent client", async () => {
  const test = new MemorySession({ capacity: FRAME_BYTES, lossless: true });
  await test.admitSilent();
  let isOver = false;
  const playing = test.play(6).then(() => isOver = true);
  const shades = [];
  for (let i = 0; i < 6; i++) {
    await settle();
    // One in the connection, one in a write, one waits.
    assertEquals([test.session.sent, isOver], [i + 1, i > 2], `frame ${i}`);
    shades.push(test.peer.receive()[0]);
  }
  await playing;
  assertEquals([shades, test.session.skipped], [[0, 100, 0, 100, 0, 100], 0]);
  await leave(test);
});

Deno.test("ClientSession.run() skips no frame of a lossless stream for a slow client that acknowledges", async () => {
  const test = new MemorySession({ lossless: true });
  await test.greet(GREETING);
  const playing = test.play(5);
  test.peer.send(ACK);
  let text = "";
  for (let i = 0; i < 5; i++) {
    await settle();
    text += test.peer.receiveText();
    assertEquals(sequencesIn(text), Array.from({ length: i + 1 }, (_, n) => n));
    await test.clock.advance(500);
    test.peer.send(ACK);
  }
  await playing;
  assertEquals(test.session.skipped, 0);
  await leave(test);
});
