/** The names of cameras: given as NAME=VALUE, or made from the device or file. */

import { deviceName } from "../ffmpeg/capture_arguments.ts";

/** The source of a camera, and its name if it is given. */
export interface NamedSource {
  readonly name?: string;
  readonly option: "device" | "input" | "test";
  /** The device, the file or the URL. */
  readonly value: string;
}

/**
 * Reads `[NAME=]VALUE`. A text with `=` is a value without a name if what is in front of it is no name (the query of a
 * URL), or if a file has this name.
 */
export function readNamed(
  option: "device" | "input",
  text: string,
  { exists = fileExists }: { exists?: (path: string) => boolean } = {},
): NamedSource {
  const [, name, value] = /^([A-Za-z0-9_-]{1,64})=(.+)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined || exists(text)) return { option, value: text };
  return { name, option, value };
}

/** The longest name that is made, in characters. */
const MAX_LENGTH = 40;

/** A name for a source: `video0`, `door` for door.mp4, `garden` for rtsp://garden.local/stream. */
export function nameOfSource(
  { option, value }: NamedSource,
  { os }: { os: typeof Deno.build.os },
): string {
  if (option === "test") return "test";
  if (option === "input") return asName(value === "-" ? "stdin" : nameOfInput(value));
  const device = deviceName(value, os);
  return asName(/^\d+$/.test(device) ? `camera${device}` : baseName(device));
}

/** A file's name without its ending; of a URL that has no file, the host. */
function nameOfInput(input: string): string {
  const [, scheme, host = "", path = ""] =
    /^([a-z][a-z0-9+.-]+):\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:?#]*)[^/?#]*([^?#]*)/i.exec(input) ?? [];
  if (scheme === undefined || scheme.toLowerCase() === "file") return stem(baseName(input));
  const file = baseName(path);
  if (scheme.toLowerCase() === "framewire" && file !== "") return file;
  if (file.includes(".")) return stem(file);
  if (host === "") return input;
  return /^[\d.]+$|^\[/.test(host) ? host : host.replace(/\..*$/, "");
}

function baseName(path: string): string {
  return path.replace(/[/\\]+$/, "").replace(/^.*[/\\]/s, "");
}

function stem(name: string): string {
  return name.replace(/(.)\.[^.]*$/s, "$1");
}

/** Letters without accents, digits, `-` and `_`. */
function asName(text: string): string {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/[^A-Za-z0-9_-]+/g, "-");
  return plain.slice(0, MAX_LENGTH).replace(/^-+|-+$/g, "") || "camera";
}

/** A name for each source: those that are given stay, the others become unique (`video0-2`). */
export function nameSources(
  sources: readonly NamedSource[],
  { os }: { os: typeof Deno.build.os },
): string[] {
  const used = new Set(sources.flatMap(({ name }) => name ?? []));
  return sources.map((source) => {
    if (source.name !== undefined) return source.name;
    const made = nameOfSource(source, { os });
    let name = made;
    for (let n = 2; used.has(name); n++) name = `${made}-${n}`;
    used.add(name);
    return name;
  });
}

function fileExists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false; // no such file, or not a path
  }
}
