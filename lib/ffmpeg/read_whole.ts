/** Reads a frame from a child's stdout: a reader and a length in, one buffer out. */

/** Longer ones are read in pieces of this many bytes. */
const PIECE_BYTES = 2 ** 22;

/**
 * From this length on Deno 2.7.1 takes 60 times as long to read into one buffer (measured: 64 MB in 76 ms,
 * 70 MB in 5.4 s), since it moves the whole buffer for each piece that a pipe holds.
 */
const MOST_AT_ONCE = 2 ** 25;

/**
 * The next `length` bytes, in a buffer that belongs to the caller; fewer where the stream ends before.
 * One call at a time.
 */
export async function readWhole(
  reader: ReadableStreamBYOBReader,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (length <= MOST_AT_ONCE) return await readPiece(reader, length);
  const whole = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const wanted = Math.min(PIECE_BYTES, length - at);
    const piece = await readPiece(reader, wanted);
    whole.set(piece, at);
    at += piece.length;
    if (piece.length < wanted) return whole.subarray(0, at);
  }
  return whole;
}

async function readPiece(
  reader: ReadableStreamBYOBReader,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const { value } = await reader.read(new Uint8Array(length), { min: length });
  return value ?? new Uint8Array();
}
