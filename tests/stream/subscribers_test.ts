import { Subscribers } from "../../lib/stream/subscribers.ts";
import { assertEquals } from "../assert.ts";

Deno.test("Subscribers.isWatched is true until all have left, even if one is disposed of twice", () => {
  const subscribers = new Subscribers();
  const [one, two] = [subscribers.add(), subscribers.add()];
  one[Symbol.dispose]();
  one[Symbol.dispose]();
  assertEquals(subscribers.isWatched, true);
  two[Symbol.dispose]();
  assertEquals(subscribers.isWatched, false);
});
