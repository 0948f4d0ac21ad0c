/** Damaged streams, the same at every run, and the errors that a reader may throw at them. */

import { WireError } from "../../lib/wire/wire_error.ts";
import { assert } from "../assert.ts";

const encoder = new TextEncoder();

/** Mulberry32: numbers from 0 to 1, the same at every run. */
export function generator(seed: number): () => number {
  return () => {
    seed = seed + 0x6d2b79f5 | 0;
    let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 2 ** 32;
  };
}

/** Flips, inserts, removes and repeats bytes, and inserts absurd numbers. */
export function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  let list = [...bytes];
  const place = () => Math.floor(random() * (list.length + 1));
  for (let times = 1 + Math.floor(random() * 4); times > 0; times--) {
    const at = place();
    switch (Math.floor(random() * 8)) {
      case 0:
        list[Math.min(at, list.length - 1)] = Math.floor(random() * 256);
        break;
      case 1:
        list.splice(at, 0, Math.floor(random() * 256));
        break;
      case 2:
        list.splice(at, 1 + Math.floor(random() * 8));
        break;
      case 3:
        list.splice(at, 0, ...list.slice(at, at + 1 + Math.floor(random() * 40)));
        break;
      case 4:
        list = list.filter((byte) => byte !== 0x0a || random() < 0.5);
        break;
      case 5:
        list.splice(at, 0, ...Array(Math.floor(random() * 30)).fill(0));
        break;
      case 6: {
        const numbers = [
          "-1",
          "1000000000000",
          "NaN",
          "1e9",
          "",
          "99999999999999999999",
          "0x10",
          " ",
        ];
        const number = numbers[Math.floor(random() * numbers.length)] ?? "";
        const text = list.map((byte) => String.fromCharCode(byte)).join("");
        const digits = [...text.matchAll(/\d+/g)];
        const one = digits[Math.floor(random() * digits.length)];
        if (one) list.splice(one.index, one[0].length, ...encoder.encode(number));
        break;
      }
      case 7:
        list.length = at;
    }
  }
  return Uint8Array.from(list);
}

/** Whether an error is one that a reader may throw: of its class, one printable line, short. */
export function assertPlain(thrown: unknown): void {
  assert(thrown instanceof WireError, `${thrown}`);
  assert(/^[\x20-\x7e]{1,300}$/.test(thrown.message), thrown.message);
}
