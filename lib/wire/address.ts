/** Addresses as text. */

/** The path of a `unix:PATH` address; undefined for any other. */
export function unixPath(hostname: string): string | undefined {
  return hostname.startsWith("unix:") ? hostname.slice("unix:".length) : undefined;
}

/** A host as it stands in a URL: an IPv6 address in brackets. */
export function formatHost(hostname: string): string {
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}

/** `HOST:PORT`, as `cam:8888`, `[::1]:8888`; a `unix:PATH` has no port. */
export function formatHostPort({ hostname, port }: { hostname: string; port: number }): string {
  return unixPath(hostname) === undefined ? `${formatHost(hostname)}:${port}` : hostname;
}
