/** The files of the web pages, which are a part of the program. */

import { createHash } from "node:crypto";
import { Failure } from "../../log/failure.ts";

/** A file of the pages. */
export interface PageFile {
  readonly text: string;
  /** Its content type. */
  readonly type: string;
  /** Changes with the text: an ETag. */
  readonly tag: string;
}

/** The files by their names. In `login.html` the message takes the place of `ERROR`. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const [HTML, CSS, SCRIPT] = ["text/html", "text/css", "text/javascript"];

/** Each file of page/, and its content type. */
const TYPES: { readonly [name: string]: string } = {
  "index.html": HTML,
  "login.html": HTML,
  "not_found.html": HTML,
  "page.css": CSS,
  "boot.js": SCRIPT,
  "clock.js": SCRIPT,
  "detection_list.js": SCRIPT,
  "detections.js": SCRIPT,
  "dom.js": SCRIPT,
  "figures.js": SCRIPT,
  "fmp4.js": SCRIPT,
  "grid.js": SCRIPT,
  "h264_player.js": SCRIPT,
  "jpeg_player.js": SCRIPT,
  "keys.js": SCRIPT,
  "live_picture.js": SCRIPT,
  "live_socket.js": SCRIPT,
  "main.js": SCRIPT,
  "mark_colors.js": SCRIPT,
  "marks.js": SCRIPT,
  "moment_picture.js": SCRIPT,
  "moments.js": SCRIPT,
  "mse_player.js": SCRIPT,
  "nal.js": SCRIPT,
  "notice.js": SCRIPT,
  "pip.js": SCRIPT,
  "playable.js": SCRIPT,
  "recording.js": SCRIPT,
  "router.js": SCRIPT,
  "states.js": SCRIPT,
  "still.js": SCRIPT,
  "theme.js": SCRIPT,
  "view.js": SCRIPT,
  "wire.js": SCRIPT,
  "wire_choice.js": SCRIPT,
  "words.js": SCRIPT,
};

/** Throws a `Failure` if a file is missing. */
export function readPageFiles(): PageFiles {
  return new Map(
    Object.entries(TYPES).map(([name, type]) => {
      const text = name === "index.html" ? preload(read(name)) : read(name);
      const tag = `"${createHash("sha256").update(text).digest("base64url").slice(0, 16)}"`;
      return [name, { text, type, tag }];
    }),
  );
}

/** Names all modules in the page's head: a browser finds those that others import after as many round trips. */
function preload(page: string): string {
  const modules = Object.keys(TYPES).filter((name) => name.endsWith(".js") && name !== "boot.js");
  const links = modules.map((name) => `<link rel="modulepreload" href="/page/${name}">\n    `);
  const main = '<script type="module"';
  return page.replace(main, () => links.join("") + main);
}

function read(name: string): string {
  try {
    return Deno.readTextFileSync(new URL(`./page/${name}`, import.meta.url));
  } catch (cause) {
    throw new Failure(`Cannot read the web page's ${name}`, "reinstall the program", { cause });
  }
}
