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

/**
 * Why the system could not use a host's name, from the error of a connection or a listener; undefined if
 * the error is about something else. "invalid": no such name can exist.
 */
export function hostError(hostname: string, thrown: unknown): "invalid" | "not found" | undefined {
  if (thrown instanceof URIError) return "invalid";
  // A failed look-up has no class of its own.
  if (!(thrown instanceof Error && thrown.message.includes("failed to lookup address"))) {
    return undefined;
  }
  return /^[\d.]+$/.test(hostname) ? "invalid" : "not found";
}
