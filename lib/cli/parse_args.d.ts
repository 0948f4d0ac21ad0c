/** Splits a command line into options and positionals. Typed for the way it is called here. */
export function parseArgs(args: string[], options: {
  string: string[];
  boolean: string[];
  collect: string[];
  /** Called with what is in no list; `key` is undefined for a positional. */
  unknown: (arg: string, key?: string) => void;
}): { _: string[]; [name: string]: unknown };
