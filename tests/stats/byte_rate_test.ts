import { ByteRate } from "../../lib/stats/byte_rate.ts";
import { assert, assertEquals } from "../assert.ts";

Deno.test("ByteRate gives bits a second, once there is about a second of bytes", () => {
  const rate = new ByteRate();
  for (let at = 0; at < 900; at += 100) {
    rate.count(1000, at);
    assertEquals(rate.bits, undefined);
  }
  rate.count(1000, 900);
  assertEquals(rate.bits, 80_000);
});

Deno.test("ByteRate forgets what is older than some seconds", () => {
  const rate = new ByteRate();
  for (let at = 0; at < 5000; at += 100) rate.count(10_000, at);
  for (let at = 5000; at < 10_000; at += 100) rate.count(1000, at);
  assert(Math.abs((rate.bits ?? 0) - 80_000) < 1);
});
