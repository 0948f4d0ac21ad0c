import { assertEquals } from "../assert.ts";
import { ConnectionLimit } from "../../lib/serve/connection_limit.ts";

Deno.test("ConnectionLimit.add() closes the oldest of its own address first", () => {
  const closed: string[] = [];
  const limit = new ConnectionLimit({ perHost: 2, total: 10 });
  const add = (host: string, name: string) => limit.add(host, () => closed.push(name));
  add("a", "a1");
  add("b", "b1");
  add("a", "a2");
  add("a", "a3");
  add("a", "a4");
  assertEquals([closed, limit.size], [["a1", "a2"], 3]);
});

Deno.test("ConnectionLimit.add() closes the oldest of the address with the most if the total is reached", () => {
  const closed: string[] = [];
  const limit = new ConnectionLimit({ perHost: 3, total: 5 });
  const add = (host: string, name: string) => limit.add(host, () => closed.push(name));
  add("honest", "honest");
  for (const name of ["a1", "a2", "a3"]) add("a", name);
  add("b", "b1");
  add("c", "c1");
  add("d", "d1");
  assertEquals([closed, limit.size], [["a1", "a2"], 5]);
});

Deno.test("ConnectionLimit.add() keeps the connection of one address beside 10,000 connections of others", () => {
  let open = true;
  const limit = new ConnectionLimit({ perHost: 32, total: 256 });
  limit.add("honest", () => open = false);
  for (let i = 0; i < 10_000; i++) limit.add(`10.0.0.${i % 100}`, () => {});
  assertEquals([open, limit.size], [true, 256]);
});

Deno.test("ConnectionLimit no longer counts what is disposed of or closed", () => {
  const closed: string[] = [];
  const limit = new ConnectionLimit({ perHost: 1, total: 2 });
  const first = limit.add("a", () => closed.push("a"));
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  const second = limit.add("a", () => closed.push("second"));
  assertEquals([closed, limit.size], [[], 1]);
  assertEquals([limit.closeOne(), limit.closeOne()], [true, false]);
  second[Symbol.dispose]();
  assertEquals([closed, limit.size], [["second"], 0]);
});
