import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { settle } from "../async/manual_clock.ts";
import { BUSY, FRAME_BYTES, MemorySession } from "./memory_session.ts";

const ANSWER = "framewire/1 ok wire=raw width=4 height=3 fps=30\n";

Deno.test("ClientSession.run() admits a client that is silent for 100 ms, and answers nothing", async () => {
  const test = new MemorySession();
  await test.start();
  await test.put();
  await test.clock.advance(99);
  assertEquals(test.asked, []);
  await test.clock.advance(1);
  assertEquals([test.asked, test.session.state], [[undefined], "sending"]);
  assertEquals(test.peer.receive().length, FRAME_BYTES);
  test.peer.reset();
  await settle();
});

Deno.test("ClientSession.run() admits a greeting when its line is complete, not before (issue 11)", async () => {
  const test = new MemorySession();
  await test.start();
  for (const piece of ["f", "ramewire/1 tok", "en=secret-words"]) {
    test.peer.send(piece);
    await test.clock.advance(300);
    assertEquals([test.asked, test.session.state], [[], "greeting"]);
  }
  test.peer.send("\n");
  await settle();
  assertEquals(test.asked.map((hello) => hello?.token), ["secret-words"]);
  assertEquals([test.peer.receiveText(), test.session.wire], [ANSWER, "raw"]);
  test.peer.reset();
  await settle();
});

Deno.test("ClientSession.run() counts another protocol as silent", async () => {
  const test = new MemorySession();
  await test.greet("GET / HTTP/1.1\r\n\r\n");
  assertEquals([test.asked, test.peer.receiveText()], [[undefined], ""]);
  test.peer.reset();
  await settle();
});

Deno.test("ClientSession.run() counts a client as silent that ends its direction at once", async () => {
  const test = new MemorySession();
  await test.start();
  test.peer.closeWrite();
  await settle();
  assertEquals([test.asked, test.session.state], [[undefined], "sending"]);
  await test.put();
  assertEquals(test.peer.receive().length, FRAME_BYTES);
  test.peer.reset();
  await settle();
});

const damaged: [greeting: string, message: RegExp][] = [
  ["framewire/1 wire=mp3\n", /wire is "mp3"/],
  ["framewire/1 ack=2\n", /ack is "2"/],
  ["framewire/9\n", /framewire\/9/],
  ["framewire/1 \0\n", /./],
  [`framewire/1 ${"x".repeat(600)}\n`, /longer than 512 bytes/],
];
for (const [greeting, message] of damaged) {
  Deno.test(`ClientSession.run() refuses ${JSON.stringify(greeting.slice(0, 30))}, and says why`, async () => {
    const test = new MemorySession();
    await test.greet(greeting);
    const answer = test.peer.receiveText();
    assertStringIncludes(answer, "framewire/1 error=hello ");
    assertMatch(answer, message);
    assertEquals([test.asked, test.session.state], [[], "goodbye"]);
    test.peer.close();
    await settle();
    assertEquals([test.end?.kind, test.connection.isClosed], ["bad greeting", true]);
  });
}

Deno.test("ClientSession.run() refuses a greeting that ends without a line end", async () => {
  const test = new MemorySession();
  await test.greet("framewire/1 ack=1");
  test.peer.closeWrite();
  await settle();
  assertStringIncludes(test.peer.receiveText(), "error=hello the first line was not ended");
  assertEquals(test.end?.kind, "bad greeting");
});

Deno.test("ClientSession.run() refuses a greeting that takes longer than 2 s, and closes after 2.5 s", async () => {
  const test = new MemorySession();
  await test.greet("frame");
  await test.clock.advance(1999);
  assertEquals(test.session.state, "greeting");
  await test.clock.advance(1);
  assertStringIncludes(test.peer.receiveText(), "error=hello the first line was not ended");
  assertEquals(test.session.state, "goodbye");
  await test.clock.advance(500);
  assertEquals([test.end?.kind, test.connection.isClosed], ["bad greeting", true]);
});

Deno.test("ClientSession.run() closes a client whose TLS handshake takes longer than 2 s", async () => {
  const test = new MemorySession({ handshake: new Promise(() => {}) });
  await test.start();
  await test.clock.advance(1999);
  assertEquals(test.end, undefined);
  await test.clock.advance(1);
  assertEquals(test.end?.reason, "refused: the TLS handshake was not finished");
  assertEquals([test.connection.isClosed, test.clock.timers], [true, 0]);
});

Deno.test("ClientSession.run() waits for silence after the handshake, not during it", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const test = new MemorySession({ handshake: promise });
  await test.start();
  await test.clock.advance(1000);
  assertEquals(test.asked, []);
  resolve();
  await test.clock.advance(99);
  assertEquals(test.asked, []);
  await test.clock.advance(1);
  assertEquals(test.asked, [undefined]);
  test.peer.reset();
  await settle();
});

Deno.test("ClientSession.run() tells a client with a greeting why it is refused, and waits until it closes", async () => {
  const test = new MemorySession({ refusal: BUSY });
  await test.greet("framewire/1\n");
  assertEquals(test.peer.receiveText(), "framewire/1 error=busy no place\n");
  assert(test.peer.sawEnd);
  assertEquals([test.session.state, test.connection.isClosed], ["goodbye", false]);
  test.peer.closeWrite();
  await settle();
  assertEquals([test.end?.kind, test.end?.reason], ["server full", "refused: no place"]);
  assertEquals([test.connection.isClosed, test.clock.timers], [true, 0]);
});

Deno.test("ClientSession.run() closes a refused client that does not close itself after 2 s", async () => {
  const test = new MemorySession({ refusal: BUSY });
  await test.greet("framewire/1\n");
  await test.clock.advance(1999);
  assert(!test.connection.isClosed);
  await test.clock.advance(1);
  assertEquals([test.end?.reason, test.connection.isClosed], ["refused: no place", true]);
});

Deno.test("ClientSession.run() keeps the reason of a refusal if the client resets the connection", async () => {
  const test = new MemorySession({ refusal: BUSY });
  await test.greet("framewire/1\n");
  test.peer.reset();
  await settle();
  assertEquals(test.end?.reason, "refused: no place");
});

Deno.test("ClientSession.run() closes a refused silent client at once, without an answer", async () => {
  const test = new MemorySession({ refusal: BUSY });
  await test.admitSilent();
  assertEquals([test.peer.receiveText(), test.end?.kind], ["", "server full"]);
  assert(test.connection.isClosed);
});

const peers: [address: Deno.Addr, peer: string, host: string | undefined][] = [
  [{ transport: "tcp", hostname: "192.0.2.7", port: 40112 }, "192.0.2.7:40112", "192.0.2.7"],
  [{ transport: "tcp", hostname: "2001:db8::7", port: 9 }, "[2001:db8::7]:9", "2001:db8::7"],
  [
    { transport: "tcp", hostname: "::ffff:192.0.2.7", port: 9 },
    "[::ffff:192.0.2.7]:9",
    "::ffff:192.0.2.7",
  ],
  [{ transport: "unix", path: "" }, "a client", undefined],
];
for (const [remoteAddr, peer, host] of peers) {
  Deno.test(`ClientSession.peer is "${peer}" for ${JSON.stringify(remoteAddr)}`, () => {
    const { session } = new MemorySession({ remoteAddr });
    assertEquals([session.peer, session.host], [peer, host]);
    session.close({ kind: "done", reason: "done" });
  });
}

Deno.test("ClientSession.run() sends the stream that a greeting names, and says its name", async () => {
  const test = new MemorySession();
  await test.greet("framewire/1 wire=raw stream=kitchen\n");
  await test.put();
  const text = test.peer.receiveText();
  const answer = ANSWER.replace("\n", " stream=kitchen\n");
  assertEquals([text.slice(0, answer.length), text.length], [answer, answer.length + FRAME_BYTES]);
  test.peer.reset();
  await settle();
});

Deno.test("ClientSession.run() refuses a name that no stream has, and lets the client read why", async () => {
  const test = new MemorySession();
  await test.greet("framewire/1 stream=kitchn\n");
  assertEquals(test.peer.receiveText(), "framewire/1 error=stream no kitchn\n");
  test.peer.reset();
  await settle();
  assertEquals([test.end?.kind, test.subscriptions], ["no such stream", 0]);
});

Deno.test("ClientSession.run() lists the streams in place of frames, then ends", async () => {
  const test = new MemorySession();
  await test.greet("framewire/1 list=1\n");
  assertEquals(
    test.peer.receiveText(),
    "framewire/1 ok list=1\nstream=kitchen width=4 height=3 fps=30 state=live\n",
  );
  assertEquals([test.asked.length, test.subscriptions], [1, 0]);
  test.peer.reset();
  await settle();
});
