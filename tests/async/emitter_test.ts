import { Emitter } from "../../lib/async/emitter.ts";
import { assertEquals } from "../assert.ts";

Deno.test("Emitter calls current listeners, and not removed ones", () => {
  const emitter = new Emitter<number>();
  const heard: string[] = [];
  emitter.put(0);
  using _one = emitter.listen((value) => heard.push(`one ${value}`));
  const two = emitter.listen((value) => heard.push(`two ${value}`));
  emitter.put(1);
  two[Symbol.dispose]();
  emitter.put(2);
  assertEquals(heard, ["one 1", "two 1", "one 2"]);
});
