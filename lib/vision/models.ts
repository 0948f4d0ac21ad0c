/** The cascades that come with the program, by name, and anybody's own, by path. */

import type { ModelLoader } from "./filter.ts";

const builtIn: Readonly<Record<string, string>> = {
  alt2: "haarcascade_frontalface_alt2.xml",
  default: "haarcascade_frontalface_default.xml",
  eye: "haarcascade_eye.xml",
};

/** Where a cascade is: `alt2`, `default`, `eye`, or a file's path. */
export function cascadeFile(name: string): string | URL {
  const file = Object.hasOwn(builtIn, name) ? builtIn[name] : undefined;
  return file === undefined ? name : new URL(`./models/${file}`, import.meta.url);
}

/** Reads a cascade: `alt2`, `default`, `eye`, or a file's path. Throws an `Error` in plain words. */
export const loadModel: ModelLoader = (name) => {
  try {
    return Deno.readFileSync(cascadeFile(name));
  } catch (cause) {
    const names = Object.keys(builtIn).join(", ");
    const why = cause instanceof Deno.errors.NotFound ? "there is no such file" : String(cause);
    throw new Error(`Cannot read the cascade "${name}": ${why}; wanted ${names} or a file's path`, {
      cause,
    });
  }
};
