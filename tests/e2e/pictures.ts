/** Films for the tests, and ffmpeg's frames of them. */

import { run } from "./programs.ts";

/** A temporary directory, removed when disposed of. */
export class TempDir implements AsyncDisposable {
  readonly path = Deno.makeTempDirSync({ prefix: "framewire-" });

  file(name: string): string {
    return `${this.path}/${name}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

const astronaut = new URL("../media/astronaut.jpg", import.meta.url).pathname;

/** A film with a face that moves: 320x240, 30 fps, no two frames alike. */
export async function faceMovie(dir: TempDir, seconds: number): Promise<string> {
  const movie = dir.file("face.mp4");
  await run("ffmpeg", [
    ...["-v", "error", "-y", "-loop", "1", "-framerate", "30", "-i", astronaut],
    ...["-vf", "crop=384:384:x='64+64*sin(2*PI*t/97)':y='t*9',scale=320:240,setsar=1"],
    ...["-t", String(seconds), "-pix_fmt", "yuv420p", movie],
  ]);
  return movie;
}

/** What `ffmpeg -i MOVIE -pix_fmt gray -f rawvideo` writes. */
export function grayOf(movie: string): Promise<Uint8Array> {
  return run("ffmpeg", ["-v", "error", "-i", movie, "-pix_fmt", "gray", "-f", "rawvideo", "-"]);
}

/** Cuts bytes into frames. Throws where a part of a frame is left over. */
export function cutFrames(bytes: Uint8Array, frameBytes: number): Uint8Array[] {
  if (bytes.length % frameBytes !== 0) {
    throw new Error(`${bytes.length} bytes are not whole frames`);
  }
  return Array.from(
    { length: bytes.length / frameBytes },
    (_, i) => bytes.subarray(i * frameBytes, (i + 1) * frameBytes),
  );
}

/** Whether two pictures have the same bytes. */
export function same(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/**
 * The frame of `film` at which the received frames begin, where they follow it without a gap; -1 where they
 * do not.
 */
export function findRun(received: Uint8Array[], film: Uint8Array[]): number {
  const [first] = received;
  if (!first) return -1;
  return film.findIndex((frame, at) =>
    same(first, frame) && received.every((picture, i) => same(picture, film[at + i]))
  );
}

/** A film with a face that moves from side to side, 320x240, 10 s. */
export async function faceFilm(dir: TempDir): Promise<string> {
  const film = dir.file("to_and_fro.mp4");
  await run("ffmpeg", [
    ...["-v", "error", "-y", "-loop", "1", "-framerate", "30", "-i", astronaut],
    ...["-vf", "crop=384:384:x='64+64*sin(2*PI*t/4)':y=0,scale=320:240"],
    ...["-t", "10", "-pix_fmt", "yuv420p", film],
  ]);
  return film;
}

/**
 * Whether a box is where the face of `faceFilm` can be. In the photograph it is at x 176, y 65, 97 wide;
 * the crop's left edge goes from 0 to 128, and 384x384 become 320x240.
 */
export function facePlace([x, y, width, height]: [number, number, number, number]): boolean {
  const [across, down] = [320 / 384, 240 / 384];
  const centerX = x + width / 2;
  const centerY = y + height / 2;
  const least = (176 + 97 / 2 - 128) * across;
  const most = (176 + 97 / 2) * across;
  return centerX > least - 12 && centerX < most + 12 &&
    Math.abs(centerY - (65 + 97 / 2) * down) < 15 &&
    width > 97 * down * 0.7 && width < 97 * across * 1.4;
}
