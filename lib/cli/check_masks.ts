/** What is wrong with the masks of a camera, as far as its options show it. */

import { formatFrameSize } from "../frame/frame_size.ts";
import { formatMask, maskOutside } from "../frame/mask.ts";
import type { CameraOption, CameraOptions, Cameras } from "./camera_options.ts";
import { UsageError } from "./option_table.ts";
import { isRemote } from "./remote_camera.ts";

/**
 * Throws a `UsageError` for masks that would hide nothing, or something else than they should. `placeOf` gives the
 * beginning of the message for a camera.
 */
export function checkMasks(
  cameras: Cameras,
  placeOf: (name: string, option?: CameraOption) => string = () => "",
): void {
  for (const camera of cameras) {
    if (camera.mask.length > 0) checkCamera(camera, cameras, placeOf(camera.name, "mask"));
  }
}

function checkCamera(
  { name, mask, input, test, resolution, hours }: CameraOptions,
  { length }: Cameras,
  place: string,
): void {
  if (isRemote(input)) {
    throw new UsageError(
      `${place}Camera "${name}" has a mask, but the other server sends its whole picture`,
      "set the mask on the server that has the camera",
    );
  }
  const outside = resolution && maskOutside(mask, resolution);
  if (resolution && outside) {
    throw new UsageError(
      `${place}The mask ${formatMask(outside)} is not inside the picture of camera "${name}", ` +
        `which has ${formatFrameSize(resolution)} pixels`,
      "a mask is X,Y,WIDTH,HEIGHT in pixels of the scaled picture (--resolution)",
    );
  }
  // While it is absent its pictures have a size of their own, to which it is scaled when it is there.
  if (!resolution && !test && (length > 1 || hours)) {
    throw new UsageError(
      `${place}Camera "${name}" has a mask and no resolution: ` +
        `if it is ${hours ? "closed" : "absent"} at the start, the size of its picture is unknown`,
      'add its size in pixels, for example resolution = "1280x720"',
    );
  }
}
