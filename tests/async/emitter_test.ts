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

Deno.test("Emitter.taken() resolves when the listeners have taken all values", async () => {
  const emitter = new Emitter<PromiseWithResolvers<void>>();
  using _quick = emitter.listen(() => {});
  using _slow = emitter.listen(({ promise }) => promise);
  const values = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  for (const value of values) emitter.put(value);
  let isTaken = false;
  const taken = emitter.taken().then(() => isTaken = true);
  values[1]?.resolve();
  await new Promise<void>((resolve) => setTimeout(resolve));
  assertEquals(isTaken, false);
  values[0]?.resolve();
  await taken;
});
