/**
 * Measures how similar a raw stream is to itself some bytes later (autocorrelation). A part of the stream in,
 * figures out; it uses two arrays of 256 KB and does not copy the stream.
 *
 * It compares the steps from byte to byte, not the bytes: slow shading is similar at every lag, edges and
 * texture only from row to row.
 */

/** The maximum lag, in bytes: rows up to 8K video (7680). */
export const MAX_LAG = 8192;

const POINTS = 32768; // of the Fourier transform
const CHUNK = POINTS - MAX_LAG; // the rest stays 0, so that a lag does not wrap around

/** The minimum number of bytes for a correlation: one chunk. */
export const CORRELATION_BYTES = CHUNK + 1;

/** Larger steps are clamped, because a few hard edges would outweigh the rest of the picture. */
const MAX_STEP = 32;

/**
 * The correlation of the steps at lags 0 to `MAX_LAG`: 1 at lag 0, near 0 without similarity.
 * Undefined for fewer than `CORRELATION_BYTES`, and if less than 1 in 100 bytes is a step.
 */
export function rowCorrelation(bytes: Uint8Array): Float32Array | undefined {
  if (bytes.length < CORRELATION_BYTES) return undefined;
  // One complex transform correlates two real chunks at once: the real part of the result is the sum.
  const re = new Float64Array(POINTS);
  const im = new Float64Array(POINTS);
  const [first, second] = busiest(bytes);
  let stepped = steps(bytes, first, re);
  if (second !== undefined) stepped += steps(bytes, second, im);
  if (stepped < CHUNK / 100) return undefined;
  autocorrelate(re, im);
  const energy = re[0] ?? 0;
  const correlation = new Float32Array(MAX_LAG + 1);
  for (let lag = 0; lag <= MAX_LAG; lag++) correlation[lag] = (re[lag] ?? 0) / energy;
  return correlation;
}

/** The starts of the two chunks with the most detail, which do not overlap; sky and black bars have none. */
function busiest(bytes: Uint8Array): [number, number | undefined] {
  const room = bytes.length - CHUNK - 1;
  const spots = Array.from({ length: 17 }, (_, spot) => {
    const start = Math.floor(room * spot / 16);
    let energy = 0;
    for (let i = start; i < start + CHUNK; i += 29) { // a prime, which does not line up with regular patterns
      energy += Math.min(MAX_STEP, Math.abs((bytes[i + 1] ?? 0) - (bytes[i] ?? 0)));
    }
    return { start, energy };
  }).sort((a, b) => b.energy - a.energy);
  const first = spots[0]?.start ?? 0;
  return [first, spots.find(({ start }) => Math.abs(start - first) >= CHUNK)?.start];
}

/** Writes a chunk's steps to `into`. Returns the number of steps that are not 0. */
function steps(bytes: Uint8Array, start: number, into: Float64Array): number {
  let stepped = 0;
  for (let i = 0; i < CHUNK; i++) {
    const step = (bytes[start + i + 1] ?? 0) - (bytes[start + i] ?? 0);
    if (step !== 0) stepped++;
    into[i] = Math.max(-MAX_STEP, Math.min(MAX_STEP, step));
  }
  return stepped;
}

/**
 * Wiener-Khinchin in place: transform, squared magnitude, inverse transform. The first transform decimates in
 * frequency and the second in time, so that the bit-reversed order of the first fits the second.
 */
function autocorrelate(re: Float64Array, im: Float64Array): void {
  const cos = new Float64Array(POINTS / 2);
  const sin = new Float64Array(POINTS / 2);
  for (let i = 0; i < POINTS / 2; i++) {
    cos[i] = Math.cos(2 * Math.PI * i / POINTS);
    sin[i] = Math.sin(2 * Math.PI * i / POINTS);
  }
  for (let half = POINTS / 2; half >= 1; half /= 2) {
    const turn = POINTS / 2 / half;
    for (let block = 0; block < POINTS; block += 2 * half) {
      for (let i = block, t = 0; i < block + half; i++, t += turn) {
        const j = i + half;
        const c = re[j] ?? 0;
        const d = im[j] ?? 0;
        const a = re[i] ?? 0;
        const b = im[i] ?? 0;
        const x = a - c;
        const y = b - d;
        const wc = cos[t] ?? 0;
        const ws = sin[t] ?? 0;
        re[i] = a + c;
        im[i] = b + d;
        re[j] = x * wc + y * ws;
        im[j] = y * wc - x * ws;
      }
    }
  }
  for (let i = 0; i < POINTS; i++) {
    re[i] = (re[i] ?? 0) ** 2 + (im[i] ?? 0) ** 2;
    im[i] = 0;
  }
  for (let half = 1; half <= POINTS / 2; half *= 2) {
    const turn = POINTS / 2 / half;
    for (let block = 0; block < POINTS; block += 2 * half) {
      for (let i = block, t = 0; i < block + half; i++, t += turn) {
        const j = i + half;
        const x = re[j] ?? 0;
        const y = im[j] ?? 0;
        const wc = cos[t] ?? 0;
        const ws = sin[t] ?? 0;
        const a = re[i] ?? 0;
        const b = im[i] ?? 0;
        const c = x * wc - y * ws;
        const d = x * ws + y * wc;
        re[i] = a + c;
        im[i] = b + d;
        re[j] = a - c;
        im[j] = b - d;
      }
    }
  }
}
