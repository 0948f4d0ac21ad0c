/** Ranges of addresses, as `192.168.0.0/16,::1`. Text in, a test out; pure. */

/** An address as bits, 4 or 16 bytes; undefined where the text is none. */
export function parseAddress(text: string): Uint8Array | undefined {
  if (!text.includes(":")) return parseIpv4(text);
  const [head = "", zone] = text.split("%", 2);
  if (zone === "") return undefined;
  return parseIpv6(head);
}

/** A range; an address in it has the same first `bits` bits. */
export interface Cidr {
  readonly address: Uint8Array;
  readonly bits: number;
}

/** Reads `10.0.0.0/8`, `::1`, `fe80::/10`; undefined where the text is none. */
export function parseCidr(text: string): Cidr | undefined {
  const [head = "", length, more] = text.trim().split("/");
  const address = parseAddress(head);
  if (!address || more !== undefined) return undefined;
  const most = address.length * 8;
  if (length === undefined) return { address, bits: most };
  if (!/^(0|[1-9]\d{0,2})$/.test(length) || Number(length) > most) return undefined;
  return { address, bits: Number(length) };
}

/** Whether one of the ranges has the address. IPv4 that came in by IPv6 counts as IPv4. */
export function isInRanges(text: string, ranges: readonly Cidr[]): boolean {
  const address = parseAddress(text);
  if (!address) return false;
  const plain = unmapped(address);
  return ranges.some(({ address: base, bits }) => {
    // A range in the mapped form is written with 128 bits.
    const candidate = base.length === address.length ? address : plain;
    return candidate.length === base.length && sameBits(candidate, base, bits);
  });
}

function sameBits(a: Uint8Array, b: Uint8Array, bits: number): boolean {
  for (let i = 0; i * 8 < bits; i++) {
    const mask = 0xff00 >> Math.min(8, bits - i * 8) & 0xff;
    if (((a[i] ?? 0) & mask) !== ((b[i] ?? 0) & mask)) return false;
  }
  return true;
}

/** `::ffff:a.b.c.d` as `a.b.c.d`. */
function unmapped(address: Uint8Array): Uint8Array {
  const mapped = address.length === 16 && address.subarray(0, 10).every((byte) => byte === 0) &&
    address[10] === 0xff && address[11] === 0xff;
  return mapped ? address.subarray(12) : address;
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split(".");
  const fits = parts.length === 4 &&
    parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
  return fits ? Uint8Array.from(parts, Number) : undefined;
}

function parseIpv6(text: string): Uint8Array | undefined {
  // A dotted tail stands for the last two groups.
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const tail = dotted && parseIpv4(dotted[2] ?? "");
  if (dotted && !tail) return undefined;
  const hex = tail ? [...tail].map((byte) => byte.toString(16).padStart(2, "0")) : [];
  const plain = dotted ? `${dotted[1]}${hex[0]}${hex[1]}:${hex[2]}${hex[3]}` : text;
  const [head = "", rest, more] = plain.split("::");
  if (more !== undefined) return undefined;
  const groups = (part: string) => part === "" ? [] : part.split(":");
  const before = groups(head);
  const after = rest === undefined ? [] : groups(rest);
  const missing = 8 - before.length - after.length;
  if (rest === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...before, ...Array<string>(missing).fill("0"), ...after];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return Uint8Array.from(
    all.flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255]),
  );
}
