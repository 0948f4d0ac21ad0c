/**
 * Removes `location` from this Worker. onnxruntime-web takes it for a page's address when it is imported, and fails:
 * in a Worker of Deno its origin is the text "null".
 */

Reflect.deleteProperty(globalThis, "location");
