/** Loads cascades: the built-in ones by name, others by path. */

import type { ModelLoader } from "./filter.ts";

const builtIn: Readonly<Record<string, string>> = {
  alt2: "haarcascade_frontalface_alt2.xml",
  default: "haarcascade_frontalface_default.xml",
  eye: "haarcascade_eye.xml",
};

/** The file of a cascade; `name` is `alt2`, `default`, `eye`, or a path. */
export function cascadeFile(name: string): string | URL {
  const file = Object.hasOwn(builtIn, name) ? builtIn[name] : undefined;
  return file === undefined ? name : new URL(`./models/${file}`, import.meta.url);
}

/** Reads a cascade: `alt2`, `default`, `eye`, or a path. Throws an `Error` for the user. */
export const loadModel: ModelLoader = (name) => {
  try {
    return Deno.readFileSync(cascadeFile(name));
  } catch (cause) {
    const names = Object.keys(builtIn).join(", ");
    const why = cause instanceof Deno.errors.NotFound ? "there is no such file" : String(cause);
    throw new Error(
      `Cannot read the cascade "${name}": ${why}; expected ${names} or the path of a file`,
      { cause },
    );
  }
};
