import { grayFormat } from "../../lib/frame/frame_format.ts";
import { PublishedStream } from "../../lib/serve/published_stream.ts";
import { PublishedStreams } from "../../lib/serve/published_streams.ts";
import { assert, assertEquals } from "../assert.ts";
import { MemoryStream } from "../stream/memory_stream.ts";

const log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };

function publish(streams: PublishedStreams, name: string) {
  const stream = new MemoryStream({ fps: 30 });
  const options = { wire: "raw", quality: 90, holds: false, id: "0123456789ab", log } as const;
  const published = new PublishedStream(stream, options);
  return { stream, published, place: streams.add(name, published) };
}

Deno.test("PublishedStreams.select() gives the first stream, or the one of a name", () => {
  const streams = new PublishedStreams();
  assert("error" in streams.select());
  const kitchen = publish(streams, "kitchen");
  const garden = publish(streams, "garden");
  assertEquals([streams.select(), streams.select("garden")], [kitchen.published, garden.published]);
  kitchen.place[Symbol.dispose]();
  assertEquals([streams.select(), streams.size], [garden.published, 1]);
});

Deno.test("PublishedStreams.select() suggests the nearest name", () => {
  const streams = new PublishedStreams();
  publish(streams, "kitchen");
  publish(streams, "garden");
  const refusal = streams.select("kitchn");
  assertEquals(
    "message" in refusal && refusal.message,
    'there is no stream "kitchn"; did you mean "kitchen"?',
  );
});

Deno.test("PublishedStreams.list() says which ones are lost", () => {
  const streams = new PublishedStreams();
  const { stream } = publish(streams, "kitchen");
  stream.away = { since: new Date(0), why: "it ended" };
  const format = grayFormat({ width: 4, height: 3 });
  assertEquals(streams.list(), [{ name: "kitchen", format, fps: 30, outage: stream.away }]);
});

Deno.test("PublishedStreams.ended() waits for all, those included that are published meanwhile", async () => {
  const streams = new PublishedStreams();
  const first = publish(streams, "kitchen");
  let over = false;
  const ended = streams.ended().then(() => over = true);
  const second = publish(streams, "garden");
  first.stream.frames.end("over");
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(over, false);
  second.stream.frames.end("failed");
  await ended;
});

Deno.test("PublishedStreams.order() puts the streams in order, the first one is that without a name", () => {
  const streams = new PublishedStreams();
  const [, , hall] = ["kitchen", "garden", "hall"].map((name) => publish(streams, name));
  streams.order(["hall", "kitchen"]);
  assertEquals([...streams].map(([name]) => name), ["hall", "kitchen", "garden"]);
  assertEquals(streams.select(), hall?.published);
});

Deno.test("PublishedStreams.select() without a name gives no other stream while the first one is absent", () => {
  const streams = new PublishedStreams();
  streams.order(["kitchen", "garden"]);
  const garden = publish(streams, "garden");
  const message = 'the stream "kitchen" is not available now; try again later';
  const refusal = { kind: "no such stream", error: "stream", message };
  assertEquals([streams.select(), streams.select("kitchen")], [refusal, refusal]);
  assertEquals([streams.select("garden"), streams.isSeveral], [garden.published, true]);
  const kitchen = publish(streams, "kitchen");
  assertEquals([streams.select(), streams.list()[0]?.name], [kitchen.published, "kitchen"]);
  kitchen.place[Symbol.dispose]();
  assertEquals([streams.select(), streams.isSeveral], [refusal, true]);
  streams.order(["garden"]);
  assertEquals([streams.select(), streams.isSeveral], [garden.published, false]);
});

Deno.test("PublishedStreams.hold(): without a stream, ended waits for the next one", async () => {
  const streams = new PublishedStreams();
  const kitchen = publish(streams, "kitchen");
  const ended = streams.ended();
  let isOver = false;
  ended.then(() => isOver = true);
  const hold = streams.hold();
  kitchen.stream.frames.end("failed");
  kitchen.place[Symbol.dispose]();
  await new Promise((resolve) => setTimeout(resolve));
  const again = publish(streams, "kitchen");
  hold[Symbol.dispose]();
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(isOver, false);
  again.stream.frames.end("over");
  await ended;
});

Deno.test("PublishedStreams.endingOf() says why a stream has ended, until it comes again", () => {
  const streams = new PublishedStreams();
  const film = publish(streams, "film");
  assertEquals(streams.endingOf("film"), undefined);
  film.stream.frames.end("over");
  assertEquals(streams.endingOf("film"), "over");
  film.place[Symbol.dispose]();
  assertEquals([streams.endingOf("film"), streams.endingOf("hall")], ["over", undefined]);
  publish(streams, "film");
  assertEquals(streams.endingOf("film"), undefined);
});
