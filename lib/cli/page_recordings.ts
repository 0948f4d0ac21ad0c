/** The options of both programs for recordings from the web pages, and what they open. */

import { FilmWriter } from "../present/film_writer.ts";
import { reasonOf } from "../present/output_file.ts";
import { FilmDirectory } from "../serve/web/film_directory.ts";
import { FilmMemory } from "../serve/web/film_memory.ts";
import type { OpenFilm } from "../serve/web/film.ts";
import { Recordings } from "../serve/web/recordings.ts";
import { Failure } from "../log/failure.ts";
import type { Log } from "../log/log.ts";
import { option, UsageError } from "./option_table.ts";
import { integer, text } from "./readers.ts";

/** How many films of each stream a directory keeps. */
const KEEP = 20;

export const pageRecordingOptions = {
  recordDir: option({
    value: "DIR",
    help: "keep the recordings that are made on the web pages in this directory",
    read: text,
    shownFallback: "the last 3 of each stream, in memory",
  }),
  recordKeep: option({
    value: "N",
    help: "keep the newest N recordings of each stream in --record-dir and delete older ones",
    read: integer(1, 1e6),
    shownFallback: String(KEEP),
  }),
};

export interface PageRecordingValues {
  readonly recordDir: string | undefined;
  readonly recordKeep: number | undefined;
}

/** Throws a `UsageError` for options of recordings without what they need. `page` opens a web page. */
export function checkPageRecordings(
  given: ReadonlySet<string>,
  { hasPage, page }: { readonly hasPage: boolean; readonly page: string },
): void {
  if (given.has("recordKeep") && !given.has("recordDir")) {
    throw new UsageError("--record-keep is given without --record-dir", "add --record-dir DIR");
  }
  if (given.has("recordDir") && !hasPage) {
    throw new UsageError(
      "--record-dir is given without a web page, where recordings are started",
      `add ${page}`,
    );
  }
}

/** What records from the pages. Throws a `Failure` if the directory can't be used. */
export function openPageRecordings(
  { recordDir, recordKeep = KEEP }: PageRecordingValues,
  { log }: { log: Log },
): Recordings {
  FilmWriter.prepare();
  const open: OpenFilm = (film) => new FilmWriter({ ...film, log });
  if (recordDir === undefined) return new Recordings(new FilmMemory(open), { log });
  const path = usableDirectory(recordDir);
  return new Recordings(new FilmDirectory(path, { open, keep: recordKeep, log }), { log });
}

/** The real path of a directory, in which a file was created and removed. Throws a `Failure` where that fails. */
export function usableDirectory(path: string): string {
  try {
    const real = Deno.realPathSync(path);
    Deno.removeSync(Deno.makeTempFileSync({ dir: real, prefix: ".framewire-" }));
    return real;
  } catch (thrown) {
    throw new Failure(
      `Cannot record to "${path}": ${reasonOf(thrown)}`,
      "give --record-dir a directory that exists and that you can write to",
      { cause: thrown },
    );
  }
}
