import { assert, assertEquals } from "../assert.ts";
import { AddressRanges, parseCidr } from "../../lib/serve/cidr.ts";

/** The ranges of a list of texts. */
function rangesOf(...texts: string[]): AddressRanges {
  return new AddressRanges(texts.map((text) => parseCidr(text)!));
}

Deno.test("parseCidr() rejects leading zeros, bad lengths and bad addresses", () => {
  const invalid = ["10.0.0.0/08", "10.0.0.0/00", "::/064", "10.0.0.0/33", "::/129", "10.0.0.0/"];
  invalid.push(
    "10.0.0/8",
    "10.0.0.0/8/8",
    "01.2.3.4",
    "1.2.3.256",
    "1::2::3",
    "12345::",
    "",
    "::1%",
  );
  for (const text of invalid) assertEquals(parseCidr(text), undefined, text);
});

Deno.test("parseCidr() parses ranges and single addresses", () => {
  assertEquals(parseCidr(" 10.0.0.0/8 "), { address: "10.0.0.0", family: "ipv4", bits: 8 });
  assertEquals(parseCidr("0.0.0.0/0")?.bits, 0);
  assertEquals(parseCidr("10.0.0.1")?.bits, 32);
  assertEquals(parseCidr("::/64"), { address: "::", family: "ipv6", bits: 64 });
  assertEquals(parseCidr("::ffff:10.0.0.1")?.bits, 128);
  assertEquals(parseCidr("fe80::1%eth0/64")?.address, "fe80::1");
});

const members: [ranges: string[], inside: string[], outside: string[]][] = [
  [["10.0.0.0/8"], ["10.0.0.0", "10.255.255.255"], ["9.255.255.255", "11.0.0.0", "::a00:1"]],
  [["10.1.2.3/8"], ["10.9.9.9"], ["11.1.2.3"]], // bits behind the prefix do not count
  [["192.0.2.128/25"], ["192.0.2.128", "192.0.2.255"], ["192.0.2.127"]],
  [["192.0.2.7"], ["192.0.2.7"], ["192.0.2.6", "192.0.2.8"]],
  [["fe80::/10"], ["fe80::1", "febf::1", "fe80::1%eth0", "FEBF::1"], ["fec0::1", "fe7f::1"]],
  [["::1"], ["::1", "0:0:0:0:0:0:0:1"], ["::2", "127.0.0.1"]],
  [["0.0.0.0/0"], ["192.0.2.1", "::ffff:192.0.2.1"], ["::1", "2001:db8::1"]],
  [["::/0"], ["::1", "2001:db8::1"], ["192.0.2.1"]],
  [["10.0.0.0/8"], ["::ffff:10.1.2.3", "::ffff:a01:203"], ["::ffff:11.0.0.0"]], // IPv4-mapped peers
  [["::ffff:10.0.0.0/104"], ["::ffff:10.1.2.3"], ["::ffff:11.1.2.3"]], // an IPv4-mapped range
  [["10.0.0.0/8", "::1"], ["10.1.2.3", "::1"], ["11.0.0.0"]],
  [["0.0.0.0/0", "::/0"], [], ["", "localhost", "10.0.0.1:80", "[::1]"]],
];

for (const [texts, inside, outside] of members) {
  Deno.test(`AddressRanges.has() tests addresses against ${texts.join(", ")}`, () => {
    const ranges = rangesOf(...texts);
    for (const address of inside) assert(ranges.has(address), `${address} is inside`);
    for (const address of outside) assert(!ranges.has(address), `${address} is outside`);
  });
}
