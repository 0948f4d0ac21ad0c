/** Turns the path of a user's module into the URL to import. */

/** `C:\x`, `.\x`, `..\x` or `\\host\share\x`: backslashes separate folders. */
const WINDOWS = /^(?:[A-Za-z]:[\\/]|\.{1,2}\\|\\\\)/;

/** The URL of a path; a relative path starts at the folder `from`, in the system's notation. */
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
