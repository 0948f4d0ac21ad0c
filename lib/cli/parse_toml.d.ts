/** Reads TOML. Throws a `SyntaxError`. */
export function parse(text: string): Record<string, unknown>;
