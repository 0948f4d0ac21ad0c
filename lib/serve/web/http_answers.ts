/** The kinds of answers of the web pages. */

/** Headers of an answer that must not be taken from a cache. */
export const NO_CACHE = { "cache-control": "no-store" };

/** What browsers may do with the pages. `connect-src 'self'` includes the WebSocket of the same origin. */
const PAGE_POLICY = {
  "content-security-policy":
    "default-src 'self'; connect-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; object-src 'none'; " +
    "frame-ancestors 'self'; form-action 'self'; base-uri 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
};

/** A line for people. */
export function text(
  status: number,
  line: string,
  headers: Record<string, string> = {},
): Response {
  return sized(`${line}\n`, status, {
    ...NO_CACHE,
    "content-type": "text/plain; charset=utf-8",
    ...headers,
  });
}

/** Sends a browser to another path of this server, with GET. */
export function redirect(location: string, headers: Record<string, string> = {}): Response {
  return new Response(null, { status: 303, headers: { ...NO_CACHE, location, ...headers } });
}

/** Data for programs. */
export function data(body: string, type: string, status = 200): Response {
  return sized(body, status, { ...NO_CACHE, "content-type": type });
}

/** A part of the page. Browsers keep it, and ask each time whether its `tag` has changed. */
export function file(
  body: string,
  type: string,
  { status = 200, tag }: { status?: number; tag?: string } = {},
): Response {
  return sized(body, status, {
    ...PAGE_POLICY,
    "cache-control": "no-cache",
    "content-type": `${type}; charset=utf-8`,
    ...(tag && { etag: tag }),
  });
}

/** A part of the page that the browser has already. */
export function unchanged(tag: string): Response {
  return new Response(null, {
    status: 304,
    headers: { ...PAGE_POLICY, "cache-control": "no-cache", etag: tag },
  });
}

/** A picture. */
export function picture(bytes: Uint8Array, type: string): Response {
  return sized(bytes as Uint8Array<ArrayBuffer>, 200, { ...NO_CACHE, "content-type": type });
}

/** With its length, which is also the answer to HEAD: hono leaves out the body there, and so Deno its length. */
function sized(
  body: string | Uint8Array<ArrayBuffer>,
  status: number,
  headers: Record<string, string>,
): Response {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const length = { "content-length": String(bytes.length) };
  return new Response(bytes, { status, headers: { ...headers, ...length } });
}
