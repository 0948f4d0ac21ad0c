/** What is wrong with the hours of a camera, as far as its options show it. */

import type { CameraOption, CameraOptions } from "./camera_options.ts";
import { UsageError } from "./option_table.ts";
import { isRemote } from "./remote_camera.ts";

/**
 * Throws a `UsageError` for hours of a source that cannot be closed and opened again. `placeOf` gives the beginning of the
 * message for a camera.
 */
export function checkHours(
  cameras: readonly CameraOptions[],
  placeOf: (name: string, option?: CameraOption) => string = () => "",
): void {
  for (const { name, hours, input, lossless } of cameras) {
    if (!hours) continue;
    const refuse = (why: string, hint: string) =>
      new UsageError(`${placeOf(name, "hours")}Camera "${name}" has hours, but ${why}`, hint);
    if (isRemote(input)) {
      throw refuse(
        "the other server captures it at any time",
        "set the hours on the server that has the camera",
      );
    }
    if (input === "-") throw refuse("stdin cannot be opened again", "remove the hours");
    if (lossless) {
      throw refuse("--lossless sends every frame of its film", "remove --lossless or the hours");
    }
  }
}
