/** Reads the body of a request from a client that is not trusted yet: with a limit on its length and on its time. */

/** The longest body that is read, in bytes. */
const MAX_BYTES = 4096;

/** How long a body may take to arrive, in milliseconds. */
const TIMEOUT_MS = 2500;

/** The form of a request, or why there is none: it was too long, or did not arrive in time. */
export async function readForm(
  request: Request,
  options: { timeoutMs?: number } = {},
): Promise<URLSearchParams | "too long" | "too late"> {
  const body = await readBody(request, options);
  return typeof body === "string" ? body : new URLSearchParams(new TextDecoder().decode(body));
}

/** The body of a request, or why there is none: it was too long, or did not arrive in time. */
export async function readBody(
  request: Request,
  { timeoutMs = TIMEOUT_MS }: { timeoutMs?: number } = {},
): Promise<Uint8Array | "too long" | "too late"> {
  if (!request.body) return new Uint8Array();
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
  return isLate ? "too late" : bytes.subarray(0, length);
}
