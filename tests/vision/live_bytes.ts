/**
 * Counts the allocated bytes of WebAssembly's memory, exactly. OpenCV's build does not export mallinfo, so this
 * walks the chunks of its allocator, Doug Lea's dlmalloc 2.8.6 (32 bits: a chunk's second word is its size, with
 * bit 1 set while it is in use).
 */

import { cv } from "../../lib/vision/cv.ts";

const { _emscripten_get_sbrk_ptr: breakPointer } = cv as unknown as {
  _emscripten_get_sbrk_ptr(): number;
};

/** Words of the allocator's state (`malloc_state`), relative to the word with its segment's base. */
const LEAST_ADDRESS = -108;
const TOP = -106;
const FOOTPRINT = -4;
const SEGMENT_SIZE = 1;

function words(): Uint32Array {
  return new Uint32Array(cv.HEAPU8.buffer);
}

/** The state is found by its only segment, which ends at the program's break. */
const state = (() => {
  const memory = words();
  const end = memory[breakPointer() >> 2] ?? 0;
  const fits = (index: number) => {
    const base = memory[index] ?? 0;
    return base > 0 && base + (memory[index + SEGMENT_SIZE] ?? 0) === end &&
      memory[index + LEAST_ADDRESS] === base &&
      memory[index + FOOTPRINT] === memory[index + SEGMENT_SIZE];
  };
  for (let index = 108; index < end >> 2; index++) if (fits(index)) return index;
  throw new Error("Cannot find the allocator's state in WebAssembly's memory");
})();

export function liveBytes(): number {
  const memory = words();
  const top = memory[state + TOP] ?? 0;
  let live = 0;
  for (let chunk = memory[state] ?? 0; chunk < top;) {
    const head = memory[(chunk >> 2) + 1] ?? 0;
    const size = head & ~7;
    if (size < 16) throw new Error(`Broken chunk at ${chunk}`);
    if (head & 2) live += size;
    chunk += size;
  }
  return live;
}
