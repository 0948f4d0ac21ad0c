import { assert, assertEquals } from "../assert.ts";
import { isInRanges, parseCidr } from "../../lib/serve/cidr.ts";

Deno.test("parseCidr() refuses lengths with leading zeros, and what is no range", () => {
  for (
    const text of ["10.0.0.0/08", "10.0.0.0/00", "::/064", "10.0.0.0/33", "10.0.0.0/", "10.0.0/8"]
  ) {
    assertEquals(parseCidr(text), undefined, text);
  }
  for (const text of ["10.0.0.0/8", "0.0.0.0/0", "::/64", "10.0.0.1"]) {
    assert(parseCidr(text), text);
  }
});

Deno.test("isInRanges() compares the first bits, of IPv4 by IPv6 too", () => {
  const ranges = [parseCidr("10.0.0.0/8")!, parseCidr("fe80::/10")!];
  for (const text of ["10.1.2.3", "::ffff:10.1.2.3", "febf::1"]) assert(isInRanges(text, ranges));
  for (const text of ["11.0.0.0", "fec0::1", "no address"]) assert(!isInRanges(text, ranges));
});
