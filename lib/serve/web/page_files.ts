/** The files of the web pages, which are a part of the program. */

import { Failure } from "../../log/failure.ts";

/** The text of each file. */
export interface PageFiles {
  readonly html: string;
  readonly css: string;
  readonly js: string;
  /** The page of several streams, and its script. */
  readonly grid: string;
  readonly gridJs: string;
  /** With `ERROR` in the place of the message. */
  readonly login: string;
}

/** Throws a `Failure` if a file is missing. */
export function readPageFiles(): PageFiles {
  return {
    html: read("index.html"),
    css: read("page.css"),
    js: read("page.js"),
    grid: read("grid.html"),
    gridJs: read("grid.js"),
    login: read("login.html"),
  };
}

function read(name: string): string {
  try {
    return Deno.readTextFileSync(new URL(`./page/${name}`, import.meta.url));
  } catch (cause) {
    throw new Failure(`Cannot read the web page's ${name}`, "reinstall the program", { cause });
  }
}
