/** The error that a user is to read: what failed and why, and what to do. */

/**
 * A failure at run time, shown as two lines:
 *
 *     error: Cannot start the capture: "ffmpeg" was not found in PATH
 *     hint:  install ffmpeg (Debian: apt install ffmpeg)
 */
export class Failure extends Error {
  override name = "Failure";
  /** What to do, one line. */
  readonly hint: string;

  constructor(message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.hint = hint;
  }
}

/** The text of anything thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
