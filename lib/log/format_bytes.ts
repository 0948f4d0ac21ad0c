/** Sizes in messages. */

/** A number of bytes with its unit: `12 bytes`, `3.4 kB`, `340 kB`, `1.2 MB`, `12.3 GB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  // Values that round up to the next unit are written in it.
  if (bytes < 999_500) return `${(bytes / 1e3).toFixed(bytes < 9950 ? 1 : 0)} kB`;
  return bytes < 999.95e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
