/**
 * Makes the bytes of a WebAssembly module different from those of all other Workers. V8 shares the compiled code of
 * equal modules between Workers; under load, three Workers of onnxruntime then spin for ever while they wait for better
 * code (measured with V8 14.5: no frame in 10 s; with bytes of their own 1000 a second each).
 */

const CUSTOM_SECTION = 0;

/** A copy of the module with a section of its own at its end, which does nothing. */
export function ownWasm(wasm: Uint8Array): Uint8Array<ArrayBuffer> {
  const name = new TextEncoder().encode(crypto.randomUUID());
  const section = [CUSTOM_SECTION, name.length + 1, name.length, ...name];
  const own = new Uint8Array(wasm.length + section.length);
  own.set(wasm);
  own.set(section, wasm.length);
  return own;
}
