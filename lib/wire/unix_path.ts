/** The path of a `unix:PATH` address; undefined for any other. */
export function unixPath(hostname: string): string | undefined {
  return hostname.startsWith("unix:") ? hostname.slice("unix:".length) : undefined;
}
