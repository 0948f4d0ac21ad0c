/** Address ranges such as `192.168.0.0/16,::1`: text in, a test out. Pure; `node:net` does the arithmetic. */

import { BlockList, isIPv4, isIPv6 } from "node:net";

/** A range: the addresses that share the first `bits` bits with `address`. */
export interface Cidr {
  /** IPv4 or IPv6, as text, without a zone. */
  readonly address: string;
  readonly family: Family;
  /** 0 to 32 for IPv4, 0 to 128 for IPv6. */
  readonly bits: number;
}

type Family = "ipv4" | "ipv6";

/** Parses `10.0.0.0/8`, `::1` or `fe80::/10`; undefined if the text is not a range. */
export function parseCidr(text: string): Cidr | undefined {
  const [head = "", length, more] = text.trim().split("/");
  const address = withoutZone(head);
  const family = familyOf(address);
  if (!family || more !== undefined) return undefined;
  const most = family === "ipv4" ? 32 : 128;
  if (length === undefined) return { address, family, bits: most };
  if (!/^(0|[1-9]\d{0,2})$/.test(length) || Number(length) > most) return undefined;
  return { address, family, bits: Number(length) };
}

/** A set of ranges, to test addresses against. */
export class AddressRanges {
  readonly #list = new BlockList();

  constructor(ranges: readonly Cidr[]) {
    for (const { address, bits, family } of ranges) this.#list.addSubnet(address, bits, family);
  }

  /** Whether one of the ranges contains the address. An IPv4-mapped IPv6 address counts as IPv4 too. */
  has(text: string): boolean {
    const address = withoutZone(text);
    const family = familyOf(address);
    return family !== undefined && this.#list.check(address, family);
  }
}

function familyOf(address: string): Family | undefined {
  if (isIPv4(address)) return "ipv4";
  return isIPv6(address) ? "ipv6" : undefined;
}

/** `fe80::1%eth0` as `fe80::1`; an empty zone stays, so that the address is not valid. */
function withoutZone(address: string): string {
  return address.replace(/(?<=:.*)%.+$/, "");
}
