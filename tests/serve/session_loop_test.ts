import { settle } from "../async/manual_clock.ts";
import { assertEquals, assertStringIncludes } from "../assert.ts";
import { MemorySession } from "./memory_session.ts";

const [OWN, SOURCE, OTHER] = ["0c5e21d7a9f4", "77a0b1c2d3e4", "91f00a12b3c4"];

Deno.test("ClientSession.run() refuses a server that the stream comes through: a loop", async () => {
  const test = new MemorySession({ via: () => [OWN, SOURCE] });
  await test.greet(`framewire/1 wire=y4m via=${SOURCE}\n`);
  const answer = test.peer.receiveText();
  assertStringIncludes(answer, "framewire/1 error=loop the stream leads back to the server");
  assertEquals(test.subscriptions, 0);
  test.peer.close();
  await settle();
  assertEquals(test.end?.kind, "loop");
});

Deno.test("ClientSession.run() refuses a server that asks itself", async () => {
  const test = new MemorySession({ via: () => [OWN] });
  await test.greet(`framewire/1 wire=y4m via=${OWN}\n`);
  assertStringIncludes(test.peer.receiveText(), "framewire/1 error=loop ");
  test.peer.close();
  await settle();
});

Deno.test("ClientSession.run() tells a server the path of the stream, and closes when it changes", async () => {
  let path = [OWN];
  const test = new MemorySession({ via: () => path });
  await test.greet(`framewire/1 wire=y4m via=${OTHER}\n`);
  await test.put();
  assertStringIncludes(test.peer.receiveText(), ` via=${OWN}\n`);
  path = [OWN, SOURCE];
  await test.put();
  await settle();
  assertEquals([test.peer.receiveText(), test.peer.sawEnd], ["", true]);
  test.peer.close();
  await settle();
  assertEquals(test.subscriptions, 0);
});

Deno.test("ClientSession.run(): a client that is no server gets no path, and stays when it changes", async () => {
  let path = [OWN];
  const test = new MemorySession({ via: () => path });
  await test.greet("framewire/1 wire=y4m\n");
  await test.put();
  path = [OWN, SOURCE];
  test.peer.receive();
  await test.put();
  assertStringIncludes(test.peer.receiveText(), "FRAME Xseq=1 ");
  test.peer.reset();
  await settle();
});
