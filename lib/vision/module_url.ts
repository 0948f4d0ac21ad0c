/** The path of the user's own module becomes the URL that is imported. */

/** `C:\x`, `.\x`, `..\x` or `\\host\share\x`: the backslashes part folders. */
const WINDOWS = /^(?:[A-Za-z]:[\\/]|\.{1,2}\\|\\\\)/;

/** The URL of a path, seen from the folder `from`, which is written as the system writes it. */
export function moduleUrl(path: string, from: string): string {
  const isAbsolute = path.startsWith("/") || /^(?:[A-Za-z]:|\\\\)/.test(path);
  const full = isAbsolute ? slashes(path) : `${slashes(from)}/${slashes(path)}`;
  const escaped = full.replace(/^\/+/, "").split("/").map(encodeURIComponent).join("/");
  // file:///home/me, file:///C:/me, file://host/share/me
  const isShared = (isAbsolute ? path : from).startsWith("\\\\");
  return new URL(`file://${isShared ? "" : "/"}${escaped.replace(/^([A-Za-z])%3A\//, "$1:/")}`)
    .href;
}

function slashes(path: string): string {
  return WINDOWS.test(path) ? path.replaceAll("\\", "/") : path;
}
