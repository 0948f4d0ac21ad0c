/** Reading the configuration again while the server runs: `systemctl reload` sends SIGHUP for it. */

import { messageOf } from "../log/failure.ts";
import type { CameraSet } from "./camera_set.ts";
import type { Control } from "./run_main.ts";
import { rereadCameras, type ServerOptions } from "./server_options.ts";

/**
 * Has SIGHUP read the cameras of --config again, one reading after the other. A file with an error changes nothing, and
 * is logged. Undefined without --config, and in a terminal, whose loss SIGHUP tells: there it ends the program.
 */
export function reloadOnHangup(
  options: ServerOptions,
  cameras: Pick<CameraSet, "replace">,
  { log, onHangup }: Pick<Control, "log" | "onHangup">,
): Disposable | undefined {
  if (options.config === undefined || Deno.stdin.isTerminal()) return undefined;
  let reloading: Promise<void> = Promise.resolve();
  return onHangup(() => {
    reloading = reloading.then(async () => {
      try {
        await cameras.replace(rereadCameras(options));
        log.info(`the configuration was read again: ${options.config}`);
      } catch (thrown) {
        log.error(`error: ${messageOf(thrown)}; the configuration stays as it was`);
      }
    });
  });
}
