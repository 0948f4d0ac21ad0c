import { UnitChain } from "../../lib/present/unit_chain.ts";
import { assertEquals } from "../assert.ts";

/** A frame that came as H.264; `sps`: the parameters of a keyframe, and the level. */
function frame(number: number, sps?: number, level = 30) {
  const isKey = sps !== undefined;
  const nals = isKey ? [[0x67, 100, 0, level, sps], [0x68, 1], [0x65, number]] : [[0x41, number]];
  const bytes = new Uint8Array(nals.flatMap((nal) => [0, 0, 0, 1, ...nal]));
  const size = { width: 4, height: 4 };
  return { encoded: { unit: { bytes, isKey, size, sequence: 0, capturedAt: 0 }, number } };
}

function steps(...frames: Parameters<UnitChain["next"]>[0][]): string {
  const chain = new UnitChain();
  return frames.map((frame) => chain.next(frame)).join(" ");
}

Deno.test("UnitChain writes the units from a keyframe on", () => {
  assertEquals(steps(frame(3), frame(4, 7), frame(5), frame(6, 7)), "skip write write write");
});

Deno.test("UnitChain leaves out what follows a missing unit until the next keyframe", () => {
  const frames = [frame(0, 7), frame(1), frame(3), frame(4), frame(5, 7), frame(6)];
  assertEquals(steps(...frames), "write write skip skip write write");
});

Deno.test("UnitChain leaves out frames that did not come as H.264", () => {
  assertEquals(steps(frame(0, 7), {}, frame(1), frame(2, 7)), "write skip skip write");
});

Deno.test("UnitChain begins another file when the decoder's parameters change", () => {
  const frames = [frame(0, 7), frame(1), frame(2, 8), frame(3), frame(4, 8)];
  assertEquals(steps(...frames), "write write begin write write");
});

Deno.test("UnitChain goes on where only the level of the decoder changes, unless it grows", () => {
  const frames = [frame(0, 7), frame(1, 7, 13), frame(2), frame(3, 7, 30), frame(4, 7, 31)];
  assertEquals(steps(...frames), "write write write write begin");
});
