/** The user's own filter: a module's URL goes in, a stage of the chain comes out. */

import type { StagePlan } from "./chain.ts";
import { cv } from "./cv.ts";
import type { Filter, FilterContext } from "./filter.ts";
import type { Options } from "./graph.ts";

/** What the module exports by default. */
type OwnFilter = (context: FilterContext<Options>) => Filter | Promise<Filter>;

/** A static import of something that is no file. */
const FOREIGN = /^\s*(?:import|export)\b[^"';]*["']((?:npm|jsr|https?|data|blob):[^"']*)["']/m;

/** The name by which messages call a module: its file's. */
export function ownName(url: string): string {
  return decodeURIComponent(url.slice(url.lastIndexOf("/") + 1));
}

/** Loads the module. Throws an `Error` that names it where it is no filter. */
export async function planOwn(url: string, options: Options): Promise<StagePlan> {
  const name = ownName(url);
  try {
    const [, foreign] = FOREIGN.exec(Deno.readTextFileSync(new URL(url))) ?? [];
    if (foreign) {
      throw new TypeError(`${name} imports "${foreign}": a filter may only import files`);
    }
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) throw new Error(`${name}: there is no such file`);
    throw thrown;
  }
  const module = await import(url) as { default?: unknown };
  if (typeof module.default !== "function") {
    throw new TypeError(`${name} has no default export that is a function`);
  }
  const create = module.default as OwnFilter;
  return {
    ...{ name, own: true, looks: false },
    start: (size, report) => {
      const filter = create({ cv, ...size, options, report });
      if (filter instanceof Promise) throw new TypeError(`${name}: its default export is async`);
      if (typeof filter?.process !== "function") {
        throw new TypeError(`${name}: its default export does not return { process(mat) }`);
      }
      return filter;
    },
  };
}
