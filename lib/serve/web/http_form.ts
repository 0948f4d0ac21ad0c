/** Reads what a stranger sends with a request: never much, never for long. */

/** The longest form that is read, in bytes. */
const LONGEST_FORM = 4096;

/** How long it may take, in milliseconds. */
const PATIENCE = 2500;

/** The form of a request, or why there is none: it was too long, or did not come in time. */
export async function readForm(
  request: Request,
  { patience = PATIENCE }: { patience?: number } = {},
): Promise<URLSearchParams | "too long" | "too late"> {
  if (!request.body) return new URLSearchParams();
  const reader = request.body.getReader();
  const bytes = new Uint8Array(LONGEST_FORM);
  let length = 0;
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    reader.cancel().catch(() => {}); // the peer has gone: what was wanted
  }, patience);
  try {
    for (let read; !(read = await reader.read()).done;) {
      if (length + read.value.length > LONGEST_FORM) {
        reader.cancel().catch(() => {});
        return "too long";
      }
      bytes.set(read.value, length);
      length += read.value.length;
    }
  } catch (thrown) {
    if (!late) throw thrown;
  } finally {
    clearTimeout(timer);
  }
  if (late) return "too late";
  return new URLSearchParams(new TextDecoder().decode(bytes.subarray(0, length)));
}
