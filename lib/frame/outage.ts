/** A source that is away: a camera, or the server of a stream. */
export interface Outage {
  /** When it was lost. */
  readonly since: Date;
  /** Why, in words for people. */
  readonly why: string;
}
