/** H.264 in Annex B: its NAL units, and what the sequence parameter set (SPS) says. ITU-T H.264, 7.3.1, 7.3.2.1 and annex B. */

export const NAL_TYPES = { sps: 7, pps: 8, delimiter: 9 };

/** The profiles whose SPS has the fields of chroma and scaling lists. */
const HIGH_PROFILES = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];

export function nalType(nal) {
  return nal[0] & 31;
}

/** The NAL units of an access unit, without their start codes. They share its memory. */
export function nalUnits(bytes) {
  const units = [];
  let begin = -1;
  for (let i = 0; i + 2 < bytes.length; i++) {
    if (bytes[i + 2] > 1) i += 2;
    else if (bytes[i] === 0 && bytes[i + 1] === 0 && bytes[i + 2] === 1) {
      if (begin >= 0) units.push(bytes.subarray(begin, i));
      begin = i + 3;
      i += 2;
    }
  }
  if (begin >= 0) units.push(bytes.subarray(begin));
  return units.map(withoutZeros).filter((unit) => unit.length > 0);
}

/** The zero of a long start code belongs to the code, and trailing zeros to nobody. */
function withoutZeros(unit) {
  let end = unit.length;
  while (end > 0 && unit[end - 1] === 0) end--;
  return unit.subarray(0, end);
}

/** The codec as browsers name it, `avc1.42c01e`, and the size of the picture in pixels. */
export function parseSps(nal) {
  const codec = `avc1.${[...nal.subarray(1, 4)].map(hex).join("")}`;
  const bits = new Bits(withoutEmulation(nal.subarray(4)));
  bits.ue(); // seq_parameter_set_id
  let chroma = 1;
  if (HIGH_PROFILES.includes(nal[1])) chroma = skipHighFields(bits);
  bits.ue(); // log2_max_frame_num_minus4
  const orderType = bits.ue();
  if (orderType === 0) bits.ue();
  if (orderType === 1) {
    bits.u(1);
    bits.ue(); // offsets, whose sign does not change their length
    bits.ue();
    for (let i = bits.ue(); i > 0; i--) bits.ue();
  }
  bits.ue(); // max_num_ref_frames
  bits.u(1);
  const [columns, rows] = [bits.ue() + 1, bits.ue() + 1];
  const isProgressive = bits.u(1);
  if (!isProgressive) bits.u(1);
  bits.u(1);
  const [left, right, top, bottom] = bits.u(1) ? [0, 0, 0, 0].map(() => bits.ue()) : [0, 0, 0, 0];
  const unitX = chroma === 1 || chroma === 2 ? 2 : 1;
  const unitY = (chroma === 1 ? 2 : 1) * (2 - isProgressive);
  return {
    codec,
    width: columns * 16 - (left + right) * unitX,
    height: rows * 16 * (2 - isProgressive) - (top + bottom) * unitY,
  };
}

/** Returns `chroma_format_idc`: 0 gray, 1 4:2:0. */
function skipHighFields(bits) {
  const chroma = bits.ue();
  if (chroma === 3) bits.u(1);
  bits.ue(); // bit depths
  bits.ue();
  bits.u(1);
  if (bits.u(1)) {
    for (let i = 0; i < (chroma === 3 ? 12 : 8); i++) {
      if (bits.u(1)) skipScalingList(bits, i < 6 ? 16 : 64);
    }
  }
  return chroma;
}

function skipScalingList(bits, size) {
  let [last, next] = [8, 8];
  for (let i = 0; i < size && next !== 0; i++) {
    next = (last + bits.se() + 256) % 256;
    if (next !== 0) last = next;
  }
}

function hex(byte) {
  return byte.toString(16).padStart(2, "0");
}

/** Without the byte 3 that an encoder puts between two zeros and a byte below 4. */
function withoutEmulation(bytes) {
  return bytes.filter((byte, i) => !(byte === 3 && i > 1 && !bytes[i - 1] && !bytes[i - 2]));
}

/** Reads bits, most significant first; zeros after the end. */
class Bits {
  #bytes;
  #at = 0;

  constructor(bytes) {
    this.#bytes = bytes;
  }

  u(count) {
    let value = 0;
    for (; count > 0; count--, this.#at++) {
      value = value * 2 + ((this.#bytes[this.#at >> 3] ?? 0) >> (7 - (this.#at & 7)) & 1);
    }
    return value;
  }

  /** An Exp-Golomb code: 9.1. */
  ue() {
    let zeros = 0;
    while (zeros < 32 && this.#at < this.#bytes.length * 8 && this.u(1) === 0) zeros++;
    return 2 ** zeros - 1 + this.u(zeros);
  }

  se() {
    const code = this.ue();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }
}
