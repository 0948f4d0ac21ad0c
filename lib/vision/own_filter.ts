/** Loads a user's own filter: the URL of a module in, a stage of the chain out. */

import { cv, type Mat } from "./cv.ts";
import type { Filter, FilterContext, FrameFacts } from "./filter.ts";
import type { Options } from "./graph.ts";
import type { StagePlan } from "./stage.ts";

/** The default export of the module. */
type OwnFilter = (context: Omit<FilterContext<Options>, "blank">) => Own | Promise<Own>;
interface Own extends Pick<Filter, "close"> {
  process(mat: Mat, frame: FrameFacts): Mat | void;
}

/** A static import of something other than a file. */
const FOREIGN = /^\s*(?:import|export)\b[^"';]*["']((?:npm|jsr|https?|data|blob):[^"']*)["']/m;

/** The name of a module in messages: its file name. */
export function ownName(url: string): string {
  return decodeURIComponent(url.slice(url.lastIndexOf("/") + 1));
}

/** Loads the module. Throws an `Error` with its name if it is not a filter. */
export async function planOwn(url: string, options: Options): Promise<StagePlan> {
  const name = ownName(url);
  try {
    const [, foreign] = FOREIGN.exec(Deno.readTextFileSync(new URL(url))) ?? [];
    if (foreign) {
      throw new TypeError(`${name} imports "${foreign}": a filter can only import files`);
    }
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) throw new Error(`${name}: there is no such file`);
    throw thrown;
  }
  const module = await import(url) as { default?: unknown; pixels?: unknown };
  if (typeof module.default !== "function") {
    throw new TypeError(`${name} has no default export that is a function`);
  }
  const { pixels = "gray" } = module;
  if (pixels !== "gray" && pixels !== "bgr") {
    throw new TypeError(
      `${name} exports pixels = ${Deno.inspect(pixels)}; expected "gray" or "bgr"`,
    );
  }
  const create = module.default as OwnFilter;
  return {
    ...{ name, own: true, detector: false, pixels, removesColor: false },
    start: ({ width, height, color }, report) => {
      const filter = create({ cv, width, height, color, options, report });
      if (filter instanceof Promise) throw new TypeError(`${name}: its default export is async`);
      if (typeof filter?.process !== "function") {
        throw new TypeError(`${name}: its default export does not return { process(mat) }`);
      }
      return {
        process: (mat, frame) => filter.process(mat, frame),
        close: () => filter.close?.(),
      };
    },
  };
}
