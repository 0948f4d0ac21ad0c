import { assert, assertEquals, assertMatch } from "@std/assert";
import { settle } from "../../async/manual_clock.ts";
import { keptLog } from "../../log/kept_log.ts";
import { openPage } from "./live_page.ts";
import { MemorySocket } from "./memory_socket.ts";

Deno.test("LiveSession tells of the streams at once, each second, and when one is lost or absent", async () => {
  const { socket, clock, kitchen, garden, stop, over } = await openPage();
  const told = () => socket.messages.filter(({ type }) => type === "streams").length;
  assertEquals(socket.messages[0], { type: "ping", number: 1 });
  const { streams, several } = socket.last("streams");
  assertEquals(several, true);
  assertEquals(streams.map(({ name }: { name: string }) => name), ["kitchen", "garden"]);
  assertEquals(streams[0].wires, ["jpeg"]);
  assertEquals(streams[0].state.width, 1280);
  await clock.advance(900);
  assertEquals(told(), 1);
  await clock.advance(200);
  assertEquals(told(), 2);
  kitchen.stream.away = { since: new Date(0), why: "unplugged" };
  await clock.advance(300);
  assertEquals(socket.last("streams").streams[0].state.lost.why, "unplugged");
  garden.place[Symbol.dispose]();
  await clock.advance(300);
  assertEquals(socket.last("streams").streams[1], { name: "garden", wires: [], state: null });
  assertEquals(socket.last("streams").streams[0].state.recording, { allowed: true });
  // What a full socket does not take is told when there is room.
  socket.bufferedAmount = 1e6;
  kitchen.stream.away = undefined;
  await clock.advance(300);
  assertEquals(socket.last("streams").streams[0].state.lost.why, "unplugged");
  socket.bufferedAmount = 0;
  await clock.advance(200);
  assertEquals(socket.last("streams").streams[0].state.lost, null);
  stop.abort();
  await over;
  assertEquals(socket.closed?.code, 1001);
});

Deno.test("LiveSession sends the newest picture for each acknowledgement, apart for each stream", async () => {
  const { socket, clock, kitchen, garden, stop, over } = await openPage();
  socket.watch({ kitchen: { width: 320, wire: "jpeg" }, garden: { width: 0, wire: "jpeg" } });
  kitchen.published.put(0);
  await settle();
  assertEquals(kitchen.published.widths, [320]);
  assertEquals(garden.published.widths, [0]);
  for (let sequence = 1; sequence < 10; sequence++) {
    kitchen.published.put(sequence);
    garden.published.put(sequence);
    await clock.advance(30); // the link is slower than the camera
  }
  // One that takes nothing does not hold the other one up.
  const of = (stream: number) => socket.pictures.filter((picture) => picture.stream === stream);
  assertEquals(of(1).map(({ sequence }) => sequence), [0]);
  assertEquals(of(2).map(({ sequence }) => sequence), [1]);
  socket.acknowledge(2, 1);
  await settle();
  assertEquals(of(2).map(({ sequence, number }) => [sequence, number]), [[1, 1], [9, 2]]);
  assertEquals(of(1).length, 1);
  // More than was sent, or of a stream that does not exist: nothing happens.
  socket.acknowledge(1, 7);
  socket.acknowledge(9, 1);
  await settle();
  assertEquals(of(1).length, 1);
  socket.acknowledge(1, 1);
  await settle();
  assertEquals(of(1).at(-1)?.sequence, 9);
  stop.abort();
  await over;
});

Deno.test("LiveSession does nothing for streams that are not watched, and goes on with those that stay", async () => {
  const { socket, kitchen, garden, viewers, stop, over } = await openPage();
  const watched = { kitchen: { width: 320, wire: "jpeg" }, garden: { width: 320, wire: "jpeg" } };
  socket.watch(watched);
  kitchen.published.put(0);
  await settle();
  socket.watch({ kitchen: watched.kitchen });
  await settle();
  assertEquals([kitchen.published.widths, garden.published.widths], [[320], []]);
  socket.acknowledge(1, 1);
  await settle();
  assertEquals(socket.pictures.length, 1, "the same picture is not sent again");
  socket.watch({ kitchen: { width: 640, wire: "jpeg" } });
  await settle();
  assertEquals(kitchen.published.widths, [640]);
  socket.watch({});
  await settle();
  assertEquals(kitchen.published.widths, []);
  assertEquals(viewers.total("sent"), 2);
  stop.abort();
  await over;
});

Deno.test("LiveSession sends no picture while the socket is full, however often the page changes what it watches", async () => {
  const { socket, clock, kitchen, stop, over } = await openPage();
  socket.bufferedAmount = 1e6;
  for (let i = 0; i < 100; i++) {
    kitchen.published.put(i);
    socket.watch({ kitchen: { width: [320, 640][i % 2], wire: "jpeg" } });
    await clock.advance(1);
  }
  assertEquals(socket.pictures.length, 0);
  socket.bufferedAmount = 0;
  await clock.advance(60);
  assertEquals(socket.pictures.length, 0, "another view has begun, and each may start an encoder");
  await clock.advance(6000);
  assertEquals(socket.pictures.map(({ sequence }) => sequence), [99]);
  // Widths of one size are one view, with one window.
  for (let i = 0; i < 20; i++) {
    socket.watch({ kitchen: { width: 5000 + i, wire: "jpeg" } });
    await clock.advance(1);
  }
  assertEquals(socket.pictures.length, 2);
  stop.abort();
  await over;
});

Deno.test("LiveSession ends a page whose message leads to an error, and nothing else", async () => {
  const { socket, kitchen, over } = await openPage();
  Object.defineProperty(kitchen.published, "rungs", {
    get() {
      throw new RangeError("a bug");
    },
  });
  socket.watch({ kitchen: { width: 0, wire: "jpeg" } });
  assertEquals(socket.closed, { code: 1011, reason: "internal error" });
  socket.leave();
  await over;
});

Deno.test("LiveSession sends detections of streams that are watched with them", async () => {
  const { socket, kitchen, garden, stop, over } = await openPage();
  const detection = { filter: "faces", sequence: 3, capturedAt: 5, boxes: [[1, 2, 3, 4]] };
  socket.watch({ kitchen: { width: 0, wire: "jpeg", detections: true } });
  // deno-lint-ignore no-explicit-any -- a detection as filters report it
  for (const { stream } of [kitchen, garden]) stream.detections.put(detection as any);
  assertEquals(socket.messages.filter(({ type }) => type === "detection"), [
    { type: "detection", stream: "kitchen", ...detection },
  ]);
  socket.bufferedAmount = 1e6;
  // deno-lint-ignore no-explicit-any -- as above
  kitchen.stream.detections.put(detection as any);
  assertEquals(socket.messages.filter(({ type }) => type === "detection").length, 1);
  stop.abort();
  await over;
});

Deno.test("LiveSession closes a page that acknowledges nothing for so long, but not one that waits", async () => {
  const { socket, clock, kitchen, over } = await openPage({ stall: 2 });
  socket.watch({ kitchen: { width: 0, wire: "jpeg" } });
  await clock.advance(10_000); // no picture
  assertEquals(socket.closed, undefined);
  kitchen.published.put(0);
  await clock.advance(1500);
  socket.acknowledge(1, 1);
  kitchen.published.put(1);
  await clock.advance(1500);
  assertEquals(socket.closed, undefined);
  await clock.advance(1000);
  assertEquals(socket.closed?.code, 4408);
  await over;
  assertEquals(kitchen.published.widths, []);
});

Deno.test("LiveSession closes a page that does not answer pings, though it watches nothing", async () => {
  const { socket, clock, over } = await openPage({ stall: 2 });
  await clock.advance(5000);
  assertEquals(socket.closed, undefined);
  socket.answers = false;
  await clock.advance(3500);
  assertEquals(socket.closed?.code, 4408);
  await over;
});

Deno.test("LiveSession takes the shortest round trip: a page may be busy while it loads", async () => {
  const { socket, clock, kitchen, stop, over } = await openPage({
    socket: new MemorySocket({ answers: false }),
  });
  await clock.advance(500);
  socket.answers = true;
  socket.pong(); // late; the next ones come at once
  await settle();
  socket.watch({ kitchen: { width: 0, wire: "jpeg" } });
  await settle();
  kitchen.published.put(0);
  await clock.advance(50);
  socket.acknowledge(1, 1);
  for (const sequence of [1, 2]) {
    kitchen.published.put(sequence);
    await settle();
  }
  assertEquals(socket.pictures.length, 2, "the 50 ms are the link's, not the round trip's");
  stop.abort();
  await over;
});

Deno.test("LiveSession that ends before its socket is open closes it then", async () => {
  const { socket, clock, stop, over } = await openPage({
    socket: new MemorySocket({ isOpen: false }),
  });
  stop.abort();
  await over;
  assertEquals([socket.closed, socket.messages], [undefined, []]);
  socket.open();
  assertEquals([socket.closed?.code, clock.timers], [1001, 0]);
});

Deno.test("LiveSession closes for messages that are not valid, and says why", async () => {
  const bad: [unknown, number, RegExp][] = [
    ["no JSON", 1007, /not JSON/],
    [{ type: "watch", streams: [] }, 1007, /streams/],
    [{ type: "watch", streams: { kitchen: { width: -1, wire: "jpeg" } } }, 1007, /width/],
    [{ type: "watch", streams: { kitchen: { width: 1, wire: "avi" } } }, 1007, /wire/],
    ["x".repeat(70_000), 1007, /longer/],
    [new ArrayBuffer(5), 1002, /5 bytes/],
  ];
  for (const [message, code, reason] of bad) {
    const { socket, over } = await openPage();
    socket.say(message);
    await over;
    assertEquals(socket.closed?.code, code);
    assertMatch(socket.closed?.reason ?? "", reason);
  }
  const { socket, over, stop } = await openPage();
  socket.say({ type: "news" }); // of a later version
  socket.say({ type: "time", asked: 7 });
  assertEquals(socket.last("time").asked, 7);
  assert(Math.abs(socket.last("time").time - Date.now()) < 10_000);
  stop.abort();
  await over;
});

Deno.test("LiveSession tells why a stream has ended, and shows one that comes again", async () => {
  const { socket, clock, kitchen, publish, stop, over } = await openPage();
  socket.watch({ kitchen: { width: 0, wire: "jpeg" } });
  await settle();
  kitchen.stream.frames.end("failed");
  kitchen.published.jpegs.end("failed");
  await settle();
  assertEquals(socket.last("end"), { type: "end", stream: "kitchen", reason: "failed" });
  kitchen.place[Symbol.dispose]();
  await clock.advance(300);
  const again = publish("kitchen");
  await clock.advance(300);
  const { number } = socket.last("streams").streams[0];
  again.published.put(5);
  await settle();
  assertEquals(socket.pictures.at(-1)?.stream, number);
  assert(number > 2, "it is another publication");
  stop.abort();
  await over;
});

Deno.test("LiveSession starts a picture again that has failed, and says why", async () => {
  const { log, warn, debug } = keptLog();
  const { socket, clock, kitchen, stop, over } = await openPage({ log });
  kitchen.published.faults = 3;
  socket.watch({ kitchen: { width: 0, wire: "jpeg" } });
  kitchen.published.put(5);
  await clock.advance(2900);
  assertEquals(socket.pictures, []);
  await clock.advance(200); // at once, after 1 s and after 2 s
  assertEquals(socket.pictures.map(({ sequence }) => sequence), [5]);
  const line = "192.0.2.1:7: the picture of kitchen failed and starts again: no memory";
  assertEquals([warn, debug.length, socket.last("end")], [[line], 2, undefined]);
  stop.abort();
  await over;
});

Deno.test("LiveSession ends when the page leaves", async () => {
  const { socket, clock, kitchen, over } = await openPage();
  socket.watch({ kitchen: { width: 0, wire: "jpeg" } });
  await settle();
  socket.leave();
  await over;
  assertEquals(kitchen.published.widths, []);
  assertEquals(clock.timers, 0);
});
