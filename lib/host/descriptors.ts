/** Checks that this process can open the files, pipes and sockets that it needs. */

import { Failure } from "../log/failure.ts";

/** What a server with its page and one client opens, and some to spare. */
const MIN_FILES = 32;

/**
 * Throws a `Failure` where fewer than `MIN_FILES` files can be opened. With fewer than 13 or so Deno's own
 * start fails before any of our code runs.
 */
export function checkDescriptors(): void {
  if (Deno.build.os === "windows") return;
  const files: Deno.FsFile[] = [];
  try {
    while (files.length < MIN_FILES) files.push(Deno.openSync("/dev/null"));
  } catch (thrown) {
    throw new Failure(
      `Cannot start: this process can open only ${files.length} more files, at least ${MIN_FILES} are needed`,
      "raise the limit: ulimit -n 1024 (in a systemd unit: LimitNOFILE=65536)",
      { cause: thrown },
    );
  } finally {
    for (const file of files) file.close();
  }
}
