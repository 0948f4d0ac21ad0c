/** Lines of a pipe, as they come. */

/** What is longer is cut: a program that prints no line end must not fill the memory. */
const MAX_LINE_CHARACTERS = 200;

/** Calls `onLine` with each line that is not empty, until the pipe ends or on abort, which closes it. Never throws. */
export async function followLines(
  pipe: ReadableStream<Uint8Array>,
  onLine: (line: string) => void,
  { signal }: { signal: AbortSignal },
): Promise<void> {
  const decoder = new TextDecoder();
  const reader = pipe.getReader();
  const close = () => void reader.cancel().catch(() => {}); // it has failed: nothing to close
  signal.addEventListener("abort", close, { once: true });
  if (signal.aborted) close();
  let rest = "";
  const tell = (line: string) => {
    if (line.trim() !== "") onLine(line.trimEnd().slice(0, MAX_LINE_CHARACTERS));
  };
  try {
    for (let chunk; !(chunk = await reader.read()).done;) {
      const [first = "", ...others] = decoder.decode(chunk.value, { stream: true }).split("\n");
      rest = (rest + first).slice(0, MAX_LINE_CHARACTERS);
      for (const line of others) {
        tell(rest);
        rest = line.slice(0, MAX_LINE_CHARACTERS);
      }
    }
    tell(rest);
  } catch {
    // the pipe broke: its program has ended
  } finally {
    signal.removeEventListener("abort", close);
  }
}
