/** The name of a source for those who watch it. */

/** Without the folder of a film on this host, which is private. Devices and URLs are as they are. */
export function publicName(name: string): string {
  return name.replace(/^(?!\/dev\/)\/.*\//, "");
}
