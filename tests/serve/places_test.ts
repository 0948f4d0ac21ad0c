import { assertEquals } from "../assert.ts";
import { Places } from "../../lib/serve/places.ts";

const NEVER = new Promise<void>(() => {});

Deno.test("Places.refusal() holds the limits in total and per address", () => {
  const places = new Places({ most: 3, perHost: 2, what: "client" });
  places.take("a", NEVER);
  assertEquals(places.refusal("a"), undefined);
  places.take("a", NEVER);
  assertEquals(places.refusal("a")?.kind, "address full");
  assertEquals(places.refusal("a")?.message, "2 clients of a are being served");
  assertEquals(places.refusal("b"), undefined);
  places.take("b", NEVER);
  assertEquals(places.refusal("b")?.kind, "server full");
  assertEquals(places.refusal("c")?.message, "3 clients are being served, try again later");
});

Deno.test("Places.take() counts a socket for its address until it is released", async () => {
  const places = new Places({ most: 9, perHost: 1, what: "client" });
  const released = Promise.withResolvers<void>();
  const place = places.take("a", released.promise);
  place[Symbol.dispose]();
  place[Symbol.dispose]();
  assertEquals(places.taken, 0);
  assertEquals(places.refusal("a")?.error, "busy");
  released.resolve();
  await released.promise;
  assertEquals(places.refusal("a"), undefined);
});

Deno.test("Places.refusal() limits the sockets that the system still holds, in total", () => {
  const places = new Places({ most: 2, perHost: 9, what: "client" });
  for (let i = 0; i < 4; i++) places.take(`host ${i}`, NEVER)[Symbol.dispose]();
  assertEquals([places.taken, places.refusal("another")?.error], [0, "busy"]);
});

Deno.test("Places.refusal() holds only the total limit for clients without an address", () => {
  const places = new Places({ most: 2, perHost: 1, what: "client" });
  places.take(undefined, NEVER);
  assertEquals(places.refusal(undefined), undefined);
});

Deno.test("Places.refusal() counts in the singular too", () => {
  const places = new Places({ most: 1, perHost: 1, what: "client" });
  places.take("a", NEVER);
  assertEquals(places.refusal("b")?.message, "1 client is being served, try again later");
});
