/** The picture of a detection, as a JPEG: from those that have arrived, or off the picture that is shown. */

/** Of a picture that is encoded here. */
const QUALITY = 0.85;

/** A Blob; undefined if there is no picture yet. */
export async function pictureOf({ sequence }, live) {
  const distance = (picture) => Math.abs(picture.sequence - sequence);
  const nearest = live.recent.filter(({ placeholder }) => !placeholder)
    .reduce((best, next) => best && distance(best) <= distance(next) ? best : next, undefined);
  if (nearest) return new Blob([nearest.bytes], { type: "image/jpeg" });
  if (live.drawnAt === undefined) return undefined;
  const { image } = live;
  const canvas = document.createElement("canvas");
  canvas.width = image.videoWidth ?? image.width;
  canvas.height = image.videoHeight ?? image.height;
  canvas.getContext("2d").drawImage(image, 0, 0);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  return blob ?? undefined;
}
