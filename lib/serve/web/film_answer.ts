/** The answer to a request for a film: all of it, or the part that a player asks for. */

import { NO_CACHE, text } from "./http_answers.ts";
import type { FilmFile } from "./film.ts";

/** Opens a part of the film; undefined if it is gone. */
type Read = (
  range: { readonly from: number; readonly to: number },
) => Promise<ReadableStream<Uint8Array> | undefined>;

export async function filmAnswer(
  request: Pick<Request, "method" | "headers">,
  file: FilmFile,
  read: Read,
): Promise<Response> {
  const asked = request.headers.get("range");
  const range = rangeOf(asked, file.bytes);
  if (range === "wrong") {
    return text(416, "there is no such part", { "content-range": `bytes */${file.bytes}` });
  }
  const { from, to } = range ?? { from: 0, to: file.bytes };
  const headers = {
    ...NO_CACHE,
    "content-type": "video/mp4",
    "content-length": String(to - from),
    "content-disposition": `attachment; filename="${file.name}"`,
    "accept-ranges": "bytes",
    "x-content-type-options": "nosniff",
    ...(range && { "content-range": `bytes ${from}-${to - 1}/${file.bytes}` }),
  };
  const status = range ? 206 : 200;
  if (request.method === "HEAD") return new Response(null, { status, headers });
  const body = await read({ from, to });
  return body ? new Response(body, { status, headers }) : noFilm();
}

export function noFilm(): Response {
  return text(404, "there is no such recording");
}

/** The part that a Range header names, `to` not included; undefined for the whole film, as for several parts. */
function rangeOf(
  header: string | null,
  size: number,
): { from: number; to: number } | "wrong" | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === undefined || last === undefined || first + last === "") return undefined;
  const from = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  return from < to ? { from, to } : "wrong";
}
