/** Reading the configuration again while the server runs: `systemctl reload` sends SIGHUP for it. */

import { messageOf } from "../log/failure.ts";
import { formatChanges } from "./camera_changes.ts";
import type { CameraSet } from "./camera_set.ts";
import type { Control } from "./run_main.ts";
import { rereadCameras, type ServerOptions } from "./server_options.ts";

/** Reloads until it is disposed of. */
export interface Reload extends Disposable {
  /** Names the cameras to replace, once they are open: until then SIGHUP waits. */
  readonly into: (cameras: Pick<CameraSet, "replace">) => void;
}

/**
 * Has SIGHUP read the cameras of --config again, one reading after the other. A file with an error changes nothing, and
 * is logged. Undefined without --config, and in a terminal, whose loss SIGHUP tells: there it ends the program.
 */
export function reloadOnHangup(
  options: ServerOptions,
  { log, onHangup }: Pick<Control, "log" | "onHangup">,
): Reload | undefined {
  if (options.config === undefined || Deno.stdin.isTerminal()) return undefined;
  const open = Promise.withResolvers<Pick<CameraSet, "replace">>();
  let reloading: Promise<void> = Promise.resolve();
  const hangup = onHangup(() => {
    reloading = reloading.then(async () => {
      const cameras = await open.promise;
      try {
        const changes = await cameras.replace(rereadCameras(options));
        if (changes) log.info(`the configuration was read again: ${formatChanges(changes)}`);
      } catch (thrown) {
        log.error(`error: ${messageOf(thrown)}; the configuration stays as it was`);
      }
    });
  });
  return { into: open.resolve, [Symbol.dispose]: () => hangup[Symbol.dispose]() };
}
