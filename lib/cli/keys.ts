/** Single keys from the terminal. */

/**
 * Calls `stop` when q is typed. Does nothing where stdin is no terminal. The terminal is put back on
 * disposal; Ctrl-C keeps its meaning.
 */
export function onQuitKey(stop: () => void): Disposable {
  if (!Deno.stdin.isTerminal()) return { [Symbol.dispose]: () => {} };
  Deno.stdin.setRaw(true, { cbreak: true });
  const read = async () => {
    const key = new Uint8Array(16);
    for (let count; (count = await Deno.stdin.read(key)) !== null;) {
      if (key.subarray(0, count).includes("q".charCodeAt(0))) return stop();
    }
  };
  read().catch(() => {}); // the terminal has gone: no more keys
  return { [Symbol.dispose]: () => Deno.stdin.setRaw(false) };
}
