/** Reads the form of a request from a client that is not trusted yet: with a limit on its length and on its time. */

/** The longest form that is read, in bytes. */
const MAX_BYTES = 4096;

/** How long a form may take to arrive, in milliseconds. */
const TIMEOUT_MS = 2500;

/** The form of a request, or why there is none: it was too long, or did not arrive in time. */
export async function readForm(
  request: Request,
  { timeoutMs = TIMEOUT_MS }: { timeoutMs?: number } = {},
): Promise<URLSearchParams | "too long" | "too late"> {
  if (!request.body) return new URLSearchParams();
  const reader = request.body.getReader();
  const bytes = new Uint8Array(MAX_BYTES);
  let length = 0;
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    reader.cancel().catch(() => {}); // the client has gone already
  }, timeoutMs);
  try {
    for (let read; !(read = await reader.read()).done;) {
      if (length + read.value.length > MAX_BYTES) {
        reader.cancel().catch(() => {}); // as above
        return "too long";
      }
      bytes.set(read.value, length);
      length += read.value.length;
    }
  } catch (thrown) {
    if (!isLate) throw thrown;
  } finally {
    clearTimeout(timer);
  }
  if (isLate) return "too late";
  return new URLSearchParams(new TextDecoder().decode(bytes.subarray(0, length)));
}
