/** H.264 in Annex B: NAL units, each behind a start code (ITU-T H.264, table 7-1 and annex B). Pure. */

/** The types of NAL units that matter here. */
export const NAL_TYPES = { slice: 1, idr: 5, sps: 7, pps: 8 } as const;

const START_CODE = [0, 0, 0, 1];

/** The type of a NAL unit. */
export function nalType(nal: Uint8Array): number {
  return (nal[0] ?? 0) & 0x1f;
}

/** The NAL units of Annex B with start codes of 3 or 4 bytes: views, not copies. */
export function nalUnits(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  const units: Uint8Array<ArrayBuffer>[] = [];
  let begin: number | undefined;
  for (let at = bytes.indexOf(1); at >= 0; at = bytes.indexOf(1, at + 1)) {
    if (at < 2 || bytes[at - 1] !== 0 || bytes[at - 2] !== 0) continue;
    if (begin !== undefined) units.push(withoutZeros(bytes.subarray(begin, at - 2)));
    begin = at + 1;
  }
  if (begin !== undefined) units.push(withoutZeros(bytes.subarray(begin)));
  return units.filter(({ length }) => length > 0);
}

/** Annex B of these NAL units: each behind the start code 00 00 00 01. */
export function formatAnnexB(nals: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const size = nals.reduce((sum, { length }) => sum + START_CODE.length + length, 0);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const nal of nals) {
    bytes.set(START_CODE, at);
    bytes.set(nal, at + START_CODE.length);
    at += START_CODE.length + nal.length;
  }
  return bytes;
}

/** A NAL unit does not end with zeros: those behind it belong to the next start code. */
function withoutZeros(nal: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  let end = nal.length;
  while (end > 0 && nal[end - 1] === 0) end--;
  return nal.subarray(0, end);
}
