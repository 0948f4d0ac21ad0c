/** The answers of the web pages. */

import { Failure } from "../../log/failure.ts";

/** What must not be taken from a cache. */
export const FRESH = { "cache-control": "no-store" };

/** What browsers may do with the pages. */
const GUARDS = {
  "content-security-policy":
    "default-src 'self'; img-src 'self' blob: data:; frame-ancestors 'self'; form-action 'self'; base-uri 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
};

/** A line for people. */
export function text(
  status: number,
  words: string,
  headers: Record<string, string> = {},
): Response {
  return new Response(`${words}\n`, {
    status,
    headers: { ...FRESH, "content-type": "text/plain; charset=utf-8", ...headers },
  });
}

/** A part of the page. */
export function file(body: string, type: string, status = 200): Response {
  const headers = {
    ...GUARDS,
    "cache-control": "no-cache",
    "content-type": `${type}; charset=utf-8`,
  };
  return new Response(body, { status, headers });
}

/** A picture. */
export function still(bytes: Uint8Array, type: string): Response {
  return new Response(bytes as Uint8Array<ArrayBuffer>, {
    headers: { ...FRESH, "content-type": type, "content-length": String(bytes.length) },
  });
}

/** Sends the browser elsewhere. */
export function redirect(to: string, headers: Record<string, string> = {}): Response {
  return new Response(null, { status: 303, headers: { ...FRESH, location: to, ...headers } });
}

/** The pages' files, which are a part of the program. */
export function readPage(): { html: string; css: string; js: string; login: string } {
  const read = (name: string) => {
    try {
      return Deno.readTextFileSync(new URL(`./page/${name}`, import.meta.url));
    } catch (cause) {
      throw new Failure(`Cannot read the web page's ${name}`, "install the program anew", {
        cause,
      });
    }
  };
  const html = read("index.html");
  return { html, css: read("page.css"), js: read("page.js"), login: read("login.html") };
}
