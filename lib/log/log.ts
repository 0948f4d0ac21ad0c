/** What a stage may say to the user. The implementation is in `lib/cli/`. */

/** One line an event, for people; never one a frame. */
export interface Log {
  error(line: string): void;
  warn(line: string): void;
  info(line: string): void;
  debug(line: string): void;
}
